"""What the two critics share: how findings become a card, and what they send back to the planner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions import DecisionSet
from decisionworks.engine.cards import Alternative, ReasonCard
from decisionworks.kit.errors import Broken

MOST_ROUNDS = 2
_ORDER = {"high": 0, "block": 0, "warn": 1, "medium": 1, "info": 2, "low": 2}
Critique = Mapping[str, Any]


def planned(row: DecisionSet) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The plan and its cost.

    Raises: Broken, a critic came before the planner.
    """
    if row.plan is None or row.cost_estimate is None:
        raise Broken("there is no plan to review")
    return row.plan, row.cost_estimate


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


def open_objections(critiques: Sequence[Critique], tried: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Concrete proposals that the planner has not been asked about yet."""
    found: list[dict[str, Any]] = []
    for critique in critiques:
        objection = critique.get("objection")
        if objection and not critique.get("accepted") and objection not in tried and objection not in found:
            found.append(dict(objection))
    return found


def critics_card(*, critic: str, title: str, critiques: Sequence[Critique], silent_because: str) -> ReasonCard:
    """One card for a review; evidence first."""
    ordered = sorted(critiques, key=lambda critique: _ORDER.get(str(critique["severity"]), 1))
    open_ones = [critique for critique in ordered if not critique["accepted"]]
    taken = len(ordered) - len(open_ones)
    return ReasonCard(
        agent=critic,
        title=title,
        decision=f"{len(open_ones)} findings stand, {taken} were taken up by the planner" if ordered else "no finding",
        because=tuple(f"{critique['finding']} ({critique['evidence']})" for critique in ordered[:8])
        or (silent_because,),
        alternatives=tuple(
            Alternative(id=str(critique["proposal"]), why_not="left to the approver")
            for critique in open_ones[:4]
            if critique.get("proposal")
        ),
        confidence=0.85,
    )
