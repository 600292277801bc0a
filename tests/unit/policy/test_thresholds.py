"""Numbers of rules that a project sets for itself."""

from __future__ import annotations

import math
from typing import Any

import pytest

from decisionworks.policy import PolicyTerms, UnfitThreshold, check_threshold, evaluate_policies, load_policies
from decisionworks.policy.examples import load_examples

BOOK = load_policies()
FACTS: dict[str, Any] = load_examples().facts({"budget_usd_month": 100, "plan.cost_usd_month": 140})


def rule(results: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in results["rules"] if row["id"] == name)
    return found


def test_a_rule_is_judged_by_the_projects_threshold_and_says_so() -> None:
    strict = PolicyTerms(thresholds={"cost-far-over-factor": 1.2})

    usual = rule(evaluate_policies(FACTS), "cost-budget-far-over")
    own = rule(evaluate_policies(FACTS, strict), "cost-budget-far-over")

    assert (usual["outcome"], own["outcome"]) == ("passed", "fired")
    used = own["thresholds"][0]
    assert (used["name"], used["value"], used["default"], used["set_by_project"]) == (
        "cost-far-over-factor", 1.2, 1.5, True,
    )  # fmt: skip
    assert "limit of the project: 1.2 times the budget (1.5 elsewhere)" in own["evidence"]
    assert "limit of the project" not in usual["evidence"]


def test_the_bounds_of_a_warning_follow_those_of_the_block_beside_it() -> None:
    strict = PolicyTerms(thresholds={"cost-far-over-factor": 1.2})

    results = evaluate_policies(FACTS, strict)

    assert rule(results, "cost-budget-over")["outcome"] != "fired"
    assert results["status"] == "block"


@pytest.mark.parametrize("name", sorted(BOOK.thresholds))
def test_every_threshold_lies_within_its_own_bounds(name: str) -> None:
    one = BOOK.thresholds[name]

    assert check_threshold(name, one.default, book=BOOK) is one
    assert one.minimum < one.maximum


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("coverage-leest", 50.0, "did you mean coverage-least"),
        ("coverage-least", 500.0, "from 10 to 95"),
        ("coverage-least", math.nan, "from 10 to 95"),
    ],
)
def test_a_threshold_without_ground_is_refused(name: str, value: float, told: str) -> None:
    with pytest.raises(UnfitThreshold) as refused:
        check_threshold(name, value, book=BOOK)

    assert told in f"{refused.value.message} {refused.value.remedy}"


def test_a_stored_value_that_no_longer_fits_counts_for_nothing() -> None:
    results = evaluate_policies(FACTS, PolicyTerms(thresholds={"cost-far-over-factor": 90.0, "gone": 1.0}))

    assert rule(results, "cost-budget-far-over")["thresholds"][0]["value"] == 1.5
