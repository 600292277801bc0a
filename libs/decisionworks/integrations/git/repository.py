"""Open a repository for one writer at a time.

Writers hold a lock that the operating system lets go of when they die. So whoever holds it knows that a lock file
left by git itself belongs to nobody any more.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygit2

from decisionworks.integrations.git.errors import RepositoryBroken, RepositoryBusy

_LOCK_TIMEOUT_S = 30.0
_LOCK_PAUSE_S = 0.02

# Object and reference files reach the disk before they get their names; the data directory may belong to another user.
pygit2.option(pygit2.enums.Option.ENABLE_FSYNC_GITDIR, True)
pygit2.option(pygit2.enums.Option.SET_OWNER_VALIDATION, False)


@contextmanager
def written(directory: Path) -> Iterator[pygit2.Repository]:
    """The repository, made when it is not there, locked against other writers.

    Raises: RepositoryBusy, RepositoryBroken
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory.with_name(directory.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RepositoryBusy(
            f"the repository cannot be written: {error.strerror}",
            remedy="see that the data directory can be written and has space",
        ) from error
    try:
        _take(lock)
        yield _open_or_make(directory)
    finally:
        os.close(lock)


def opened(directory: Path) -> pygit2.Repository | None:
    """The repository in exactly this directory, or None when there is none.

    Without NO_SEARCH the library would climb to whatever repository the data directory happens to lie in.
    """
    flags = pygit2.enums.RepositoryOpenFlag.BARE | pygit2.enums.RepositoryOpenFlag.NO_SEARCH
    try:
        return pygit2.Repository(str(directory), flags)
    except pygit2.GitError:
        return None


def clear_left_locks(directory: Path, branch: str) -> None:
    """Remove lock files of a writer that died; call only while holding the writers' lock."""
    for name in (f"refs/heads/{branch}.lock", "HEAD.lock", "config.lock", "packed-refs.lock"):
        (directory / name).unlink(missing_ok=True)


def _take(lock: int) -> None:
    deadline = time.monotonic() + _LOCK_TIMEOUT_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise RepositoryBusy("another writer has held the repository for too long", retry_after_s=5) from error
            time.sleep(_LOCK_PAUSE_S)


def _open_or_make(directory: Path) -> pygit2.Repository:
    found = opened(directory)
    if found is not None:
        return found
    try:
        clear_left_locks(directory, "main")
        return pygit2.init_repository(str(directory), bare=True, initial_head="main")
    except (pygit2.GitError, OSError) as error:
        raise RepositoryBroken(f"the repository in {directory.name} cannot be opened: {error}") from error
