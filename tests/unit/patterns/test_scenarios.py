"""The development scenarios through the planner, from the constraints a perfect reading would give."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.policy import evaluate_policies, fired_rules, plan_facts
from tests.factories.requests import composed, constraints_of, ids_of, scenarios


def run(one: dict[str, Any]) -> dict[str, Any]:
    constraints, findings = constraints_of(one["expected_constraints"]), one.get("request_findings") or {}
    composition = composed(one["expected_constraints"])
    assert composition.plan is not None
    told = {"injection": findings.get("injection"), "contradictions": []}
    facts = plan_facts(composition.plan, constraints, composition.cost_estimate, told)
    ids, results = ids_of(composition), evaluate_policies(facts)
    low, high = one["expected_cost"]["range_usd_month"]
    usd = composition.cost_estimate["monthly"]["expected"]  # type: ignore[index]
    return {
        "missing": [name for name in one["must_patterns"] if name not in ids],
        "forbidden": [name for name in one["must_not_patterns"] if name in ids],
        "unmet": [group for group in one["one_of_patterns"] if not set(group) & set(ids)],
        "block": sorted(fired_rules(results, severity="block")),
        "usd": usd,
        "in_range": low <= usd <= high,
        "must": len(one["must_patterns"]),
    }


@pytest.fixture(scope="module")
def runs() -> dict[str, dict[str, Any]]:
    return {one["id"]: run(one) for one in scenarios()}


def test_all_scenarios_are_there(runs):
    assert len(runs) == 24


@pytest.mark.parametrize("one", scenarios(), ids=lambda one: one["id"])
def test_a_scenario_gets_what_it_must_have_and_nothing_it_must_not(runs, one):
    got = runs[one["id"]]

    assert got["missing"] == []
    assert got["forbidden"] == []
    assert got["unmet"] == []


@pytest.mark.parametrize("one", scenarios(), ids=lambda one: one["id"])
def test_a_scenario_is_blocked_by_exactly_the_rules_it_lists(runs, one):
    assert runs[one["id"]]["block"] == sorted(one["policies_expected"]["block"])


def test_nine_of_ten_scenarios_are_priced_inside_their_range(runs):
    outside = {name: got["usd"] for name, got in runs.items() if not got["in_range"]}

    assert len(outside) <= 0.1 * len(runs), outside
