"""What a code model leaves in its folder: only plain files within the rules are read back, whatever else lies there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from decisionworks.llm.path_rules import PathRules
from decisionworks.llm.vendors.work_tree import changes, unpack

RULES = PathRules(allowed=(r"services/[a-z_]+\.py",), kept=(r"services/kept\.py",))
FILES = {"services/api.py": "X = 1\n", "services/kept.py": "K = 1\n", "main.tf": "# ours\n"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    unpack(FILES, root)
    return root


def test_what_changed_within_the_rules_is_read_back(tree: Path) -> None:
    for path in FILES:
        (tree / path).write_text("changed\n")
    (tree / "services" / "new.py").write_text("N = 1\n")

    assert changes(tree, FILES, RULES) == {"services/api.py": "changed\n", "services/new.py": "N = 1\n"}


@pytest.mark.parametrize("kind", ["symbolic link", "hard link", "folder link", "pipe", "no text", "too large"])
def test_what_is_no_plain_text_of_the_model_is_left(tree: Path, tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "secret.py"
    outside.write_text("KEY = 1\n")
    place = tree / "services" / "other.py"
    match kind:
        case "symbolic link":
            place.symlink_to(outside)
        case "hard link":
            os.link(outside, place)
        case "folder link":
            (tree / "services" / "api.py").unlink()
            (tree / "services" / "kept.py").unlink()
            (tree / "services").rmdir()
            (tmp_path / "elsewhere").mkdir()
            (tmp_path / "elsewhere" / "other.py").write_text("KEY = 1\n")
            (tree / "services").symlink_to(tmp_path / "elsewhere")
        case "pipe":
            os.mkfifo(place)
        case "no text":
            place.write_bytes(b"\xff\xfe")
        case "too large":
            place.write_text("x" * 500_000)

    assert changes(tree, FILES, RULES) == {}
