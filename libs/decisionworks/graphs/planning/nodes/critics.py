"""What the two critics share: the plan they read, and how findings become a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions import DecisionSet
from decisionworks.engine.cards import Alternative, ModelUse, ReasonCard
from decisionworks.kit.errors import Broken
from decisionworks.patterns.critic_rounds import Critique

_ORDER = {"high": 0, "block": 0, "warn": 1, "medium": 1, "info": 2, "low": 2}


def planned(row: DecisionSet) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The plan and its cost.

    Raises: Broken, a critic came before the planner.
    """
    if row.plan is None or row.cost_estimate is None:
        raise Broken("there is no plan to review")
    return row.plan, row.cost_estimate


def critics_card(
    *,
    critic: str,
    title: str,
    critiques: Sequence[Critique],
    silent_because: str,
    notes: Sequence[str],
    use: ModelUse | None,
) -> ReasonCard:
    """One card for a review; evidence first."""
    ordered = sorted(critiques, key=lambda critique: _ORDER.get(str(critique["severity"]), 1))
    open_ones = [critique for critique in ordered if not critique["accepted"]]
    taken = len(ordered) - len(open_ones)
    return ReasonCard(
        agent=critic,
        title=title,
        decision=f"{len(open_ones)} findings stand, {taken} were taken up by the planner" if ordered else "no finding",
        because=(*notes, *(f"{critique['finding']} ({critique['evidence']})" for critique in ordered[:8]))
        or (silent_because,),
        alternatives=tuple(
            Alternative(id=str(critique["proposal"]), why_not="left to the approver")
            for critique in open_ones[:4]
            if critique.get("proposal")
        ),
        confidence=0.85,
        model=use or ModelUse(),
    )
