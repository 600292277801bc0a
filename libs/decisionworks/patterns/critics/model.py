"""What a critic sees of a plan, and the shape of what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.costs import PriceBook, Workload, derive_workload, load_prices
from decisionworks.patterns.catalogue import load_pattern_catalogue
from decisionworks.patterns.model import Json, PatternCatalogue, Problem, Situation
from decisionworks.patterns.pose_problem import pose_problem
from decisionworks.patterns.situation import cost_values, read_situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A plan under review, with what it was made from."""

    ids: tuple[str, ...]
    situation: Situation
    workload: Workload
    problem: Problem
    catalogue: PatternCatalogue
    prices: PriceBook
    expected_usd: float
    items: tuple[Mapping[str, object], ...]
    assumptions: tuple[Mapping[str, object], ...]

    def has(self, *names: str) -> bool:
        """Whether any of these patterns is in the plan."""
        return any(name in self.ids for name in names)

    def number(self, field: str) -> float | None:
        """A working value as a number, None when it is not one."""
        value = self.situation.working.get(field)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def words(self, field: str) -> tuple[str, ...]:
        """A working value as a list of words."""
        value = self.situation.working.get(field)
        return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()

    @property
    def is_online(self) -> bool:
        """Whether somebody or some stream waits for the answer."""
        return any(mode in self.words("inference_mode") for mode in ("real_time", "streaming"))

    def usd_of(self, *prefixes: str) -> float:
        """The sum of the items whose price starts with one of the prefixes."""
        return sum(_usd(item) for item in self.items if str(item.get("price", "")).startswith(prefixes))

    def open_for(self, name: str) -> bool:
        """Whether the planner may still choose this pattern: neither gated nor ruled out nor in the plan."""
        banned = any(ban.pattern == name for ban in self.problem.bans)
        return name not in self.ids and not banned and not self.problem.gates[name]


def read_review(
    plan: Mapping[str, object],
    constraints: Mapping[str, object],
    cost_estimate: Mapping[str, object],
    *,
    catalogue: PatternCatalogue | None = None,
    prices: PriceBook | None = None,
) -> Review:
    """Put a plan, its constraints and its estimate side by side, all in their JSON form.

    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    situation, patterns = read_situation(constraints), catalogue or load_pattern_catalogue()
    monthly = cost_estimate.get("monthly")
    expected = monthly.get("expected") if isinstance(monthly, Mapping) else None
    return Review(
        ids=tuple(str(row["id"]) for row in _rows(plan.get("patterns"))),
        situation=situation,
        workload=derive_workload(cost_values(situation)),
        problem=pose_problem(situation, catalogue=patterns),
        catalogue=patterns,
        prices=prices or load_prices(),
        expected_usd=float(expected) if isinstance(expected, int | float) else 0.0,
        items=tuple(_rows(cost_estimate.get("items"))),
        assumptions=tuple(_rows(cost_estimate.get("assumptions"))),
    )


def critique(
    critic: str,
    severity: str,
    *,
    rule: str,
    finding: str,
    evidence: str,
    proposal: str,
    objection: Mapping[str, str] | None = None,
) -> Json:
    """One remark in the shape that the outside sees; an objection is what the planner can act on."""
    row: Json = {
        "critic": critic,
        "rule": rule,
        "severity": severity,
        "finding": finding,
        "evidence": evidence,
        "proposal": proposal,
        "accepted": False,
    }
    return row if objection is None else row | {"objection": dict(objection)}


def settle_critiques(critiques: Sequence[Mapping[str, object]], plan: Mapping[str, object]) -> list[Json]:
    """Mark as accepted what the planner took: the required pattern is in the plan, the excluded one is not."""
    ids = {str(row["id"]) for row in _rows(plan.get("patterns"))}
    return [{**row, "accepted": _is_taken(row.get("objection"), ids)} for row in critiques]


def _is_taken(objection: object, ids: set[str]) -> bool:
    if not isinstance(objection, Mapping):
        return False
    if "require" in objection:
        return objection["require"] in ids
    return "exclude" in objection and objection["exclude"] not in ids


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _usd(item: Mapping[str, object]) -> float:
    value = item.get("usd")
    return float(value) if isinstance(value, int | float) else 0.0
