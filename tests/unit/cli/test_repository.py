"""Where a repository is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from decisionworks.cli.errors import BadInput
from decisionworks.cli.repository import check_place, save


@pytest.mark.parametrize("out", ["file.txt", "file.txt/below", "file.txt/below.zip"])
def test_a_file_in_the_way_is_named_before_and_after(tmp_path: Path, out: str) -> None:
    (tmp_path / "file.txt").write_text("kept", encoding="utf-8")

    with pytest.raises(BadInput, match="cannot write to"):
        check_place(tmp_path / out)
    with pytest.raises(BadInput, match="cannot write"):
        save(b"zip", out=tmp_path / out, file_name="repository.zip")

    assert (tmp_path / "file.txt").read_text(encoding="utf-8") == "kept"


def test_a_place_that_was_checked_is_there_and_empty(tmp_path: Path) -> None:
    check_place(tmp_path / "new" / "repository.zip")

    assert list((tmp_path / "new").iterdir()) == []


def test_a_directory_takes_the_file_under_its_own_name(tmp_path: Path) -> None:
    saved = save(b"zip", out=tmp_path / "out", file_name="repository-abc.zip")

    assert saved == tmp_path / "out" / "repository-abc.zip"
    assert saved.read_bytes() == b"zip"
