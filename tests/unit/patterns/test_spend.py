"""A plan above the wished budget says by how much, which parts law asks for, and what would bring it down."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.costs import load_prices
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.projects import constraints_to_json, extract_constraints, load_constraint_catalogue

CLINIC = (
    "Sepsis risk from blood test tables, 20 GB, patient names, HIPAA, in real time within 1 second (p95), 3 requests a"
    " second at peak. Three people, Python and Docker. 99.9 percent. The doctor must see why. AWS us-east-1."
)


def planned(request: str, **given: Any) -> dict[str, Any]:
    read = extract_constraints(request, data=given, on_missing="assume", catalogue=load_constraint_catalogue())
    made = compose_plan(
        constraints_to_json(read.constraints), findings={}, catalogue=load_pattern_catalogue(), prices=load_prices()
    )
    return {"plan": dict(made.plan or {}), "usd": made.cost_estimate["monthly"]["expected"]}  # type: ignore[index]


def test_a_plan_over_a_soft_budget_tells_the_amount_the_law_behind_it_and_ways_down() -> None:
    made = planned(CLINIC, budget_usd_month=200, budget_hardness="soft")

    budget = made["plan"]["budget"]
    assert budget["over_usd"] == pytest.approx(made["usd"] - 200, abs=0.01)
    assert budget["over_usd"] > 0
    assert "HIPAA" in budget["because"][0]["text"]
    assert budget["ways"]
    assert all(way["monthly_usd"] < made["usd"] for way in budget["ways"])


def test_a_way_down_costs_what_the_changed_request_costs_without_a_budget() -> None:
    budget = planned(CLINIC, budget_usd_month=200, budget_hardness="soft")["plan"]["budget"]
    ways = [way for way in budget["ways"] if way["changes"]]

    assert ways
    for way in ways:
        changed = planned(CLINIC, **way["changes"])
        assert changed["usd"] == pytest.approx(way["monthly_usd"], abs=0.01)


def test_a_budget_in_euros_keeps_its_rate_and_the_date_of_it() -> None:
    budget = planned(f"{CLINIC} 5,000 euros a month.")["plan"]["budget"]

    assert budget["currency"]["code"] == "EUR"
    assert budget["usd"] == pytest.approx(5000 * budget["currency"]["usd_per"])
    assert budget["over_usd"] == 0


def test_a_request_without_a_budget_has_none() -> None:
    assert planned(CLINIC)["plan"]["budget"] is None
