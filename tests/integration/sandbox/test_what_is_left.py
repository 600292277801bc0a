"""What a command leaves behind: links that lead out, locked and bottomless directories, and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from decisionworks.sandbox import (
    OutputRefused,
    Purpose,
    Sandbox,
    SandboxFailed,
    SandboxLevel,
    SandboxResult,
    collect_file,
    probe,
    remove_tree,
)

Run = Callable[..., SandboxResult]


def test_a_planted_link_is_not_followed_when_output_is_collected(run: Run, open_dir: Path) -> None:
    outside = open_dir / "outside"
    outside.mkdir()
    (outside / "report.json").write_text("secret", encoding="ascii")
    code = """
import os, sys
os.chdir(sys.argv[1])
os.symlink(sys.argv[2] + "/report.json", "link.json")
os.symlink(sys.argv[2], "folder")
os.mkfifo("pipe.json")
open("large.json", "w").write("x" * 100)
open("good.json", "w").write("fine")
"""

    result = run(code, str(open_dir / "output"), str(outside))

    assert result.has_succeeded, result
    assert collect_file(open_dir / "output", "good.json") == b"fine"
    for name in ("link.json", "folder/report.json", "pipe.json", "missing.json", "../outside/report.json"):
        with pytest.raises(OutputRefused):
            collect_file(open_dir / "output", name)
    with pytest.raises(OutputRefused, match="more than 50 bytes"):
        collect_file(open_dir / "output", "large.json", limit_bytes=50)


def test_nothing_is_left_in_the_scratch_directory_even_of_a_locked_folder(run: Run, open_dir: Path) -> None:
    before = sorted(path.name for path in open_dir.iterdir())
    code = """
import os
deep = os.path.join(os.environ["HOME"], "locked", "deeper")
os.makedirs(deep)
os.chmod(deep, 0)
os.chmod(os.path.dirname(deep), 0)
"""

    result = run(code)

    assert result.has_succeeded, result
    assert sorted(path.name for path in open_dir.iterdir()) == before


def test_a_scratch_directory_is_made_when_it_is_not_there_and_its_absence_is_said(open_dir: Path) -> None:
    (open_dir / "file").write_text("in the way", encoding="ascii")

    assert probe(scratch_dir=open_dir / "new" / "deeper") in SandboxLevel
    with pytest.raises(SandboxFailed, match="no place for a scratch directory"):
        Sandbox(level=SandboxLevel.LIMITS_ONLY, scratch_dir=open_dir / "file").run(
            ["/bin/true"], work_dir=open_dir, purpose=Purpose.PARSE
        )


def test_a_directory_deeper_than_any_path_or_recursion_is_removed_too(open_dir: Path) -> None:
    bottomless = open_dir / "bottomless"
    bottomless.mkdir()
    inner = os.open(bottomless, os.O_RDONLY)
    for _ in range(sys.getrecursionlimit() + 10):
        os.mkdir("long name", dir_fd=inner)
        outer, inner = inner, os.open("long name", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(os.open("at the bottom", os.O_CREAT | os.O_WRONLY, dir_fd=inner))
    os.fchmod(inner, 0)
    os.close(inner)

    remove_tree(bottomless)

    assert list(open_dir.iterdir()) == []
