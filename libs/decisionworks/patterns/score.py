"""What is wise: points of a pattern under the prefer and avoid rules of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.patterns.model import Pattern, Score
from decisionworks.projects.conditions import fields_of, holds
from decisionworks.projects.tell_values import write_value


def score(pattern: Pattern, working: Mapping[str, object]) -> Score:
    """Add up the rules that hold, and say which constraints with which values gave the points."""
    total, because, rules = 0, [], []
    for rule in pattern.points:
        if holds(rule.when, working):
            total += rule.points
            fields = tuple(dict.fromkeys(fields_of(rule.when)))
            because.append(f"{', '.join(f'{name} = {shown(working.get(name))}' for name in fields)} ({rule.points:+d})")
            rules.append((fields, rule.points))
    return Score(points=total, because=tuple(because), rules=tuple(rules))


def shown(value: object) -> str:
    """A constraint value as text."""
    return write_value(value)
