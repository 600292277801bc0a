"""How critics and planner talk: what is sent back, what was taken, and when they stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.projects import ANSWERED

MOST_ROUNDS = 2
Critique = Mapping[str, Any]


def with_acceptance(critiques: Sequence[Critique], taken: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Mark the critiques whose proposal the planner took."""
    return [
        {**critique, "accepted": bool(critique.get("accepted")) or critique.get("objection") in taken}
        for critique in critiques
    ]


def kept_accepted(earlier: Sequence[Critique], critic: str, taken: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What this critic said of an earlier version of the plan and the planner took: it stays on record."""
    return [
        critique
        for critique in with_acceptance(earlier, taken)
        if critique["critic"] == critic and critique["accepted"]
    ]


def open_objections(
    critiques: Sequence[Critique], tried: Sequence[Mapping[str, Any]], *, rounds: int, is_feasible: bool
) -> list[dict[str, Any]]:
    """Concrete proposals that the planner has not been asked about yet; none once enough rounds were gone."""
    found: list[dict[str, Any]] = []
    if rounds >= MOST_ROUNDS or not is_feasible:
        return found
    for critique in critiques:
        objection = critique.get("objection")
        if objection and not critique.get("accepted") and objection not in tried and objection not in found:
            found.append(dict(objection))
    return found


def with_intake_assumptions(
    plan: Mapping[str, Any], findings: Mapping[str, Any], constraints: Mapping[str, Any]
) -> dict[str, Any]:
    """What intake had to assume stands among the plan's assumptions, once per field, unless an answer came since."""
    listed = list(plan.get("assumptions", []))
    named = {item["field"] for item in listed}
    added = [
        item
        for item in findings.get("assumptions", [])
        if item["field"] not in named and constraints[item["field"]]["reason"] != ANSWERED
    ]
    return {**plan, "assumptions": [*listed, *added]}
