"""What a plan says of other answers and of its limits is what planning again says."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.costs import load_prices
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.projects import constraints_to_json, extract_constraints, load_constraint_catalogue

REQUESTS = (
    "Fraud score for card payments in the payment call, 300 requests per second on average, 900 at peak,"
    " 100 ms p95. XGBoost. Six engineers with Terraform and Docker. 9,000 dollars a month, us-east-1.",
    "Every night a demand forecast for 4,000 articles from Postgres, 20 GB. Two people, Python."
    " 300 dollars a month, eu-west-1.",
)


def plan_of(request: str, **given: Any) -> dict[str, Any]:
    read = extract_constraints(request, data=given, on_missing="assume", catalogue=load_constraint_catalogue())
    made = compose_plan(
        constraints_to_json(read.constraints), findings={}, catalogue=load_pattern_catalogue(), prices=load_prices()
    )
    plan: dict[str, Any] = dict(made.plan or {})
    return plan


@pytest.mark.parametrize("request_text", REQUESTS)
def test_the_price_of_an_assumption_is_what_the_plan_costs_when_the_other_answer_is_given(request_text: str) -> None:
    plan = plan_of(request_text)
    priced = [row for row in plan["assumptions"] if row.get("usd_delta") is not None]

    assert priced
    for row in priced[:3]:
        other = plan_of(request_text, **{row["field"]: row["instead"]})

        asked_again = other["tiers"]["recommended"]["monthly_usd"] - plan["tiers"]["recommended"]["monthly_usd"]
        assert asked_again == pytest.approx(row["usd_delta"], abs=0.02), row["field"]


@pytest.mark.parametrize("request_text", REQUESTS)
def test_assumptions_that_move_more_money_come_first(request_text: str) -> None:
    deltas = [abs(row["usd_delta"]) for row in plan_of(request_text)["assumptions"] if row.get("usd_delta") is not None]

    assert deltas == sorted(deltas, reverse=True)


def test_a_plan_keeps_its_parts_before_a_turning_point_and_changes_them_behind_it() -> None:
    request = REQUESTS[1]
    plan = plan_of(request)
    turns = [row for row in plan["thresholds"] if row.get("direction") and row["monthly_usd"] is not None]

    parts = {one["id"] for one in plan["patterns"]}
    assert turns
    for row in turns[:2]:
        nearer, farther = (1 / 1.1, 1.1) if row["direction"] == "up" else (1.1, 1 / 1.1)
        before = plan_of(request, **{row["field"]: row["value"] * nearer})
        behind = plan_of(request, **{row["field"]: row["value"] * farther})
        assert {one["id"] for one in before["patterns"]} == parts
        assert {one["id"] for one in behind["patterns"]} == (parts - set(row["without"])) | set(row["with"])


@pytest.mark.parametrize("request_text", REQUESTS)
def test_every_binding_part_has_a_way_out(request_text: str) -> None:
    plan = plan_of(request_text)

    ways = {one["pattern"]: one for one in plan["exit_points"]}

    assert all(one["open_alternative"] and one["trigger"] and one["stays"] for one in ways.values())
    assert {one["id"] for one in plan["patterns"] if one["capability"] == "serving"} <= set(ways)


def test_the_first_two_weeks_are_days_with_an_end_that_can_be_seen() -> None:
    steps = [step for step in plan_of(REQUESTS[0])["next_steps"] if "Done when" in step]

    assert steps[0].startswith("Day")
    assert all(step.startswith(("Day", "From day", "After the first two weeks")) for step in steps)
