"""What a long history and a long queue cost: throughput with finished jobs behind, and with waiting ones ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.peers.contestants import Contestant, Finished
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import Plan
from benchmarks.peers.measures.throughput import fill, rate_of
from benchmarks.peers.session import Session

_HISTORIES = (1_000, 100_000, 1_000_000)
_WAITING = 100_000
_WORK_SHARE = 3  # of the jobs of a throughput run


def growth(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Jobs a second with an empty table, after each history, and with others waiting."""
    if not contestant.jobs:
        return []
    count = max(500, contestant.jobs // _WORK_SHARE)
    figures = []
    histories: Sequence[int] = (0, *(_HISTORIES[:2] if plan.is_quick else _HISTORIES))
    for history in histories if contestant.finished else ():
        with plan.session(contestant) as session:
            if history:
                _multiply(session, history)
            figures.append(_measured(session, count, what=f"after {history:,} finished jobs", left=0))
    waiting = _WAITING if contestant.has_batches else _WAITING // 20
    with plan.session(contestant) as session:
        figures.append(_measured(session, count, what=f"with {_WAITING:,} waiting jobs", left=waiting))
    if waiting < _WAITING:
        figures[-1] = replace(figures[-1], note=f"only {waiting:,} waiting: it has no bulk enqueue")
    return figures


def _measured(session: Session, count: int, *, what: str, left: int) -> Figure:
    fill(session, count + left)
    seen = session.conditions()
    options = session.contestant.best
    rate = rate_of(session, count=count, processes=1, options=options, left=left)
    return Figure(
        measure="growth",
        what=what,
        contestant=session.contestant.name,
        value=rate,
        unit="jobs/s",
        better="higher",
        conditions=seen,
        facts={"n": count},
    )


def _multiply(session: Session, history: int) -> None:
    """Work one job, and copy what is left of it so many times."""
    fill(session, 1)
    rate_of(session, count=1, processes=1, options=session.contestant.best)
    for finished in session.contestant.finished:
        session.run_statements([_copies(session, finished, history), f"VACUUM ANALYZE {finished.table}"])
    session.run_statements(["CHECKPOINT"])


def _copies(session: Session, finished: Finished, history: int) -> str:
    rows = session.rows(
        "SELECT attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        f" AND attrelid = '{finished.table}'::regclass ORDER BY attnum"
    )
    # An empty expression leaves the column to its default.
    names = [name for (name,) in rows if finished.fresh.get(name) != ""]
    values = [finished.fresh.get(name, f"one.{name}") for name in names]
    return (
        f"INSERT INTO {finished.table} ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM (SELECT * FROM {finished.table} LIMIT 1) AS one, generate_series(1, {history})"
    )
