"""What the templates give is what was last looked at."""

from __future__ import annotations

from tests.golden.snapshots import KEPT, snapshots


def test_file_lists_and_key_files_are_as_they_were_reviewed() -> None:
    made = dict(snapshots())

    kept = {path.relative_to(KEPT).as_posix(): path.read_text(encoding="utf-8") for path in KEPT.rglob("*.txt")}

    assert kept.keys() == made.keys(), "make golden ARGS=--update"
    assert [path for path in made if made[path] != kept[path]] == [], (
        "look at the change, then make golden ARGS=--update"
    )
