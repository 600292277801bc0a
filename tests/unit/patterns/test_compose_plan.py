"""A composed plan keeps the catalogue's rules, is the same every time, and says why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decisionworks.costs import load_prices
from decisionworks.patterns import InvalidObjection, load_pattern_catalogue, review_cost, review_technically
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.patterns.model import ways_to_meet
from decisionworks.policy import evaluate_policies, fired_rules, plan_facts
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.model import FieldType
from tests.factories.requests import composed, constraints_of, ids_of, scenario, scenarios

CATALOGUE = load_pattern_catalogue()
FRAUD = scenario("dev-02")["expected_constraints"]
SHOP = scenario("dev-07")["expected_constraints"]
NUMBERS: dict[str, list[float]] = {
    "budget_usd_month": [200, 2000, 30_000],
    "team_size": [1, 3, 6, 12],
    "latency_p95_ms": [10, 100, 1000, 60_000],
    "throughput_rps_avg": [0.1, 20, 800],
    "data_volume_gb": [5, 500, 10_000],
    "stream_events_per_sec": [50, 4000],
    "llm_requests_per_day": [100, 20_000],
    "availability_slo_pct": [99.0, 99.9, 99.99],
    "tenants": [1, 100],
}


def plan_of(known: dict[str, Any], **more: Any) -> dict[str, Any]:
    plan = composed(known, **more).plan
    assert plan is not None
    return plan


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for field in load_constraint_catalogue().fields:
        if not draw(st.booleans()) or field.name in ("regions", "data_residency"):
            continue
        if field.type is FieldType.ENUM:
            known[field.name] = draw(st.sampled_from(field.enum))
        elif field.type is FieldType.LIST:
            known[field.name] = [draw(st.sampled_from(field.enum))]
        elif field.type is FieldType.BOOLEAN:
            known[field.name] = draw(st.booleans())
        elif field.name in NUMBERS:
            known[field.name] = draw(st.sampled_from(NUMBERS[field.name]))
    return known


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(requests())
def test_a_plan_that_fits_passes_every_block_rule_by_construction(known):
    constraints = constraints_of(known)

    found = compose_plan(constraints, findings={}, catalogue=CATALOGUE, prices=load_prices())

    assert found.plan is not None
    facts = plan_facts(found.plan, constraints, found.cost_estimate, {})
    blocks = fired_rules(evaluate_policies(facts), severity="block")
    if found.infeasibility is None:
        assert blocks == []
    else:
        # A price far above a soft budget and a time that nothing reaches have rules of their own.
        conflicts = found.infeasibility["conflicts"]
        assert ("rel-contradiction" in blocks) == any(one["is_contradiction"] for one in conflicts)
        assert conflicts
        assert found.plan["is_draft"]


@pytest.mark.parametrize("one", scenarios(), ids=lambda one: one["id"])
def test_requirements_hold_and_conflicts_do_not_meet(one):
    ids = ids_of(composed(one["expected_constraints"]))

    for name in ids:
        for required in CATALOGUE.by_id[name].requires:
            assert set(ways_to_meet(required, catalogue=CATALOGUE)) & set(ids), f"{name} needs {required}"
        assert not set(CATALOGUE.by_id[name].conflicts) & set(ids)


@pytest.mark.parametrize("one", scenarios(), ids=lambda one: one["id"])
def test_a_plan_explains_each_pattern_and_draws_only_what_it_has(one):
    plan = plan_of(one["expected_constraints"])

    ids = [row["id"] for row in plan["patterns"]]
    assert all(row["reason"].strip() and row["monthly_usd"] >= 0 for row in plan["patterns"])
    assert all(row["runner_up"]["id"] not in ids for row in plan["patterns"] if row["runner_up"])
    assert {end for edge in plan["edges"] for end in (edge["from"], edge["to"])} <= set(ids)
    assert all(name.replace("-", "_") in plan["diagram"] for name in ids)
    assert plan["next_steps"]


def test_what_the_patterns_are_said_to_cost_adds_up_to_the_estimate():
    found = composed(
        {
            "use_case_type": "churn_propensity", "inference_mode": ["real_time"], "latency_p95_ms": 100, "team_size": 3,
            "team_skills": ["python", "terraform", "docker"], "data_types": ["tabular"], "compliance": ["gdpr"],
            "regions": ["eu-central-1"], "budget_usd_month": 1500,
        }
    )  # fmt: skip

    told = sum(row["monthly_usd"] for row in found.plan["patterns"])

    assert "serve-container-ecs" in [row["id"] for row in found.plan["patterns"]]
    assert told == pytest.approx(found.cost_estimate["monthly"]["expected"], abs=0.15)


@pytest.mark.parametrize("one", scenarios(), ids=lambda one: one["id"])
def test_the_lean_tier_costs_least_and_is_the_cheapest_the_solver_can_prove(one):
    tiers = plan_of(one["expected_constraints"])["tiers"]

    assert list(tiers) == ["lean", "recommended", "robust"]
    assert tiers["lean"]["monthly_usd"] <= tiers["recommended"]["monthly_usd"]
    assert tiers["lean"]["monthly_usd"] <= tiers["robust"]["monthly_usd"]


@pytest.mark.parametrize(
    "known",
    [
        {"budget_usd_month": 0, "budget_hardness": "hard"},
        {"team_size": 0},
        {"budget_usd_month": 1e12, "data_volume_gb": 1e9},
        {"throughput_rps_peak": 1e9, "inference_mode": ["real_time"]},
        {"inference_mode": [], "regions": []},
        {"regions": ["mars-1"]},
        {"llm_requests_per_day": 0, "model_type": "llm_api"},
        {"inference_mode": ["edge"], "model_type": "llm_api"},
        {"data_volume_gb": 0, "availability_slo_pct": 100, "tenants": 0, "throughput_rps_avg": 0},
    ],
    ids=str,
)
def test_odd_values_end_in_a_plan_or_a_named_conflict(known):
    constraints, found = constraints_of(known), composed(known)

    said = [*review_technically(found.plan, constraints, found.cost_estimate)]
    said += review_cost(found.plan, constraints, found.cost_estimate)

    assert found.plan is not None
    assert found.plan["patterns"]
    assert json.dumps([found.plan, found.infeasibility, found.cost_estimate, found.trace, said], allow_nan=False)


def test_a_hard_budget_is_never_exceeded_in_any_tier():
    plan = plan_of({"inference_mode": ["real_time"], "budget_usd_month": 90, "budget_hardness": "hard", "team_size": 5})

    assert all(tier["monthly_usd"] <= 90 for tier in plan["tiers"].values())


def test_reasons_name_the_constraint_values_of_this_request():
    fraud, shop = plan_of(FRAUD), plan_of(SHOP)

    def reason(plan: dict[str, Any], name: str) -> str:
        return next(row["reason"] for row in plan["patterns"] if row["id"] == name)

    assert "PCI DSS" in reason(fraud, "sec-pii-minimisation")
    assert "The truth known after 60 days" in reason(fraud, "mon-performance-labels")
    assert reason(fraud, "sec-pii-minimisation") != reason(shop, "sec-pii-minimisation")


def test_a_runner_up_that_cannot_work_is_told_by_its_limit():
    plan = plan_of({"inference_mode": ["real_time"], "latency_p95_ms": 22, "team_size": 5, "budget_usd_month": 3000})

    told = {row["runner_up"]["id"]: row["runner_up"]["why_not"] for row in plan["patterns"] if row["runner_up"]}
    serving = [row["id"] for row in plan["patterns"] if row["capability"] == "serving"]
    assert serving == ["serve-sagemaker-realtime"]
    assert "USD a month dearer" in told["serve-inprocess-lowlatency"]


def test_the_same_request_gives_the_same_bytes_under_another_hash_seed():
    root = Path(__file__).resolve().parents[3]
    code = (
        "import json; from tests.factories.requests import composed, scenario;"
        "ids = ['dev-02', 'dev-08', 'dev-09'];"
        "found = [composed(scenario(i)['expected_constraints']) for i in ids];"
        "print(json.dumps([[f.plan, f.infeasibility, f.cost_estimate, f.trace] for f in found]))"
    )

    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "31337")
    }

    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())) == 3


def test_order_of_the_constraints_does_not_matter():
    turned = dict(reversed(list(FRAUD.items())))

    assert plan_of(FRAUD) == plan_of(turned)


def test_an_objection_that_fits_is_taken():
    plain = ids_of(composed(SHOP))
    found = composed(SHOP, objections=[{"exclude": "serve-container-ecs"}, {"require": "env-multi-account"}])

    assert "serve-container-ecs" in plain
    assert "serve-container-ecs" not in ids_of(found)
    assert "env-multi-account" in ids_of(found)
    assert len(found.trace["objections_taken"]) == 2  # type: ignore[arg-type]


def test_an_objection_that_leaves_no_plan_is_set_aside_and_noted():
    found = composed(SHOP, objections=[{"exclude": "sec-baseline"}, {"require": "serve-serverless-cpu"}])

    assert "sec-baseline" in ids_of(found)
    assert found.trace["objections_set_aside"] == [{"exclude": "sec-baseline"}, {"require": "serve-serverless-cpu"}]
    assert found.infeasibility is None


@pytest.mark.parametrize("objection", [{"require": "serve-by-pigeon"}, {}, {"require": "sec-baseline", "exclude": "x"}])
def test_an_objection_about_nothing_is_refused(objection):
    with pytest.raises(InvalidObjection):
        composed(SHOP, objections=[objection])


def test_what_nobody_said_is_listed_with_what_it_decides():
    plan = plan_of({"use_case_summary": "serve customers better with AI"})

    assumed = {row["field"]: row for row in plan["assumptions"]}
    assert {"inference_mode", "training_compute", "data_velocity", "team_size"} <= set(assumed)
    assert all(row["effect"] for row in assumed.values())
    assert "use_case_summary" not in assumed


def test_a_stated_value_is_no_assumption():
    assumed = {row["field"] for row in plan_of(FRAUD)["assumptions"]}

    assert not assumed & set(FRAUD) - {"regions"}


def test_residency_alone_places_the_plan_inside_the_jurisdiction():
    plan = plan_of({"inference_mode": ["batch"], "data_residency": "eu", "multi_region": True, "team_size": 6})

    assert plan["regions"][0] == "eu-west-1"
    assert all(region.startswith("eu-") for region in plan["regions"])
    assert len(plan["regions"]) == 2


def test_a_plan_says_where_it_turns_over_upwards_and_downwards_or_that_it_does_not():
    plan = plan_of(scenario("dev-16")["expected_constraints"])

    turns = [row for row in plan["thresholds"] if row.get("direction")]
    directions = {(row["field"], row["direction"]) for row in turns}
    assert {("latency_p95_ms", "up"), ("latency_p95_ms", "down")} <= directions
    assert all(row["with"] or row["without"] or "nothing fits" in row["text"] for row in turns if row["value"])
    assert all("none within" in row["text"] for row in turns if row["value"] is None)
    factors = [row["factor"] for row in turns if row["factor"]]
    assert factors == sorted(factors)


def test_the_trace_says_how_many_patterns_were_considered_and_that_the_choice_is_proved():
    trace = composed(FRAUD).trace

    assert trace["patterns_considered"] == len(load_pattern_catalogue().patterns)
    assert trace["is_optimal"] is True
    assert "serve-serverless-cpu" in trace["gated"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (
            {"use_case_type": "embedding_search", "corpus_documents": 3_000_000, "budget_usd_month": 3000},
            "vector-opensearch",
        ),
        ({"model_type": "cnn_vision", "latency_p95_ms": 120, "budget_usd_month": 4000}, "serve-gpu-realtime"),
        (
            {"use_case_type": "recommendation", "data_velocity": "daily", "budget_usd_month": 120},
            "serve-precomputed-lookup",
        ),
        ({"tenants": 200, "latency_p95_ms": 300, "budget_usd_month": 2000}, "serve-multi-model"),
        ({"latency_p95_ms": 8, "budget_usd_month": 2000}, "serve-inprocess-lowlatency"),
        ({"human_review_required": True, "budget_usd_month": 2000}, "label-annotation-review"),
        ({"retraining_frequency": "on_drift", "budget_usd_month": 2000}, "ct-retrain-trigger"),
        ({"multi_region": True, "budget_usd_month": 9000}, "dr-multi-region"),
        ({"compliance": ["hipaa"], "budget_usd_month": 9000}, "gov-lineage-audit"),
    ],
)
def test_a_request_gets_the_pattern_that_it_calls_for(known, expected):
    online = {"inference_mode": ["real_time"], "team_size": 5, "data_types": ["tabular"]}

    assert expected in ids_of(composed(online | known))


@pytest.mark.parametrize(
    ("known", "unwanted"),
    [
        ({"team_size": 2, "team_skills": ["kubernetes"]}, "serve-eks-kserve"),
        ({"data_velocity": "daily"}, "ingest-stream-kinesis"),
        ({"training_compute": "none"}, "train-cpu-job"),
        ({"llm_external_api_allowed": False, "use_case_type": "llm_generation"}, "serve-llm-bedrock"),
        ({"use_case_type": "document_processing", "data_types": ["documents"]}, "serve-precomputed-lookup"),
    ],
)
def test_a_request_is_spared_the_pattern_that_does_not_suit_it(known, unwanted):
    base = {"inference_mode": ["real_time"], "budget_usd_month": 20_000, "team_size": 5}

    assert unwanted not in ids_of(composed(base | known))
