"""A foreign snapshot held open (an analyst's query, a forgotten session) while jobs come at a steady rate."""

from __future__ import annotations

import time
from contextlib import closing

import psycopg

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import WARM_S, Plan, percentile, waits_ms

_RATE = 200.0
_LATE_S = 30.0
_PARTS = 5


def snapshot(plan: Plan, contestant: Contestant) -> list[Figure]:
    """p99 of the wait in the last fifth of the time, beside the first fifth's."""
    if not contestant.jobs:
        return []
    seconds = plan.snapshot_minutes * 60
    with plan.session(contestant) as session, closing(psycopg.connect(session.url)) as foreign:
        foreign.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        foreign.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        foreign.execute("SELECT 1").fetchone()
        with session.workers(1, contestant.best):
            time.sleep(WARM_S)
            seen = session.conditions()
            sent = session.call("paced", {"rate": _RATE, "seconds": seconds})["n"]
            session.await_marks("stamp", sent, timeout_s=_LATE_S)
            waits = waits_ms(session)
        if foreign.info.transaction_status != psycopg.pq.TransactionStatus.INTRANS:
            raise AssertionError("the foreign snapshot was lost")
        foreign.execute("SELECT 1")
    first, last = _edges(waits)
    return [
        Figure(
            measure="snapshot",
            what=f"wait under a snapshot open for {plan.snapshot_minutes:g} min at {_RATE:.0f} jobs/s, p99 at the end",
            contestant=contestant.name,
            value=last,
            unit="ms",
            better="lower",
            conditions=seen,
            note="" if len(waits) == sent else f"{sent - len(waits)} of {sent} had not begun",
            facts={"p99 at the start": first, "n": sent, "reached/s": round(sent / seconds, 1)},
        )
    ]


def _edges(waits: list[tuple[float, float]]) -> tuple[float, float]:
    part = max(1, len(waits) // _PARTS)
    shares = ([wait for _, wait in waits[:part]], [wait for _, wait in waits[-part:]])
    return round(percentile(shares[0], 0.99), 1), round(percentile(shares[1], 0.99), 1)
