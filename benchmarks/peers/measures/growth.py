"""What a long history and a long queue cost: throughput with finished jobs behind, and with waiting ones ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from benchmarks.peers.conditions import Conditions
from benchmarks.peers.contestants import Contestant, Finished
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import Plan
from benchmarks.peers.measures.throughput import fill, rate_of
from benchmarks.peers.session import Session

_HISTORIES = (1_000, 100_000, 1_000_000)
_WAITING = 100_000
_ROUNDS = 5  # a machine that others share varies by a fifth within minutes
_WORK_SHARE = 3  # of the jobs of a throughput run


@dataclass(frozen=True, slots=True)
class _Case:
    what: str
    history: int = 0
    left: int = 0


def growth(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Jobs a second with an empty table, after each history, and with others waiting: medians of rounds that take them
    in turn, there and back; then each one's share of the empty table's rate in the same round."""
    if not contestant.jobs:
        return []
    count = max(500, contestant.jobs // _WORK_SHARE)
    waiting = _WAITING if contestant.has_batches else _WAITING // 20
    histories: Sequence[int] = (0, *(_HISTORIES[:2] if plan.is_quick else _HISTORIES)) if contestant.finished else ()
    cases = [*(_Case(f"after {history:,} finished jobs", history=history) for history in histories)]
    cases.append(_Case(f"with {_WAITING:,} waiting jobs", left=waiting))
    rates: dict[_Case, list[float | None]] = {case: [] for case in cases}
    seen: dict[_Case, Conditions] = {}
    for turn in range(1 if plan.is_quick else _ROUNDS):
        for case in cases if turn % 2 == 0 else reversed(cases):
            with plan.session(contestant) as session:
                seen[case], rate = _measured(session, count, case)
            rates[case].append(rate)
    figures = [_rate(contestant, case, rates[case], count, seen[case]) for case in cases]
    if waiting < _WAITING:
        figures[-1] = replace(figures[-1], note=f"only {waiting:,} waiting: it has no bulk enqueue")
    shares = [_share(contestant, case, rates[case], rates[cases[0]]) for case in cases[1:] if contestant.finished]
    return [*figures, *shares]


def _measured(session: Session, count: int, case: _Case) -> tuple[Conditions, float | None]:
    if case.history:
        _multiply(session, case.history)
    fill(session, count + case.left)
    seen = session.conditions()
    rate = rate_of(session, count=count, processes=1, options=session.contestant.best, left=case.left)
    return seen, rate


def _rate(contestant: Contestant, case: _Case, rates: Sequence[float | None], count: int, seen: Conditions) -> Figure:
    known = [rate for rate in rates if rate is not None]
    return Figure(
        measure="growth",
        what=case.what,
        contestant=contestant.name,
        value=round(median(known), 1) if known else None,
        unit="jobs/s",
        better="higher",
        conditions=seen,
        facts={"n": count, "rounds": " ".join("-" if rate is None else f"{rate:.0f}" for rate in rates)},
    )


def _share(contestant: Contestant, case: _Case, rates: Sequence[float | None], empty: Sequence[float | None]) -> Figure:
    shares = [rate / base for rate, base in zip(rates, empty, strict=True) if rate and base]
    return Figure(
        measure="growth",
        what=f"{case.what}: share of the empty table's rate",
        contestant=contestant.name,
        value=round(median(shares), 2) if shares else None,
        unit="of 1",
        better="higher",
        facts={"rounds": " ".join(f"{share:.2f}" for share in shares)},
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
