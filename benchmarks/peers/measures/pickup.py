"""An idle worker, one job at a time: from the call that hands it in to its first line."""

from __future__ import annotations

import time

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import WARM_S, Plan, percentile, waits_ms

_JOBS = 200
_LATE_S = 20.0


def pickup(plan: Plan, contestant: Contestant) -> list[Figure]:
    """p10, p50 and p99 from the call, in milliseconds; the first bears a busy machine best."""
    if not contestant.jobs:
        return []
    figures = []
    for setting, options in contestant.idle.items():
        count = plan.less(_JOBS, quick=2)
        with plan.session(contestant) as session, session.workers(1, options):
            time.sleep(WARM_S)
            seen = session.conditions()
            session.call("pickup", {"n": count})
            session.await_marks("stamp", count, timeout_s=_LATE_S)
            waits = [wait for _, wait in waits_ms(session)]
        for name, share in (("p10", 0.1), ("p50", 0.5), ("p99", 0.99)):
            figures.append(
                Figure(
                    measure="pickup",
                    what=f"idle worker, {name} from the call",
                    contestant=contestant.name,
                    setting=setting,
                    value=round(percentile(waits, share), 2) if waits else None,
                    unit="ms",
                    better="lower",
                    conditions=seen,
                    note="" if len(waits) == count else f"{count - len(waits)} of {count} never began",
                )
            )
    return figures
