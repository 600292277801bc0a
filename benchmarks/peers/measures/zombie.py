"""The owner of a job is stopped until another worker has taken it over, then goes on: is its late write let in?"""

from __future__ import annotations

import signal
import time

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import Plan
from benchmarks.peers.measures.takeover import end, two_workers

_LATE_S = 2.5


def zombie(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Writes let in: what the database says of the job before the owner wakes, and while the new owner still works."""
    if not contestant.jobs:
        return []
    with plan.session(contestant) as session:
        owner, heir = two_workers(session)
        try:
            owner.send_signal(signal.SIGSTOP)
            stopped_at = time.time()
            begun = session.await_marks("begin", 2, timeout_s=contestant.patience_s)
            if begun is None:
                return [_figure(contestant, None, f"nobody took over within {contestant.patience_s:.0f} s")]
            before = session.rows(contestant.owner)
            owner.send_signal(signal.SIGCONT)
            time.sleep(_LATE_S)
            after = session.rows(contestant.owner)
            ended_by = {int(process) for process, _ in session.marks("end")}
        finally:
            end(owner, heir)
    if heir.pid in ended_by:
        return [_figure(contestant, None, "the new owner ended before the old one could write; nothing was seen")]
    taken_after = round(float(begun[1][1]) - stopped_at, 1)
    let_in = int(before != after)
    note = f"taken over after {taken_after} s; the job's row {'changed' if let_in else 'stayed'} while its owner worked"
    return [_figure(contestant, let_in, note)]


def _figure(contestant: Contestant, value: float | None, note: str) -> Figure:
    return Figure(
        measure="zombie",
        what="late writes let in, of 1",
        contestant=contestant.name,
        value=value,
        unit="writes",
        better="lower",
        note=note,
    )
