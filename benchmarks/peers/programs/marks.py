"""What a job of the benchmarks does: nothing, a time stamp, or a few seconds of waiting; each leaves a line in a file.

Imported by every Python program beside it, in two environments; standard library only. Times are `time.time()`.
"""

from __future__ import annotations

import asyncio
import os
import time
from functools import cache

_is_begun = False


@cache
def _file() -> int:
    return os.open(os.environ["BENCH_MARKS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)


def write(line: str) -> None:
    """Append one line, whole, whoever else writes."""
    os.write(_file(), line.encode() + b"\n")


def noop() -> None:
    """Nothing; the first one in each process says when work began."""
    global _is_begun  # noqa: PLW0603
    if not _is_begun:
        _is_begun = True
        write(f"first {os.getpid()} {time.time()}")


def stamp(sent_at: float) -> None:
    """When the job was handed in and when it began."""
    write(f"stamp {sent_at} {time.time()}")


async def slow(seconds: float) -> None:
    """Begin, wait, end."""
    write(f"begin {os.getpid()} {time.time()}")
    await asyncio.sleep(seconds)
    write(f"end {os.getpid()} {time.time()}")
