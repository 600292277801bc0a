"""Whole plans: one for each group of patterns, the reference plans, and what the planner makes of every scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import yaml

from decisionworks.costs import load_prices
from decisionworks.graphs.codegen.render import RenderInput, renderable_patterns
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.projects import (
    constraints_from_json,
    constraints_to_json,
    extract_constraints,
    load_constraint_catalogue,
    planning_values,
)
from tests.unit.graphs.codegen import plans
from tests.unit.graphs.codegen_services import golden_plans

SCENARIO_SETS = ("scenarios_dev",)
ALL_SCENARIO_SETS = (*SCENARIO_SETS, "scenarios_held_out", "scenarios_unseen")


def grouped_plans() -> Iterator[tuple[str, RenderInput]]:
    """Plans that together hold every pattern."""
    for name, patterns in plans.PLANS.items():
        yield name.replace(" ", "-"), plans.render_input(patterns)


def reference_plans() -> Iterator[tuple[str, RenderInput]]:
    """The reference plans of the development scenarios."""
    for name in golden_plans.scenarios():
        yield f"reference-{name}", golden_plans.render_input(name)


def planned_scenarios(sets: Sequence[str] = SCENARIO_SETS) -> Iterator[tuple[str, RenderInput]]:
    """What the planner chooses for the words of each scenario of some sets, as it would be generated."""
    catalogue, patterns, prices = load_constraint_catalogue(), load_pattern_catalogue(), load_prices()
    for name in sets:
        text = files("decisionworks.evaluation").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        for row in yaml.safe_load(text)["scenarios"]:
            read = extract_constraints(row["request"], data=None, on_missing="assume", catalogue=catalogue)
            constraints = constraints_to_json(read.constraints)
            found = compose_plan(constraints, findings={}, objections=[], catalogue=patterns, prices=prices)
            if found.plan is None or found.infeasibility is not None:
                continue
            if {one["id"] for one in found.plan["patterns"]} <= renderable_patterns():
                yield (
                    f"planned-{row['id']}",
                    _render_input(row, constraints, dict(found.plan), dict(found.cost_estimate)),
                )


def _render_input(row: dict[str, Any], constraints: Any, plan: dict[str, Any], cost: dict[str, Any]) -> RenderInput:
    values = planning_values(constraints_from_json(constraints), catalogue=load_constraint_catalogue())
    return RenderInput(
        plan=plan,
        values=values,
        cost_estimate=cost,
        policy_results={"status": "pass", "rules": []},
        plan_hash="0" * 64,
        project_name=row["title"],
        request=row["request"],
    )
