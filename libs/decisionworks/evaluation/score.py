"""How near a decision set comes to what its scenario expects; pure, and blind to how it was made.

constraints  share of expected values extracted right (numbers within 10 %, lists as sets), minus invented fields
questions    share of expected questions asked; a question about a known field counts against it
patterns     all that must be there, none that must not, one of each group
cost         the expected figure inside the range, with its drivers named
policies     fired blocks exactly, fired warnings at least
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decisionworks.evaluation.load import Scenario

TOLERANCE = 0.10
FREE_TEXT = "use_case_summary"
# Came after the sets were written, which therefore leave it unsaid: judged where a scenario names it.
LATER_FIELDS = frozenset({"batch_runs_month"})
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioScore:
    """The score of one scenario; shares are 0 to 1, and `misses` says what went wrong in each part."""

    scenario_id: str
    status: str
    ends_as_expected: bool
    constraints: float
    questions: float
    patterns: float
    cost: float
    policies: float
    findings: float
    monthly_usd: float | None
    misses: Mapping[str, tuple[str, ...]]

    @property
    def total(self) -> float:
        """The plain mean of the parts."""
        return sum(float(getattr(self, part)) for part in PARTS) / len(PARTS)

    def to_json(self) -> dict[str, Any]:
        """The score as `--json` shows it."""
        return {
            "id": self.scenario_id,
            "status": self.status,
            "ends_as_expected": self.ends_as_expected,
            **{part: round(getattr(self, part), 4) for part in PARTS},
            "total": round(self.total, 4),
            "monthly_usd": self.monthly_usd,
            "misses": {part: list(found) for part, found in self.misses.items() if found},
        }


PARTS = ("constraints", "questions", "patterns", "cost", "policies", "findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Means over all scenarios."""

    scenarios: int
    ended_as_expected: int
    means: Mapping[str, float]
    total: float

    def to_json(self) -> dict[str, Any]:
        """The totals as `--json` shows them."""
        return {
            "scenarios": self.scenarios,
            "ended_as_expected": self.ended_as_expected,
            **{part: round(mean, 4) for part, mean in self.means.items()},
            "total": round(self.total, 4),
        }


def score(scenario: Scenario, shown: Json) -> ScenarioScore:
    """Compare the decision set that a scenario's request led to with what the scenario expects."""
    constraints, wrong = _constraints(scenario, shown)
    questions, unasked = _questions(scenario, shown)
    patterns, misplaced = _patterns(scenario, shown)
    cost, dear = _cost(scenario, shown)
    policies, misjudged = _policies(scenario, shown)
    findings, unseen = _findings(scenario, shown)
    expected_end = "blocked" if scenario.policies_expected.block else "gate_waiting"
    return ScenarioScore(
        scenario_id=scenario.id,
        status=str(shown.get("status")),
        ends_as_expected=shown.get("status") == expected_end,
        constraints=constraints,
        questions=questions,
        patterns=patterns,
        cost=cost,
        policies=policies,
        findings=findings,
        monthly_usd=_monthly(shown),
        misses={
            "constraints": wrong,
            "questions": unasked,
            "patterns": misplaced,
            "cost": dear,
            "policies": misjudged,
            "findings": unseen,
        },
    )


def totals(scores: Sequence[ScenarioScore]) -> Totals:
    """Means over the scenarios."""
    count = max(1, len(scores))
    return Totals(
        scenarios=len(scores),
        ended_as_expected=sum(one.ends_as_expected for one in scores),
        means={part: sum(getattr(one, part) for one in scores) / count for part in PARTS},
        total=sum(one.total for one in scores) / count,
    )


def is_right(expected: object, found: object) -> bool:
    """Whether an extracted value is the expected one: numbers within 10 %, lists as sets."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float):
        return isinstance(found, int | float) and abs(found - expected) <= TOLERANCE * abs(expected)
    if isinstance(expected, list | tuple):
        return isinstance(found, list | tuple) and sorted(map(str, expected)) == sorted(map(str, found))
    return expected == found


def _constraints(scenario: Scenario, shown: Json) -> tuple[float, tuple[str, ...]]:
    known = known_of(shown)
    expected = scenario.expected_constraints
    misses: list[str] = []
    for field, value in expected.items():
        found = known.get(field)
        # A summary is prose: any is right, none is not.
        if not (bool(found) if field == FREE_TEXT else is_right(value, found)):
            misses.append(f"{field}: expected {value}, found {found}")
    invented = [field for field in known if field not in expected and field not in {FREE_TEXT, *LATER_FIELDS}]
    share = (len(expected) - len(misses) - len(invented)) / max(1, len(expected))
    return max(0.0, share), (*misses, *(f"{field}: invented {known[field]}" for field in invented))


def known_of(shown: Json) -> dict[str, Any]:
    return {
        name: one.get("value")
        for name, one in (shown.get("constraints") or {}).items()
        if one.get("state") in ("stated", "inferred") and one.get("value") is not None
    }


def _questions(scenario: Scenario, shown: Json) -> tuple[float, tuple[str, ...]]:
    asked = [str(question.get("field")) for question in shown.get("questions") or []]
    unasked = [field for field in scenario.expected_questions if field not in asked]
    needless = [field for field in asked if field in scenario.expected_constraints]
    count = max(1, len(scenario.expected_questions))
    share = (len(scenario.expected_questions) - len(unasked) - len(needless)) / count
    if not scenario.expected_questions:
        share = 0.0 if needless else 1.0
    return max(0.0, share), (
        *(f"not asked: {field}" for field in unasked),
        *(f"asked though said: {field}" for field in needless),
    )


def _patterns(scenario: Scenario, shown: Json) -> tuple[float, tuple[str, ...]]:
    chosen = {str(pattern.get("id")) for pattern in (shown.get("plan") or {}).get("patterns") or []}
    misses = [f"missing: {one}" for one in scenario.must_patterns if one not in chosen]
    misses += [f"must not be there: {one}" for one in scenario.must_not_patterns if one in chosen]
    misses += [f"none of: {', '.join(group)}" for group in scenario.one_of_patterns if not chosen & set(group)]
    if not chosen:
        return 0.0, ("no plan",)
    rules = len(scenario.must_patterns) + len(scenario.must_not_patterns) + len(scenario.one_of_patterns)
    return 1 - len(misses) / max(1, rules), tuple(misses)


def _cost(scenario: Scenario, shown: Json) -> tuple[float, tuple[str, ...]]:
    if scenario.expected_cost is None:
        return 1.0, ()
    low, high = scenario.expected_cost.range_usd_month
    monthly = _monthly(shown)
    if monthly is None:
        return 0.0, ("no estimate",)
    misses = [] if low <= monthly <= high else [f"{monthly:,.2f} USD a month is outside {low:,.0f} to {high:,.0f}"]
    if not (shown.get("cost_estimate") or {}).get("drivers"):
        misses.append("no cost driver is named")
    return 0.0 if misses else 1.0, tuple(misses)


def _monthly(shown: Json) -> float | None:
    found = ((shown.get("cost_estimate") or {}).get("monthly") or {}).get("expected")
    return float(found) if isinstance(found, int | float) else None


def _policies(scenario: Scenario, shown: Json) -> tuple[float, tuple[str, ...]]:
    rules = (shown.get("policy_results") or {}).get("rules") or []
    fired = {
        severity: {str(rule["id"]) for rule in rules if rule["severity"] == severity and rule["outcome"] == "fired"}
        for severity in ("block", "warn")
    }
    expected = scenario.policies_expected
    misses = [f"block not fired: {one}" for one in expected.block if one not in fired["block"]]
    misses += [f"block fired needlessly: {one}" for one in sorted(fired["block"] - set(expected.block))]
    misses += [f"warning not fired: {one}" for one in expected.warn if one not in fired["warn"]]
    if not rules:
        misses.append("no policy was evaluated")
    return 0.0 if misses else 1.0, tuple(misses)


def _findings(scenario: Scenario, shown: Json) -> tuple[float, tuple[str, ...]]:
    orders = shown.get("untrusted_instructions") or []
    expects_orders = bool(scenario.request_findings.get("injection"))
    if expects_orders and not orders:
        return 0.0, ("the order inside the request was not noticed",)
    if orders and not expects_orders:
        return 0.0, (f"took for an order: {orders[0].get('text')}",)
    return 1.0, ()
