"""The fake vendors as tests see them: a process, its address, its script."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx


class FakeVendors:
    """A running fake."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._http = httpx.Client(base_url=self.url, timeout=10, trust_env=False)

    def script(self, **steps: Any) -> None:
        """Replace the steps of the vendors named."""
        self._http.post("/script", json=steps).raise_for_status()

    def reset(self) -> None:
        """Forget steps and calls."""
        self._http.post("/reset").raise_for_status()

    def calls(self, vendor: str | None = None) -> list[dict[str, Any]]:
        """The requests that came."""
        found = self._http.get("/calls").json()["calls"]
        return [call for call in found if vendor in (None, call["vendor"])]

    def traces(self) -> str:
        """Everything that LangSmith was sent."""
        return "\n".join(self._http.get("/calls").json()["traces"])

    def close(self) -> None:
        """Close the connection to it."""
        self._http.close()

    def environment(self) -> dict[str, str]:
        """Settings that send a platform's models here."""
        return {
            "DECISIONWORKS_ANTHROPIC_API_KEY": "sk-ant-fake-0000000000000000",
            "DECISIONWORKS_ANTHROPIC_BASE_URL": f"{self.url}/anthropic",
            "DECISIONWORKS_OPENAI_API_KEY": "sk-proj-fake00000000000000000",
            "DECISIONWORKS_OPENAI_BASE_URL": f"{self.url}/openai/v1",
            "DECISIONWORKS_MODEL_FIRST_PAUSE_S": "0.05",
        }


@contextlib.contextmanager
def fake_vendors() -> Iterator[FakeVendors]:
    """A fake of one's own, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.vendors"], stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[3]
    )
    assert process.stdout is not None
    try:
        fake = FakeVendors(int(process.stdout.readline()))
        yield fake
        fake.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
