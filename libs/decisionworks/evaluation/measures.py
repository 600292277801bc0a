"""The figures that a release is held to, counted over many scenarios; each beside its goal.

A measure counts single things (a required pattern, an expected field), where the scores of `score` are means of shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decisionworks.evaluation.load import Scenario
from decisionworks.evaluation.score import FREE_TEXT, LATER_FIELDS, is_right, known_of

Json = Mapping[str, Any]
Answered = tuple[Scenario, Json]
Count = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How often something was right. Units: `goal` is the least share, 0 to 1; None where none is set."""

    name: str
    right: int
    of: int
    goal: float | None = None

    @property
    def share(self) -> float | None:
        """The share that was right; None where there was nothing to be right about."""
        return self.right / self.of if self.of else None

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.goal is None or self.share is None or self.share >= self.goal

    def to_json(self) -> dict[str, Any]:
        """The measure as `--json` shows it."""
        share = None if self.share is None else round(self.share, 4)
        return {
            "name": self.name,
            "right": self.right,
            "of": self.of,
            "share": share,
            "goal": self.goal,
            "is_met": self.is_met,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldScore:
    """How one constraint field was read over all scenarios."""

    field: str
    expected: int
    right: int
    wrong: int
    missed: int
    invented: int

    def to_json(self) -> dict[str, Any]:
        """The score as `--json` shows it."""
        return {name: getattr(self, name) for name in ("field", "expected", "right", "wrong", "missed", "invented")}


def measures(answers: Sequence[Answered], *, same_plan: Count | None = None) -> list[Measure]:
    """All measures, in the order in which a plan comes about; `same_plan` counts requests that were asked twice."""
    english = [one for one in answers if one[0].language == "en"]
    others = [one for one in answers if one[0].language != "en"]
    found = [
        _measure("fields read, English", english, _fields, goal=0.85),
        _measure("fields read, other languages", others, _fields, goal=0.70),
        _measure("expected questions asked", answers, _questions, goal=0.85),
        _measure("required patterns", answers, _required, goal=0.97),
        _measure("forbidden patterns kept out", answers, _forbidden, goal=1.0),
        _measure("one of each group", answers, _groups),
        _measure("block lists exact", answers, _blocks, goal=0.97),
        _measure("warnings fired", answers, _warnings),
        _measure("cost in range", answers, _cost, goal=0.90),
        _measure("contradictions refused", answers, _contradictions, goal=1.0),
        _measure("orders in the text noticed", answers, _orders, goal=1.0),
    ]
    if same_plan is not None:
        found.append(Measure(name="same plan when asked again", right=same_plan[0], of=same_plan[1], goal=1.0))
    return found


def field_scores(answers: Sequence[Answered]) -> list[FieldScore]:
    """How each field was read, those with the most errors first."""
    tally: dict[str, dict[str, int]] = {}
    for scenario, shown in answers:
        known = known_of(shown)
        judged = [field for field in known if field not in LATER_FIELDS]
        for field in dict.fromkeys([*scenario.expected_constraints, *judged]):
            row = tally.setdefault(field, dict.fromkeys(("right", "wrong", "missed", "invented"), 0))
            row[_outcome(scenario, known, field)] += 1
    rows = [
        FieldScore(field=field, expected=row["right"] + row["wrong"] + row["missed"], **row)
        for field, row in tally.items()
    ]
    return sorted(rows, key=lambda row: (-(row.wrong + row.missed + row.invented), row.field))


def _outcome(scenario: Scenario, known: Json, field: str) -> str:
    if field not in scenario.expected_constraints:
        return "right" if field == FREE_TEXT else "invented"
    if field not in known:
        return "missed"
    is_same = field == FREE_TEXT or is_right(scenario.expected_constraints[field], known[field])
    return "right" if is_same else "wrong"


def _measure(
    name: str, answers: Iterable[Answered], count: Callable[[Scenario, Json], Count], *, goal: float | None = None
) -> Measure:
    counts = [count(scenario, shown) for scenario, shown in answers]
    return Measure(name=name, right=sum(one[0] for one in counts), of=sum(one[1] for one in counts), goal=goal)


def _fields(scenario: Scenario, shown: Json) -> Count:
    known = known_of(shown)
    expected = scenario.expected_constraints
    return sum(_outcome(scenario, known, field) == "right" for field in expected), len(expected)


def _questions(scenario: Scenario, shown: Json) -> Count:
    asked = {str(question.get("field")) for question in shown.get("questions") or ()}
    return sum(field in asked for field in scenario.expected_questions), len(scenario.expected_questions)


def _required(scenario: Scenario, shown: Json) -> Count:
    return sum(one in _patterns(shown) for one in scenario.must_patterns), len(scenario.must_patterns)


def _forbidden(scenario: Scenario, shown: Json) -> Count:
    return sum(one not in _patterns(shown) for one in scenario.must_not_patterns), len(scenario.must_not_patterns)


def _groups(scenario: Scenario, shown: Json) -> Count:
    chosen = _patterns(shown)
    return sum(bool(chosen & set(group)) for group in scenario.one_of_patterns), len(scenario.one_of_patterns)


def _blocks(scenario: Scenario, shown: Json) -> Count:
    return int(_fired(shown, "block") == set(scenario.policies_expected.block)), 1


def _warnings(scenario: Scenario, shown: Json) -> Count:
    expected = scenario.policies_expected.warn
    return sum(one in _fired(shown, "warn") for one in expected), len(expected)


def _cost(scenario: Scenario, shown: Json) -> Count:
    if scenario.expected_cost is None:
        return 0, 0
    low, high = scenario.expected_cost.range_usd_month
    usd = ((shown.get("cost_estimate") or {}).get("monthly") or {}).get("expected")
    return int(isinstance(usd, int | float) and low <= usd <= high), 1


def _contradictions(scenario: Scenario, shown: Json) -> Count:
    """Refused with the reasons: a plan that had silently picked one side would wait at its gate."""
    if not scenario.request_findings.get("contradictions"):
        return 0, 0
    return int(shown.get("status") == "blocked" and "rel-contradiction" in _fired(shown, "block")), 1


def _orders(scenario: Scenario, shown: Json) -> Count:
    if not scenario.request_findings.get("injection"):
        return 0, 0
    return int(bool(shown.get("untrusted_instructions"))), 1


def _patterns(shown: Json) -> set[str]:
    return {str(pattern.get("id")) for pattern in (shown.get("plan") or {}).get("patterns") or ()}


def _fired(shown: Json, severity: str) -> set[str]:
    rules = (shown.get("policy_results") or {}).get("rules") or ()
    return {str(rule["id"]) for rule in rules if rule["severity"] == severity and rule["outcome"] == "fired"}
