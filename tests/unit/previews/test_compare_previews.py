from __future__ import annotations

from typing import Any

from decisionworks.previews import compare_previews


def planned(*patterns: str, usd: float = 100.0, **changes: Any) -> dict[str, Any]:
    return {
        "status": "gate_waiting",
        "constraints": {"budget_usd_month": {"value": 500, "state": "stated"}},
        "plan": {"patterns": [{"id": one} for one in patterns], "tiers": {"lean": {"monthly_usd": 10.0}}},
        "cost_estimate": {"monthly": {"low": usd - 10, "expected": usd, "high": usd + 10}},
        "policy_results": {"status": "pass", "rules": [{"id": "r", "severity": "warn", "outcome": "fired"}]},
        "infeasibility": None,
        "plan_hash": "a",
    } | changes


def test_each_variant_is_told_against_the_reference() -> None:
    rich = planned("b", "c", usd=250.5, constraints={"budget_usd_month": {"value": 900, "state": "stated"}})

    found = compare_previews(planned("a", "b"), [("poor", planned("a", "b")), ("rich", rich)], against="poor")

    same, other = found["rows"]
    assert found["against"] == "poor"
    assert (same["patterns_added"], same["patterns_removed"], same["delta_usd"]) == ([], [], 0.0)
    assert (other["patterns_added"], other["patterns_removed"], other["delta_usd"]) == (["c"], ["a"], 150.5)
    assert other["changed_constraints"] == {"budget_usd_month": {"from": 500, "to": 900}}
    assert other["fired_rules"] == {"block": [], "warn": ["r"]}
    assert other["tiers"] == {"lean": 10.0}


def test_a_variant_that_cannot_be_says_why() -> None:
    hopeless = planned("a", infeasibility={"conflicts": [{"why": "too little money"}]}, status="blocked")

    [row] = compare_previews(planned("a"), [("hopeless", hopeless)], against="base")["rows"]

    assert not row["is_feasible"]
    assert row["conflicts"] == ["too little money"]


def test_a_reference_without_an_estimate_leaves_the_difference_open() -> None:
    [row] = compare_previews(planned("a", cost_estimate=None), [("x", planned("a"))], against="base")["rows"]

    assert row["delta_usd"] is None
    assert row["monthly_usd"]["expected"] == 100.0
