"""Which changed constraint made a plan differ: found by solving again without that change, not by guessing.

A change is a cause of a pattern's coming or going when, taken back alone, the pattern stays as it was. Where no single
change is (two of them each suffice), it is one that, made alone, already has the effect; else all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from decisionworks.costs import PriceBook
from decisionworks.patterns.bench import RECOMMENDED, set_up
from decisionworks.patterns.model import Json, PatternCatalogue
from decisionworks.patterns.relax import diagnose, over_budget
from decisionworks.patterns.situation import read_situation
from decisionworks.patterns.ways_out import is_of_usage

# Each change costs one or two solves of some ten milliseconds; requests that share less are different requests.
MOST_CHANGES = 12
# Prose: it chooses nothing.
_PROSE = ("use_case_summary",)
Constraints = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What the solver answers. Units: `usd` in United States dollars a month."""

    patterns: frozenset[str]
    usd: float


def causes_of_changes(
    before: Constraints, after: Constraints, *, catalogue: PatternCatalogue, prices: PriceBook
) -> Json:
    """For each pattern in which the two plans differ, the changed constraints that caused it; and their price.

    Units: `usd` is what the expected month costs more because of that change, given all the others.
    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    changed = changed_fields(before, after)
    if not changed or len(changed) > MOST_CHANGES:
        return {"fields": changed, "patterns": {}, "usd": {}}

    def choose(constraints: Constraints) -> _Choice:
        return _choose(constraints, catalogue=catalogue, prices=prices)

    old, new = choose(before), choose(after)
    taken_back = {field: choose({**after, field: before[field]}) for field in changed}
    causes: dict[str, object] = {}
    alone: dict[str, _Choice] = {}
    for pattern in _in_order(old.patterns ^ new.patterns, catalogue):
        was = pattern in old.patterns
        fields = [field for field in changed if (pattern in taken_back[field].patterns) == was]
        how = "only with"
        if not fields:
            alone = alone or {field: choose({**before, field: after[field]}) for field in changed}
            fields = [field for field in changed if (pattern in alone[field].patterns) != was]
            how = "already with"
        if not fields:
            fields, how = list(changed), "only together"
        causes[pattern] = {"fields": fields, "how": how}
    usd = {field: round(new.usd - taken_back[field].usd, 2) for field in changed}
    return {"fields": changed, "patterns": causes, "usd": usd}


def changed_fields(before: Constraints, after: Constraints) -> list[str]:
    """The fields whose known value differs, in the order of the later constraints."""
    return [
        field
        for field in after
        if field in before and field not in _PROSE and _known(before[field]) != _known(after[field])
    ]


def _known(entry: object) -> object:
    """What planning goes by: a value that somebody said or that follows from what was said."""
    is_known = isinstance(entry, Mapping) and entry.get("state") in ("stated", "inferred")
    return entry.get("value") if is_known and isinstance(entry, Mapping) else None


def _choose(constraints: Constraints, *, catalogue: PatternCatalogue, prices: PriceBook) -> _Choice:
    bench = set_up(read_situation(constraints), catalogue=catalogue, prices=prices)
    solution = bench.solve(RECOMMENDED)
    if solution is None:
        diagnosis = diagnose(bench.problem, is_feasible=bench.is_feasible)
        if diagnosis is not None:
            diagnosis = over_budget(
                diagnosis, bench.problem, price=bench.price_without, is_of_usage=partial(is_of_usage, bench)
            )
        solution = None if diagnosis is None else bench.solve(RECOMMENDED, dropped=diagnosis.dropped)
    if solution is None:
        return _Choice(patterns=frozenset(), usd=0.0)
    return _Choice(patterns=frozenset(solution.patterns), usd=bench.usd(solution.patterns))


def _in_order(names: frozenset[str], catalogue: PatternCatalogue) -> Sequence[str]:
    return [pattern.id for pattern in catalogue.patterns if pattern.id in names]
