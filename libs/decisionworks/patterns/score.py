"""What is wise: points of a pattern under the prefer and avoid rules of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.patterns.model import Pattern, Score
from decisionworks.projects.conditions import fields_of, holds


def score(pattern: Pattern, working: Mapping[str, object]) -> Score:
    """Add up the rules that hold, and say which constraints with which values gave the points."""
    total, because = 0, []
    for rule in pattern.points:
        if holds(rule.when, working):
            total += rule.points
            named = ", ".join(f"{name} = {shown(working.get(name))}" for name in dict.fromkeys(fields_of(rule.when)))
            because.append(f"{named} ({rule.points:+d})")
    return Score(points=total, because=tuple(because))


def shown(value: object) -> str:
    """A constraint value as text."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return f"{value:,g}" if isinstance(value, int | float) else str(value)
