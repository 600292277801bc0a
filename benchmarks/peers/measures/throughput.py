"""Jobs that do nothing: waiting already, worked by one and by two processes, until all are finished in the database."""

from __future__ import annotations

from benchmarks.peers.contestants import Contestant, Options
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import Plan
from benchmarks.peers.session import Session

_TIMEOUT_S = 240.0
_BATCH = 500


def throughput(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Jobs a second for each setting and number of processes."""
    if not contestant.jobs:
        return []
    figures = []
    for setting, options in contestant.work.items():
        is_best = options is contestant.best
        for processes in (1, 2):
            with plan.session(contestant) as session:
                count = plan.less(contestant.jobs if is_best else min(contestant.jobs, 4000))
                fill(session, count)
                seen = session.conditions()
                rate = rate_of(session, count=count, processes=processes, options=options)
            figures.append(
                Figure(
                    measure="throughput",
                    what=f"no-op jobs, {processes} worker process{'es' if processes > 1 else ''}",
                    contestant=contestant.name,
                    setting=setting,
                    value=rate,
                    unit="jobs/s",
                    better="higher",
                    conditions=seen,
                    note="" if rate is not None else f"not finished within {_TIMEOUT_S:.0f} s",
                    facts={"n": count},
                )
            )
    return figures


def fill(session: Session, count: int, *, group: int = 0) -> None:
    """Hand in jobs that do nothing, as fast as the contestant can."""
    batch = _BATCH if session.contestant.has_batches else 1
    session.call("enqueue", {"kind": "noop", "n": count, "batch": batch, "group": group})
    session.run_statements(["ANALYZE"])


def rate_of(session: Session, *, count: int, processes: int, options: Options, left: int = 0) -> float | None:
    """Jobs a second from the first one's start until only `left` are unfinished; None when that took too long."""
    session.forget_marks()
    with session.workers(processes, options):
        ended_at = session.await_done(left=left, timeout_s=_TIMEOUT_S)
    first = [float(at) for _, at in session.marks("first")]
    if ended_at is None or not first:
        return None
    return round(count / (ended_at - min(first)), 1)
