"""What intake and solver found wrong with a request, as one account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def with_conflicts(findings: Mapping[str, Any], infeasibility: Mapping[str, Any] | None) -> dict[str, Any]:
    """The findings of intake and what the solver found to contradict, together: both count for the policies."""
    textual = [found for found in findings.get("contradictions", []) if not found.get("by_solver")]
    solved = [{**conflict, "by_solver": True} for conflict in (infeasibility or {}).get("conflicts", [])]
    return {**findings, "contradictions": [*textual, *solved]}
