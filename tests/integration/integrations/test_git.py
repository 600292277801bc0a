from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from decisionworks.integrations.git import BranchMoved, UnusableDocuments, commit_documents, head_of, read_documents

TIME = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
PLAN = {"docs/plan.md": b"# plan\n", "plan.json": b"{}\n"}


def log(directory: Path) -> list[str]:
    found = subprocess.run(
        ["git", "--git-dir", str(directory), "log", "--format=%H %s %at %ct %an", "main"],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.splitlines()


def test_documents_are_committed_and_read_by_git_itself(tmp_path: Path) -> None:
    directory = tmp_path / "projects" / "p1" / "repository.git"

    commit = commit_documents(directory, PLAN, message="Plan, revision 1", author_time=TIME)

    assert log(directory) == [f"{commit} Plan, revision 1 1777890600 1777890600 Decisionworks"]
    assert head_of(directory) == commit
    assert read_documents(directory, commit) == PLAN
    checked = subprocess.run(["git", "--git-dir", str(directory), "fsck", "--strict"], capture_output=True, check=True)
    assert b"error" not in checked.stderr


def test_the_same_call_again_finds_its_own_commit(tmp_path: Path) -> None:
    directory = tmp_path / "repository.git"
    first = commit_documents(directory, PLAN, message="one", author_time=TIME)
    second = commit_documents(directory, {"b.md": b"b"}, message="two", author_time=TIME, parent=first)

    assert commit_documents(directory, PLAN, message="one", author_time=TIME) == first
    assert commit_documents(directory, {"b.md": b"b"}, message="two", author_time=TIME, parent=first) == second
    assert len(log(directory)) == 2


def test_the_same_documents_have_the_same_commit_in_another_repository(tmp_path: Path) -> None:
    elsewhere = commit_documents(tmp_path / "a.git", PLAN, message="one", author_time=TIME)

    assert commit_documents(tmp_path / "b.git", PLAN, message="one", author_time=TIME) == elsewhere


def test_later_documents_are_put_over_earlier_ones(tmp_path: Path) -> None:
    directory = tmp_path / "repository.git"
    commit_documents(directory, PLAN, message="one", author_time=TIME)

    later = commit_documents(directory, {"plan.json": b"[]\n"}, message="two", author_time=TIME)

    assert read_documents(directory, later) == {"docs/plan.md": b"# plan\n", "plan.json": b"[]\n"}


def test_a_branch_that_has_moved_is_a_conflict(tmp_path: Path) -> None:
    directory = tmp_path / "repository.git"
    first = commit_documents(directory, PLAN, message="one", author_time=TIME)
    second = commit_documents(directory, {"b.md": b"b"}, message="two", author_time=TIME, parent=first)

    with pytest.raises(BranchMoved) as conflict:
        commit_documents(directory, {"c.md": b"c"}, message="three", author_time=TIME, parent=first)

    assert (conflict.value.expected, conflict.value.found) == (first, second)


def test_a_lock_that_a_killed_writer_left_does_not_stop_the_next(tmp_path: Path) -> None:
    directory = tmp_path / "repository.git"
    first = commit_documents(directory, PLAN, message="one", author_time=TIME)
    (directory / "refs" / "heads" / "main.lock").touch()

    second = commit_documents(directory, {"b.md": b"b"}, message="two", author_time=TIME, parent=first)

    assert head_of(directory) == second


def test_a_repository_that_was_only_begun_is_finished(tmp_path: Path) -> None:
    directory = tmp_path / "repository.git"
    (directory / "refs").mkdir(parents=True)
    (directory / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")

    commit = commit_documents(directory, PLAN, message="one", author_time=TIME)

    assert read_documents(directory, commit) == PLAN


def test_writers_at_the_same_moment_lose_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "repository.git"

    def commit(number: int) -> str:
        time = TIME + timedelta(seconds=number)
        return commit_documents(directory, {f"{number}.md": b"x"}, message=f"plan {number}", author_time=time)

    with ThreadPoolExecutor(8) as pool:
        commits = set(pool.map(commit, range(16)))

    head = head_of(directory)
    assert head is not None
    assert len(commits) == len(log(directory)) == 16
    assert len(read_documents(directory, head)) == 16


def test_a_writer_killed_between_commit_and_answer_is_repeated_without_harm(tmp_path: Path) -> None:
    directory = tmp_path / "repository.git"
    script = f"""
import os, signal
from datetime import datetime, UTC
from pathlib import Path
from decisionworks.integrations.git import commit_documents
time = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
commit_documents(Path({str(directory)!r}), {PLAN!r}, message="one", author_time=time)
os.kill(os.getpid(), signal.SIGKILL)
"""

    killed = subprocess.run([sys.executable, "-c", script], check=False)
    commit = commit_documents(directory, PLAN, message="one", author_time=TIME)

    assert killed.returncode == -9
    assert [line.split()[0] for line in log(directory)] == [commit]


def test_a_time_zone_is_kept(tmp_path: Path) -> None:
    berlin = datetime(2026, 5, 4, 12, 30, tzinfo=timezone(timedelta(hours=2)))

    commit_documents(tmp_path / "r.git", PLAN, message="one", author_time=berlin)

    shown = subprocess.run(
        ["git", "--git-dir", str(tmp_path / "r.git"), "log", "--format=%ai", "main"], capture_output=True, check=True
    )
    assert shown.stdout == b"2026-05-04 12:30:00 +0200\n"


@pytest.mark.parametrize("path", ["", "/abs", "../up", "a//b", ".git/config", "a/.GIT/hooks/x", "a\\b", "x\ny"])
def test_a_path_that_git_cannot_hold_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UnusableDocuments):
        commit_documents(tmp_path / "r.git", {path: b"x"}, message="one", author_time=TIME)

    assert not (tmp_path / "r.git").exists()


@pytest.mark.parametrize(
    ("files", "message", "branch", "time"),
    [
        ({}, "m", "main", TIME),
        (PLAN, "  ", "main", TIME),
        (PLAN, "m", "../x", TIME),
        (PLAN, "m", "main", TIME.replace(tzinfo=None)),
    ],
)
def test_what_cannot_be_a_commit_is_refused(
    tmp_path: Path, files: dict[str, bytes], message: str, branch: str, time: datetime
) -> None:
    with pytest.raises(UnusableDocuments):
        commit_documents(tmp_path / "r.git", files, message=message, author_time=time, branch=branch)
