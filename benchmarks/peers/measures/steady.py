"""Minutes of steady load: how dead rows, the tables' size and the waiting time develop."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import Better, Figure
from benchmarks.peers.measures.plan import WARM_S, Plan, percentile, waits_ms
from benchmarks.peers.session import Session

_RATE = 200.0
_LATE_S = 30.0
_LOOKS = 30
_THIRDS = 3


@dataclass(slots=True)
class _Tables:
    """What the statistics said, look by look."""

    dead: list[int] = field(default_factory=list)
    size_mb: list[float] = field(default_factory=list)

    def look(self, session: Session) -> None:
        names = ", ".join(f"'{name}'::regclass" for name in session.contestant.tables)
        dead, size = session.rows(
            "SELECT coalesce(sum(n_dead_tup), 0), coalesce(sum(pg_total_relation_size(relid)), 0)"
            f" FROM pg_stat_user_tables WHERE relid IN ({names})"
        )[0]
        self.dead.append(int(dead))
        self.size_mb.append(round(int(size) / 2**20, 2))


def steady(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Latency of the last third against the first, the most dead rows seen, the size at the end."""
    if not contestant.jobs:
        return []
    seconds = plan.steady_minutes * 60
    tables, over = _Tables(), threading.Event()
    with plan.session(contestant) as session, session.workers(1, contestant.best):
        time.sleep(WARM_S)
        seen = session.conditions()

        def watch() -> None:
            while not over.wait(seconds / _LOOKS):
                tables.look(session)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        sent = session.call("paced", {"rate": _RATE, "seconds": seconds})["n"]
        over.set()
        watcher.join()
        session.await_marks("stamp", sent, timeout_s=_LATE_S)
        waits = [wait for _, wait in waits_ms(session)]
        tables.look(session)
    third = max(1, len(waits) // _THIRDS)
    first, last = percentile(waits[:third], 0.99), percentile(waits[-third:], 0.99)
    shown: tuple[tuple[str, float, str, Better], ...] = (
        ("p99 of the wait in the last third", round(last, 1), "ms", "lower"),
        ("drift of p99, last third / first", round(last / first, 2), "times", "lower"),
        ("most dead rows in the hot tables", max(tables.dead), "rows", "lower"),
        ("size of the hot tables at the end", tables.size_mb[-1], "MB", "lower"),
    )
    minutes = f"{plan.steady_minutes:g} min at {_RATE:.0f} jobs/s"
    return [
        Figure(
            measure="steady load",
            what=f"{what} ({minutes})",
            contestant=contestant.name,
            value=value,
            unit=unit,
            better=better,
            conditions=seen,
            facts={"n": sent, "late": sent - len(waits), "p99 in the first third": round(first, 1)},
        )
        for what, value, unit, better in shown
    ]
