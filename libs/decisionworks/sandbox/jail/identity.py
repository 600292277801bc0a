"""Who a command runs as: a user of its own where we may choose one, else ourselves without any capability."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from decisionworks.sandbox.jail.kernel import (
    PR_CAP_AMBIENT,
    PR_CAP_AMBIENT_CLEAR_ALL,
    PR_SET_DUMPABLE,
    clear_capabilities,
    drop_bounding_set,
    prctl,
)

# Above every range that distributions and containers hand out, and a small one for containers with few users.
_FIRST_USER, _USERS = 1_900_000_000, 100_000_000
_FIRST_SMALL_USER, _SMALL_USERS = 61_200, 3_000


def private_user(process_id: int) -> int:
    """A user id that nobody else has at this moment."""
    if _is_mapped(_FIRST_USER + _USERS):
        return _FIRST_USER + process_id % _USERS
    return _FIRST_SMALL_USER + process_id % _SMALL_USERS


def may_change_user() -> bool:
    """Whether this process is root and free to become somebody else."""
    if os.geteuid() != 0:
        return False
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            user = private_user(os.getpid())
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def is_open_to_others(path: str) -> bool:
    """Whether a user without rights of his own can reach and read a path."""
    real = Path(path).resolve()
    try:
        mode = real.stat().st_mode
        parents = all(parent.stat().st_mode & stat.S_IXOTH for parent in real.parents)
    except OSError:
        return False
    needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
    return parents and mode & needed == needed


def hand_over(path: str, user: int) -> None:
    """Give a directory and all in it to a user, without following links."""
    os.chown(path, user, user, follow_symlinks=False)
    waiting = [path]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                os.chown(entry.path, user, user, follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def become(user: int | None) -> str:
    """Take on the given user, or stay, and give up all capabilities; returns what was done.

    Raises: OSError
    """
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    is_bounded = drop_bounding_set()
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        # Until its program starts too, so that whoever watches may look.
        prctl(PR_SET_DUMPABLE, 1)
    clear_capabilities()
    if user is not None:
        return "own user, no capabilities"
    if os.geteuid() != 0:
        return "the worker's user, no capabilities"
    return "root without capabilities" if is_bounded else "root; capabilities come back in programs that it starts"


def _is_mapped(user: int) -> bool:
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    ranges = [(int(first), int(count)) for first, _, count in (line.split() for line in lines)]
    return any(first <= user < first + count for first, count in ranges)
