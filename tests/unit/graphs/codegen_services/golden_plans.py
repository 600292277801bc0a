"""The reference plans of the development scenarios as render inputs."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from decisionworks.graphs.codegen.render import RenderInput, render_repository


@cache
def scenarios() -> dict[str, dict[str, Any]]:
    text = files("decisionworks.evaluation").joinpath("scenarios_dev.yaml").read_text(encoding="utf-8")
    return {row["id"]: row for row in yaml.safe_load(text)["scenarios"]}


@cache
def python_files(scenario: str) -> dict[str, str]:
    """The Python files of a scenario's repository."""
    return {
        path: file.content.decode()
        for path, file in render_repository(render_input(scenario)).items()
        if path.endswith(".py")
    }


def render_input(scenario: str) -> RenderInput:
    row = scenarios()[scenario]
    patterns = [
        {"id": name, "capability": "x", "reason": "x", "score": 1, "runner_up": None, "requires": []}
        for name in row["reference_plan"]["patterns"]
    ]
    plan: dict[str, Any] = {"patterns": patterns, "edges": [], "diagram": "flowchart LR", "assumptions": []}
    plan |= {"tiers": {}, "thresholds": [], "next_steps": []}
    values = {"regions": ["us-east-1"], **row["expected_constraints"]}
    cost = {"currency": "USD", "region": values["regions"][0], "monthly": {"low": 1, "expected": 2, "high": 3}}
    cost |= {"items": [], "unpriced": [], "drivers": [], "prices_as_of": "2026-01-01"}
    return RenderInput(
        plan=plan,
        values=values,
        cost_estimate=cost,
        policy_results={"status": "pass", "rules": []},
        plan_hash="0" * 64,
        project_name=row["title"],
        request=row["request"],
    )
