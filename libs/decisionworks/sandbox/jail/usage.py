"""How much memory and disk processes hold, also where no name or no single process leads to it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_OWN_PARTS = ("Pss_Anon:", "Pss_Shmem:")
_SOCKET_BYTES = 212_992
_ON_THEIR_WAY = "scm_fds:"


@dataclass(slots=True)
class Opened:
    """What processes keep open or mapped: the space of files without a name, the sockets, and whether that is all."""

    unlinked: dict[tuple[int, int], int] = field(default_factory=dict)
    sockets: set[int] = field(default_factory=set)
    mapped: dict[tuple[str, int], int] = field(default_factory=dict)
    is_hidden: bool = False

    @property
    def disk_bytes(self) -> int:
        """What the files without a name take."""
        inodes = {inode for _, inode in self.unlinked}
        mapped = sum(size for (_, inode), size in self.mapped.items() if inode not in inodes)
        return sum(self.unlinked.values()) + mapped

    @property
    def socket_bytes(self) -> int:
        """The most that unread words take: what the system gives a socket, and the last letter that still goes in."""
        return len(self.sockets) * 2 * _given_to_a_socket()


def exceeds_memory(processes: Sequence[int], limit_bytes: int, *, user: int | None) -> bool:
    """Whether the processes together hold more memory, that of several counted once and files' pages not at all."""
    sizes = [_pages(process) for process in processes]
    if sum(max(0, resident - shared) for resident, shared in sizes) * _PAGE > limit_bytes:
        return True
    if sum(resident for resident, _ in sizes) * _PAGE <= limit_bytes:
        return False
    # What they share is libraries or memory: only the slow look tells them apart.
    return sum(_share_bytes(process, user) for process in processes) > limit_bytes


def tree_bytes(place: str, enough: int) -> tuple[int, bool]:
    """What the files under a directory take on disk, and whether some of it is out of our sight; counting ends once
    it is more than enough."""
    total, is_hidden = 0, False
    waiting = [place]
    while waiting and total <= enough:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    with suppress(FileNotFoundError):
                        total += entry.stat(follow_symlinks=False).st_blocks * 512 + 512
        except OSError as error:
            is_hidden |= error.errno in {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG}
    return total, is_hidden


def opened(processes: Sequence[int], *, user: int | None) -> Opened:
    """What the processes keep open; those of another user are looked at as that user where root alone may not."""
    found = Opened()
    for process in processes:
        try:
            _add(found, process)
        except PermissionError:
            try:
                with _acting_as(user):
                    _add(found, process)
            except PermissionError:
                found.is_hidden = True
    return found


@contextmanager
def _acting_as(user: int | None) -> Iterator[None]:
    if user is None or os.geteuid() != 0:
        yield
        return
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def _add(found: Opened, process: int) -> None:
    """Add what one process holds; one that has just ended holds nothing.

    Raises: PermissionError
    """
    try:
        with os.scandir(f"/proc/{process}/fd") as entries:
            for entry in entries:
                with suppress(FileNotFoundError, ProcessLookupError):
                    _add_open(found, process, entry)
        _add_mapped(found, process)
    except (FileNotFoundError, ProcessLookupError):
        return


def _add_open(found: Opened, process: int, entry: os.DirEntry[str]) -> None:
    facts = Path(entry.path).stat()
    if stat.S_ISSOCK(facts.st_mode):
        found.sockets.add(facts.st_ino)
        told = Path(f"/proc/{process}/fdinfo/{entry.name}").read_text(encoding="ascii").splitlines()
        # An open file in a letter that nobody has read is in nobody's list.
        found.is_hidden |= any(line.startswith(_ON_THEIR_WAY) and line.split()[1] != "0" for line in told)
    elif stat.S_ISREG(facts.st_mode) and facts.st_nlink == 0:
        found.unlinked[facts.st_dev, facts.st_ino] = facts.st_blocks * 512


def _add_mapped(found: Opened, process: int) -> None:
    for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.endswith(" (deleted)"):
            continue
        span, _, _, device, inode, name = line.split(maxsplit=5)
        if not name.startswith(("/dev/zero", "/SYSV")):
            first, end = span.split("-")
            found.mapped[device, int(inode)] = int(end, 16) - int(first, 16)


def _given_to_a_socket() -> int:
    try:
        return int(Path("/proc/sys/net/core/wmem_default").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _SOCKET_BYTES


def _pages(process: int) -> tuple[int, int]:
    try:
        sizes = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
        return int(sizes[1]), int(sizes[2])
    except (OSError, ValueError, IndexError):
        return 0, 0


def _share_bytes(process: int, user: int | None) -> int:
    """What belongs to a process of its memory, each shared page by its share; all of it where nobody may ask."""
    parts = Path(f"/proc/{process}/smaps_rollup")
    try:
        return _own_parts(parts)
    except PermissionError:
        with suppress(PermissionError), _acting_as(user):
            return _own_parts(parts)
        return _pages(process)[0] * _PAGE


def _own_parts(parts: Path) -> int:
    """The sum of the parts that are no file's.

    Raises: PermissionError
    """
    try:
        lines = parts.read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(_OWN_PARTS))
