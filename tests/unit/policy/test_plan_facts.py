"""The facts of a plan, checked against the lists that the development scenarios expect."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.patterns import load_pattern_catalogue
from decisionworks.policy import evaluate_policies, fired_rules, plan_facts
from tests.factories.requests import constraints_of, scenario, scenarios


def plan_of(ids: list[str]) -> dict[str, Any]:
    patterns = [load_pattern_catalogue().by_id[name] for name in ids]
    return {
        "patterns": [
            {
                "id": one.id,
                "capability": one.capability,
                "burden": one.burden,
                "latency_floor_ms": one.envelope.latency_p95_ms_floor,
                "retired_services": list(one.retired_services),
            }
            for one in patterns
        ]
    }


def cost_of(usd: float, region: str = "us-east-1") -> dict[str, Any]:
    return {"region": region, "monthly": {"expected": usd}, "items": []}


def fired_for(one: dict[str, Any], ids: list[str], severity: str | None = None) -> set[str]:
    expected = one["expected_cost"]
    cost = cost_of(expected["subtotal_usd_month"], expected["region"])
    facts = plan_facts(plan_of(ids), constraints_of(one["expected_constraints"]), cost, one.get("request_findings"))
    return set(fired_rules(evaluate_policies(facts), severity=severity))


@pytest.mark.parametrize("one", scenarios(), ids=lambda one: one["id"])
def test_a_reference_plan_fires_exactly_the_rules_that_its_scenario_lists(one):
    ids = one["reference_plan"]["patterns"]

    for severity in ("block", "warn"):
        assert fired_for(one, ids, severity) == set(one["policies_expected"][severity])


@pytest.mark.parametrize(
    ("name", "mutation"),
    [(one["id"], mutation) for one in scenarios() for mutation in one.get("mutations", [])],
)
def test_taking_a_needed_pattern_out_fires_the_rule_that_guards_it(name, mutation):
    one = scenario(name)
    ids = [item for item in one["reference_plan"]["patterns"] if item not in mutation["remove"]]

    fired = fired_for(one, [*ids, *mutation.get("add", [])])

    assert set(mutation["must_fire"]) <= fired


def test_an_answer_is_no_faster_than_the_model_behind_its_front():
    constraints = constraints_of({"model_type": "llm_api", "use_case_type": "llm_generation"})

    facts = plan_facts(plan_of(["serve-container-ecs", "serve-llm-bedrock"]), constraints, cost_of(1))

    assert facts["plan.latency_floor_ms"] == 700


def test_a_batch_plan_has_no_latency_floor():
    facts = plan_facts(plan_of(["serve-batch-scoring"]), constraints_of({"inference_mode": ["batch"]}), cost_of(1))

    assert facts["plan.latency_floor_ms"] is None


@pytest.mark.parametrize(
    ("known", "geography"),
    [
        ({"data_residency": "eu"}, "geo"),
        ({"data_residency": "uk"}, "regional"),
        ({"data_residency": "country", "regions": ["sa-east-1"]}, "regional"),
        # In Spain and Italy a model is reached through the profile of the whole continent alone.
        ({"data_residency": "country", "regions": ["eu-south-2"]}, "geo"),
        ({}, "global"),
    ],
)
def test_a_model_api_reaches_as_far_as_residency_and_region_let_it(known, geography):
    facts = plan_facts(plan_of(["serve-llm-bedrock"]), constraints_of(known), cost_of(1))

    assert facts["plan.llm_geography"] == geography


def test_the_share_of_low_confidence_follows_the_money():
    cost = cost_of(100.0) | {"items": [{"usd": 70.0, "confidence": "high"}, {"usd": 30.0, "confidence": "low"}]}

    facts = plan_facts(plan_of(["sec-baseline"]), constraints_of({}), cost)

    assert facts["plan.low_confidence_share"] == pytest.approx(0.3)


def test_facts_of_generated_code_are_absent_until_they_are_handed_in():
    plan, constraints = plan_of(["sec-baseline"]), constraints_of({})

    before = plan_facts(plan, constraints, cost_of(1))
    after = plan_facts(plan, constraints, cost_of(1), {}, {"public_bucket": True, "gen.tf_validate_ok": False})

    assert not [name for name in before if name.startswith("gen.")]
    assert after["gen.public_bucket"] is True
    assert after["gen.tf_validate_ok"] is False


def test_a_draft_over_proved_conflicts_counts_as_a_contradiction():
    plan = plan_of(["sec-baseline"]) | {"contradiction_count": 2}

    facts = plan_facts(plan, constraints_of({}), cost_of(1), {"contradictions": []})

    assert facts["request.contradictions"] == 2


def test_a_plan_over_a_retired_service_is_told():
    plan = plan_of(["sec-baseline"])
    plan["patterns"][0]["retired_services"] = ["SageMaker Edge Manager"]

    facts = plan_facts(plan, constraints_of({}), cost_of(1))

    assert facts["plan.has_retired_service"] is True


def test_a_region_outside_the_stated_country_is_outside():
    constraints = constraints_of({"data_residency": "country", "regions": ["eu-central-1"]})
    plan = plan_of(["sec-baseline"])

    home = plan_facts(plan | {"regions": ["eu-central-1"]}, constraints, cost_of(1))
    abroad = plan_facts(plan | {"regions": ["eu-central-1", "eu-west-1"]}, constraints, cost_of(1))

    assert home["plan.has_out_of_jurisdiction_region"] is False
    assert abroad["plan.has_out_of_jurisdiction_region"] is True
    assert abroad["plan.has_non_eu_region"] is False


@pytest.mark.parametrize(
    ("promise", "region", "is_outside"),
    [
        ("os dados ficam no Brasil", "us-east-1", True),
        ("os dados ficam no Brasil", "sa-east-1", False),
        ("データは日本国内に", "ap-southeast-1", True),
        ("データは日本国内に", "ap-northeast-1", False),
        ("no pueden salir de España", "eu-south-2", False),
        ("within the country", "ca-central-1", False),
    ],
)
def test_a_region_outside_the_country_that_a_promise_names_is_outside(promise, region, is_outside):
    constraints = constraints_of({"data_residency": "country", "regions": [region]})
    constraints["data_residency"]["span"] = {"start": 0, "end": len(promise), "text": promise}

    facts = plan_facts(plan_of(["sec-baseline"]) | {"regions": [region]}, constraints, cost_of(1))

    assert facts["plan.has_out_of_jurisdiction_region"] is is_outside


def test_european_law_reaches_a_plan_by_place_or_by_word():
    plan = plan_of(["sec-baseline"])

    def reached(known: dict[str, Any], region: str) -> object:
        return plan_facts(plan, constraints_of(known), cost_of(1, region))["plan.is_in_eu"]

    assert reached({}, "eu-west-1") is True
    assert reached({}, "us-east-1") is False
    assert reached({"compliance": ["gdpr"]}, "us-east-1") is True
    assert reached({"data_residency": "eu"}, "us-east-1") is True


def test_own_servers_are_compared_with_the_tokens_that_were_stated():
    cost = cost_of(9000) | {"items": [{"usd": 8281.12, "pattern": "serve-llm-vllm", "confidence": "high"}]}
    known = {"llm_requests_per_day": 10_000, "llm_tokens_in": 2000, "llm_tokens_out": 400}

    facts = plan_facts(plan_of(["serve-llm-vllm"]), constraints_of(known), cost)
    without = plan_facts(plan_of(["serve-llm-bedrock"]), constraints_of({}), cost)

    assert facts["plan.llm_own_usd_month"] == 8281.12
    assert facts["plan.llm_api_usd_month"] == pytest.approx(10_000 * 30.4 * 0.004)
    assert without["plan.llm_own_usd_month"] is None
    assert without["plan.llm_api_usd_month"] is None


def test_a_use_that_intake_found_in_the_request_is_a_fact_though_no_constraint_quotes_it() -> None:
    constraints = constraints_of({"regions": ["eu-west-1"]})
    found = {"forbidden_uses": [{"use": "vulnerability", "span": {"start": 0, "end": 4, "text": "sell"}}]}

    facts = plan_facts(plan_of(["serve-batch-scoring"]), constraints, cost_of(10.0, "eu-west-1"), found)

    assert facts["request.prohibited_uses"] == ["vulnerability"]
    assert "comp-ai-act-prohibited" in fired_rules(evaluate_policies(facts), severity="block")
