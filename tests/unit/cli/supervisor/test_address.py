from __future__ import annotations

from pathlib import Path

from decisionworks.cli.supervisor.address import ServerAddress, read_address, write_address
from decisionworks.cli.supervisor.token import admin_token


def test_the_address_of_a_server_is_read_back_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    address = ServerAddress(url="http://127.0.0.1:8000", token="dw_secret")

    write_address(tmp_path, address)

    assert read_address(tmp_path) == address
    assert (tmp_path / "server.json").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["server.json"]


def test_no_server_and_a_broken_file_are_both_no_address(tmp_path: Path) -> None:
    assert read_address(tmp_path) is None

    (tmp_path / "server.json").write_text('{"url": "http://127')

    assert read_address(tmp_path) is None


def test_the_token_of_an_installation_stays_the_same_until_another_is_given(tmp_path: Path) -> None:
    made = admin_token(tmp_path, given=None)

    again = admin_token(tmp_path, given=None)
    given = admin_token(tmp_path, given="a-token-of-the-operator")

    assert made == again
    assert made.startswith("dw_")
    assert given == admin_token(tmp_path, given=None) == "a-token-of-the-operator"
    assert (tmp_path / "admin-token").stat().st_mode & 0o777 == 0o600
