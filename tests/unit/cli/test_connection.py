"""Finding the server on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from decisionworks.cli import connection
from decisionworks.cli.connection import ServerOptions, connect
from decisionworks.cli.errors import CannotReach


def looked_for_in(data_dir: Path) -> str:
    options = ServerOptions(url=None, token=None, data_dir=data_dir, is_json=False)
    with pytest.raises(CannotReach) as refused, connect(options):
        pass
    return refused.value.message


def test_a_data_directory_without_a_server_is_named(tmp_path: Path) -> None:
    assert looked_for_in(tmp_path) == f"no server runs on the data directory {tmp_path}"


def test_an_address_that_only_its_owner_may_read_is_said_to_be_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests may run as root, whom no mode keeps out.
    (tmp_path / "server.json").touch()
    monkeypatch.setattr(connection.os, "access", lambda *_: False)

    assert "may be read by its owner only" in looked_for_in(tmp_path)
