"""How fast the disk commits and how busy the machine is, at the moment of a measurement: printed beside each figure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.peers.server import Server

_PROBE_S = 1.0
_LOOK_S = 0.5
_QUIET_PERCENT = 12
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """`disk_commits_per_s`: one client writing one row per commit. `busy_percent`: of all CPU time, taken by others."""

    disk_commits_per_s: int
    busy_percent: int

    @property
    def is_disturbed(self) -> bool:
        """Whether others took so much CPU that the figure says little."""
        return self.busy_percent > _QUIET_PERCENT


def look(server: Server) -> Conditions:
    """Measure both, after a wait for others to be quiet, which may be in vain."""
    deadline = time.monotonic() + _PATIENCE_S
    while (busy := _busy()) > _QUIET_PERCENT and time.monotonic() < deadline:
        pass
    return Conditions(busy_percent=busy, disk_commits_per_s=_disk(server))


def _disk(server: Server) -> int:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_probe (x integer)")
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < _PROBE_S:
            connection.execute("INSERT INTO bench_probe VALUES (1)", prepare=True)
            count += 1
        rate = count / (time.perf_counter() - began)
        connection.execute("DROP TABLE bench_probe")
    return round(rate)


def _busy() -> int:
    before = _cpu_times()
    time.sleep(_LOOK_S)
    total, idle = (now - then for now, then in zip(_cpu_times(), before, strict=True))
    return 0 if total <= 0 else round(100 * (1 - idle / total))


def _cpu_times() -> tuple[int, int]:
    """All and idle CPU time; (0, 0) where the system does not tell."""
    try:
        values = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    except OSError:
        return 0, 0
    return sum(values), values[3] + values[4]
