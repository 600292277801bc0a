"""A small project beside another one's backlog of 100,000 jobs: how long its jobs wait meanwhile."""

from __future__ import annotations

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import OURS, Figure
from benchmarks.peers.measures.plan import Plan, percentile, waits_ms
from benchmarks.peers.measures.throughput import fill

_BACKLOG = 100_000
_RATE = 25.0
_LONGEST_S = 30.0
_LATE_S = 60.0


def fairness(plan: Plan, contestant: Contestant) -> list[Figure]:
    """p99 of the wait, of jobs handed in while the backlog is there."""
    if not contestant.jobs or not contestant.has_batches:
        return []
    with plan.session(contestant) as session:
        fill(session, _BACKLOG, group=0)
        session.forget_marks()
        seen = session.conditions()
        with session.workers(1, contestant.best):
            begun = session.await_marks("first", 1, timeout_s=_LATE_S)
            sent = session.call("paced", {"rate": _RATE, "seconds": _paced_s(contestant), "group": 1})["n"]
            session.await_marks("stamp", sent, timeout_s=_LATE_S)
            waits = [wait for _, wait in waits_ms(session)]
    note = "" if contestant.name == OURS else "knows no projects: first come, first served"
    if begun is None or len(waits) < sent:
        note = f"{sent - len(waits)} of {sent} had not begun {_LATE_S:.0f} s later; {note}".rstrip("; ")
    return [
        Figure(
            measure="fairness",
            what=f"wait beside another project's {_BACKLOG:,} jobs, p99",
            contestant=contestant.name,
            value=round(percentile(waits, 0.99), 1) if len(waits) == sent else None,
            unit="ms",
            better="lower",
            conditions=seen,
            note=note,
            facts={"n": sent, "p50": round(percentile(waits, 0.5), 1) if waits else "-"},
        )
    ]


def _paced_s(contestant: Contestant) -> float:
    """Long enough for samples, shorter than the fast ones need for the backlog."""
    return 2.0 if contestant.jobs >= 50_000 else _LONGEST_S / 3
