"""Requests for the planner: constraints from plain values, and the development scenarios."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from decisionworks.costs import load_prices
from decisionworks.patterns import Composition, load_pattern_catalogue
from decisionworks.patterns.compose_plan import Chosen, choose, compose_plan
from decisionworks.projects.catalogue import load_constraint_catalogue


def constraints_of(known: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every field in its JSON form: what is given is stated, the rest is defaulted or missing."""
    rows = {}
    for field in load_constraint_catalogue().fields:
        value, state = known.get(field.name), "stated"
        if field.name not in known:
            value, state = field.default, "missing" if field.default is None else "defaulted"
        span = {"start": 0, "end": 1, "text": f"{field.name} words"} if state == "stated" else None
        rows[field.name] = {"value": value, "state": state, "span": span, "confidence": 1.0, "reason": None}
    return rows


def composed(known: dict[str, Any], **more: Any) -> Composition:
    """The plan for plain values."""
    arguments: dict[str, Any] = {"findings": {}} | more
    return compose_plan(constraints_of(known), catalogue=load_pattern_catalogue(), prices=load_prices(), **arguments)


def chosen(known: dict[str, Any]) -> Chosen:
    """The parts and the price for plain values, without explanations: many times quicker than a whole plan."""
    return choose(constraints_of(known), findings={}, catalogue=load_pattern_catalogue(), prices=load_prices())


def ids_of(composition: Composition) -> list[str]:
    """The ids of a composition's patterns."""
    assert composition.plan is not None
    return [row["id"] for row in composition.plan["patterns"]]  # type: ignore[attr-defined]


@cache
def scenarios() -> tuple[dict[str, Any], ...]:
    """The development scenarios that ship with the product."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = files("decisionworks.evaluation").joinpath("scenarios_dev.yaml").read_bytes()
    return tuple(yaml.load(raw, Loader=loader)["scenarios"])


def scenario(name: str) -> dict[str, Any]:
    """One development scenario."""
    return next(one for one in scenarios() if one["id"] == name)
