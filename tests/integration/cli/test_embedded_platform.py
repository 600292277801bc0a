"""The platform for the length of one command."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from decisionworks.cli.supervisor.address import read_address
from decisionworks.cli.supervisor.embedded import embedded_platform
from decisionworks.cli.supervisor.errors import PlatformFailed


def test_the_platform_lives_as_long_as_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECISIONWORKS_PREVIEW_AHEAD", "false")

    with embedded_platform(tmp_path / "data", workers=1) as address:
        answer = httpx.get(f"{address.url}/api/v1/projects", headers={"Authorization": f"Bearer {address.token}"})
        assert answer.status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address.url}/healthz")
    assert read_address(tmp_path / "data") is None
    assert not (tmp_path / "data" / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_platform_that_cannot_start_says_why_and_with_which_code(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(PlatformFailed, match="cannot be used") as caught, embedded_platform(tmp_path / "file"):
        pytest.fail("it must not start")

    assert caught.value.exit_code == 2
