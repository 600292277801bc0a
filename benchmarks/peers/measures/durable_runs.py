"""Runs of ten trivial steps, every step durable before the next: a LangGraph graph of ten nodes, or a workflow."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.peers.contestants import Contestant, RunsAt
from benchmarks.peers.figures import Better, Figure
from benchmarks.peers.measures.plan import WARM_S, Plan
from benchmarks.peers.programs.ledger import Ledger
from benchmarks.peers.session import ProgramFailed, Session

_TIMEOUT_S = 240.0
_UNITS: tuple[tuple[str, str, Better], ...] = (
    ("runs_per_s", "runs/s", "higher"),
    ("commits_per_run", "writing commits", "lower"),
    ("wal_kb_per_run", "kB of WAL", "lower"),
)


def durable_runs(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Runs a second in one process, commits and WAL per run."""
    figures = []
    for at in contestant.runs:
        count = plan.less(at.n, quick=3)
        with plan.session(contestant) as session:
            # A schema just made is cleaned by the server when it likes: half a second of somebody's few.
            session.run_statements(["VACUUM ANALYZE"])
            seen = session.conditions()
            work = _by_workers if contestant.runs_in_workers else _by_program
            answer = work(session, at, count)
        for key, unit, better in _UNITS:
            # DBOS alone is documented for more than eight at a time; its best competes at eight.
            shown = min(at.concurrency, 8)
            figures.append(
                Figure(
                    measure="durable runs",
                    what=f"ten steps, {shown} at a time: {key.replace('_', ' ')}",
                    contestant=contestant.name,
                    setting=f"concurrency {at.concurrency}",
                    value=round(answer[key], 2),
                    unit=unit,
                    better=better,
                    conditions=seen,
                    facts={"n": count, "transactions/run": answer["transactions_per_run"]},
                )
            )
    return figures


def _by_program(session: Session, at: RunsAt, count: int) -> dict[str, Any]:
    answer = session.call("runs", {"n": count, "concurrency": at.concurrency, **at.options})
    return {**answer, "runs_per_s": count / answer["seconds"]}


def _by_workers(session: Session, at: RunsAt, count: int) -> dict[str, Any]:
    """One worker process with so many slots; it has idled, and worked a few runs, before the clock starts."""
    with session.workers(1, {"slots": at.concurrency, **at.options}):
        time.sleep(WARM_S)
        session.call("enqueue", {"kind": "ten", "n": at.concurrency, "batch": 1})
        if session.await_done(timeout_s=_TIMEOUT_S) is None:
            raise ProgramFailed("the first runs never ended")
        ledger = Ledger(session.url)
        enqueued = session.call("enqueue", {"kind": "ten", "n": count, "batch": count})
        ended_at = session.await_done(timeout_s=_TIMEOUT_S)
        if ended_at is None:
            raise ProgramFailed(f"{count} runs did not end within {_TIMEOUT_S:.0f} s")
        seconds = ended_at - enqueued["ended_at"]  # handed in by one commit, so that none of them began before it
        return {**ledger.cost(count), "runs_per_s": count / seconds}
