"""What the fake does next, and what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

Step = Mapping[str, Any]
ANSWERED: Step = {"answer": {}}


class Script:
    """Steps by vendor, the calls that came, and a sliding limit as vendors have it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._steps: dict[str, list[Step]] = {}
            self._rate: int | None = None
            self._within: list[float] = []
            self.calls: list[dict[str, Any]] = []
            self.traces: list[str] = []

    def set(self, script: Mapping[str, Any]) -> None:
        """Replace the steps of the vendors named."""
        with self._lock:
            for vendor in ("anthropic", "openai"):
                if vendor in script:
                    self._steps[vendor] = list(script[vendor])
            self._rate = script.get("rate_per_s", self._rate)

    def next(self, vendor: str, body: Mapping[str, Any], prompt: str) -> Step:
        """Note a call and say what to do with it."""
        with self._lock:
            now = time.monotonic()
            self._within = [at for at in self._within if now - at < 1.0]
            is_over = self._rate is not None and len(self._within) >= self._rate
            if not is_over:
                self._within.append(now)
            self.calls.append({"vendor": vendor, "at": now, "body": dict(body), "prompt": prompt, "is_over": is_over})
            if is_over:
                return {"fault": "429", "retry_after": 1}
            steps = self._steps.get(vendor, [])
            for step in steps:
                if "when" in step and str(step["when"]) in prompt:
                    return step
            plain = [step for step in steps if "when" not in step]
            if not plain:
                return ANSWERED
            if len(plain) > 1:
                steps.remove(plain[0])
            return plain[0]
