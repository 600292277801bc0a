"""What intake and solver found wrong with a request, as one account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def with_conflicts(findings: Mapping[str, Any], infeasibility: Mapping[str, Any] | None) -> dict[str, Any]:
    """The findings of intake and what the solver found to contradict, together: both count for the policies."""
    textual = [found for found in findings.get("contradictions", []) if not found.get("by_solver")]
    conflicts = (infeasibility or {}).get("conflicts", [])
    # A price above a soft budget and a time that nothing reaches have rules of their own.
    solved = [
        {**one, "by_solver": True}
        for one in conflicts
        if one.get("is_contradiction", True) and not one.get("is_of_words")
    ]
    return {**findings, "contradictions": [*textual, *solved]}


def has_plan(infeasibility: Mapping[str, Any] | None) -> bool:
    """Whether a plan was found: nothing is infeasible, or only the words of the request exclude each other."""
    return infeasibility is None or all(one.get("is_of_words") for one in infeasibility["conflicts"])
