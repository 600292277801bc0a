"""Event streams of one server process: event to last client, CPU per delivery, memory per idle stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.peers.conditions import look
from benchmarks.peers.contestants import PEERS_PYTHON, PROGRAMS
from benchmarks.peers.figures import OURS, Better, Figure
from benchmarks.peers.measures.plan import Plan, percentile
from benchmarks.peers.server import Server
from benchmarks.peers.servers import Open, Publisher, our_api, sse_starlette
from benchmarks.peers.session import ProgramFailed

STREAMS = "streams"
_CLIENTS = 500
_WARM_CLIENTS = 20
_EVENTS_PER_S = 5.0
_SETTLE_S = 2.0

Serving = Callable[[Server, Path], AbstractContextManager[tuple[Open, Publisher]]]


def streams(plan: Plan) -> list[Figure]:
    """Three figures each for our API and for sse-starlette.

    Raises: ProgramFailed.
    """
    if not Path("/proc/self/status").exists():
        raise ProgramFailed("CPU and memory of a process are read from /proc, which this system does not have")
    figures = _measured(plan, OURS, our_api)
    if not PEERS_PYTHON.exists():
        raise ProgramFailed("the peers' environment is missing")
    return figures + _measured(plan, "sse-starlette", sse_starlette)


def _measured(plan: Plan, name: str, serving: Serving) -> list[Figure]:
    count = plan.less(100)
    with serving(plan.server, plan.folder) as (at, publisher):
        with _followers(at, _WARM_CLIENTS):
            publisher.publish()
        time.sleep(_SETTLE_S)
        before_kb = _memory_kb(at.process_id)
        with _followers(at, _CLIENTS) as clients:
            time.sleep(_SETTLE_S)
            idle_kb = (_memory_kb(at.process_id) - before_kb) / _CLIENTS
            seen = look(plan.server)
            cpu_before, committed = _cpu_s(at.process_id), {}
            for _ in range(count):
                number, committed_at = publisher.publish()
                committed[number] = committed_at
                time.sleep(1 / _EVENTS_PER_S)
            time.sleep(_SETTLE_S)
            cpu_s = _cpu_s(at.process_id) - cpu_before
            arrivals = _arrivals(clients)
    delivered = sum(arrivals.get(str(number), {"count": 0})["count"] for number in committed)
    late = [(arrivals[str(n)]["last"] - at_s) * 1000 for n, at_s in committed.items() if str(n) in arrivals]
    shown: tuple[tuple[str, float, str, Better], ...] = (
        ("event to last client, p99", round(percentile(late, 0.99), 1), "ms", "lower"),
        ("CPU per delivery", round(cpu_s / max(1, delivered) * 1e6, 1), "µs", "lower"),
        ("memory per idle stream", round(idle_kb, 1), "KiB", "lower"),
    )
    return [
        Figure(
            measure=STREAMS,
            what=f"{what}, {_CLIENTS} streams",
            contestant=name,
            value=value,
            unit=unit,
            better=better,
            conditions=seen,
            facts={"p50 ms": round(percentile(late, 0.5), 1), "delivered": f"{delivered}/{count * _CLIENTS}"},
        )
        for what, value, unit, better in shown
    ]


@contextmanager
def _followers(at: Open, count: int) -> Iterator[subprocess.Popen[str]]:
    asked = {"host": "127.0.0.1", "port": at.port, "path": at.path, "token": at.token, "count": count}
    process = subprocess.Popen(
        [sys.executable, str(PROGRAMS / "sse_clients.py"), json.dumps(asked)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            raise ProgramFailed(f"{count} followers could not connect")
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def _arrivals(clients: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = clients.communicate("tell\n", timeout=30)
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


def _memory_kb(process_id: int) -> int:
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _cpu_s(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
