"""What the disk and the database allow at best, here and now."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psycopg

from benchmarks.figures import Figure


def disk_flush(folder: Path, *, n: int = 200) -> Figure:
    """Appending 8 kB and flushing it to the disk."""
    path = folder / "probe"
    samples = []
    with path.open("wb") as file:
        for _ in range(n):
            started = time.perf_counter()
            file.write(b"\0" * 8192)
            file.flush()
            os.fsync(file.fileno())
            samples.append((time.perf_counter() - started) * 1000)
    path.unlink()
    return Figure(name="floor: flush of 8 kB to this disk", samples_ms=samples)


def bare_commit(url: str, *, n: int = 200) -> Figure:
    """Inserting one row and committing it, on the same PostgreSQL."""
    samples = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_floor (x integer)")
        for number in range(n):
            started = time.perf_counter()
            connection.execute("INSERT INTO bench_floor VALUES (%s)", (number,))
            samples.append((time.perf_counter() - started) * 1000)
        connection.execute("DROP TABLE bench_floor")
    return Figure(name="floor: bare commit on this PostgreSQL", samples_ms=samples)
