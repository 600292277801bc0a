"""How much memory and disk processes hold, also where no name or no single process leads to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_OWN_PARTS = ("Pss_Anon:", "Pss_Shmem:")


def exceeds_memory(processes: Sequence[int], limit_bytes: int) -> bool:
    """Whether the processes together hold more memory, that of several counted once and files' pages not at all."""
    sizes = [_pages(process) for process in processes]
    if sum(max(0, resident - shared) for resident, shared in sizes) * _PAGE > limit_bytes:
        return True
    if sum(resident for resident, _ in sizes) * _PAGE <= limit_bytes:
        return False
    # What they share is libraries or memory: only the slow look tells them apart.
    return sum(_share_bytes(process) for process in processes) > limit_bytes


def tree_bytes(place: str, enough: int) -> int:
    """What the files under a directory take on disk; counting ends once it is more than enough."""
    total = 0
    waiting = [place]
    while waiting and total <= enough:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * 512 + 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
    return total


def unlinked_bytes(processes: Sequence[int]) -> int:
    """What files without a name take on disk that the processes keep open or mapped."""
    opened = {place: size for process in processes for place, size in _open_unlinked(process)}
    inodes = {inode for _, inode in opened}
    mapped = {place: size for process in processes for place, size in _mapped_unlinked(process)}
    return sum(opened.values()) + sum(size for (_, inode), size in mapped.items() if inode not in inodes)


def _pages(process: int) -> tuple[int, int]:
    try:
        sizes = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
        return int(sizes[1]), int(sizes[2])
    except (OSError, ValueError, IndexError):
        return 0, 0


def _share_bytes(process: int) -> int:
    total = 0
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith(_OWN_PARTS):
                total += int(line.split()[1]) * 1024
    return total


def _open_unlinked(process: int) -> Iterator[tuple[tuple[int, int], int]]:
    with suppress(OSError), os.scandir(f"/proc/{process}/fd") as entries:
        for entry in entries:
            with suppress(OSError):
                facts = Path(entry.path).stat()
                if stat.S_ISREG(facts.st_mode) and facts.st_nlink == 0:
                    yield (facts.st_dev, facts.st_ino), facts.st_blocks * 512


def _mapped_unlinked(process: int) -> Iterator[tuple[tuple[str, int], int]]:
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8", errors="replace").splitlines():
            if not line.endswith(" (deleted)"):
                continue
            span, _, _, device, inode, name = line.split(maxsplit=5)
            if not name.startswith(("/dev/zero", "/SYSV")):
                first, end = span.split("-")
                yield (device, int(inode)), int(end, 16) - int(first, 16)
