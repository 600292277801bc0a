"""Handing jobs in, durably, over one connection: one by one, and in batches of 500."""

from __future__ import annotations

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import Plan

_BATCH = 500
_MANY = 20_000


def enqueue(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Two figures, jobs a second."""
    if not contestant.jobs:
        return []
    with plan.session(contestant) as session:
        figures = []
        for what, count, batch in (
            ("one by one", plan.less(contestant.enqueue_one), 1),
            (f"in batches of {_BATCH}", plan.less(_MANY), _BATCH),
        ):
            if batch > 1 and not contestant.has_batches:
                continue
            seen = session.conditions()
            answer = session.call("enqueue", {"kind": "noop", "n": count, "batch": batch})
            figures.append(
                Figure(
                    measure="enqueue",
                    what=what,
                    contestant=contestant.name,
                    value=round(count / answer["seconds"], 1),
                    unit="jobs/s",
                    better="higher",
                    conditions=seen,
                    facts={"n": count},
                )
            )
    return figures
