"""Each critic's rule with a plan on which it speaks, in this run's numbers, and one on which it is silent."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.costs import estimate_cost, load_prices
from decisionworks.patterns import load_pattern_catalogue, review_cost, review_technically, settle_critiques
from decisionworks.patterns.critics import COST_RULES, TECHNICAL_RULES
from tests.factories.requests import constraints_of

BASE = ["sec-baseline", "mon-infra-cloudwatch", "store-s3-lakehouse", "cicd-github-terraform"]
ONLINE = {"inference_mode": ["real_time"], "data_types": ["tabular"], "team_size": 5, "throughput_rps_avg": 5}
SERVERLESS = [*BASE, "serve-serverless-cpu", "features-offline-tables", "deploy-progressive"]
CONTAINER = [*BASE, "serve-container-ecs", "features-offline-tables", "deploy-progressive"]
LLM = {"use_case_type": "llm_chat_rag", "model_type": "llm_api", "inference_mode": ["real_time"], "team_size": 5}
RAG = [*BASE, "rag-pipeline", "serve-llm-bedrock", "llm-guardrails", "llm-eval-tracing"]
GPU = {"inference_mode": ["async"], "model_type": "cnn_vision", "data_types": ["image"], "team_size": 5}
BATCH = {"inference_mode": ["batch"], "data_velocity": "daily", "team_size": 5, "data_volume_gb": 40}
BATCH_PLAN = [*BASE, "serve-batch-scoring", "orch-stepfunctions"]

Case = tuple[list[str], dict[str, Any]]
# rule -> (a plan and request on which it speaks, one on which it is silent, a number it has to name)
TECHNICAL: dict[str, tuple[Case, Case, str]] = {
    "single-point-of-failure": (
        ([*RAG, "vector-pgvector"], LLM | {"availability_slo_pct": 99.95}),
        ([*RAG, "vector-opensearch"], LLM | {"availability_slo_pct": 99.95}),
        "22 minutes",
    ),
    "latency-chain": (
        ([*CONTAINER, "features-online-dynamodb"], ONLINE | {"latency_p95_ms": 30}),
        ([*CONTAINER, "features-online-dynamodb"], ONLINE | {"latency_p95_ms": 60}),
        "40 ms",
    ),
    "training-serving-skew": (
        ([*BASE, "serve-container-ecs", "train-cpu-job"], ONLINE),
        (CONTAINER, ONLINE),
        "tabular",
    ),
    "cold-start": (
        (SERVERLESS, ONLINE | {"traffic_pattern": "spiky", "latency_p95_ms": 400}),
        (SERVERLESS, ONLINE | {"traffic_pattern": "spiky", "latency_p95_ms": 4000}),
        "400 ms",
    ),
    "warm-worker": (
        ([*BASE, "serve-gpu-async"], GPU | {"latency_p95_ms": 300_000}),
        ([*BASE, "serve-gpu-async"], GPU | {"latency_p95_ms": 3_600_000}),
        "300 s",
    ),
    "late-labels": (
        (CONTAINER, ONLINE | {"label_delay_days": 60, "retraining_frequency": "weekly"}),
        (CONTAINER, ONLINE | {"label_delay_days": 5, "retraining_frequency": "weekly"}),
        "60 days",
    ),
    "skill-gap": (
        ([*CONTAINER, "process-flink-stream"], ONLINE | {"team_skills": ["python"]}),
        ([*CONTAINER, "process-flink-stream"], ONLINE | {"team_skills": ["python"], "existing_platform": ["kafka"]}),
        "streaming",
    ),
    "missing-rollback": ((CONTAINER[:-1], ONLINE), (CONTAINER, ONLINE), "team_size = 5"),
    "quotas": (
        ([*SERVERLESS, "sec-api-auth-waf"], ONLINE | {"throughput_rps_peak": 14_000}),
        ([*CONTAINER, "sec-api-auth-waf"], ONLINE | {"throughput_rps_peak": 14_000}),
        "14,000",
    ),
    "heavy-for-team": (
        (list(load_pattern_catalogue().by_id)[:25], ONLINE | {"team_size": 2}),
        (CONTAINER, ONLINE | {"team_size": 2}),
        "2 people carry 36",
    ),
    "unattended-promise": (
        (CONTAINER, ONLINE | {"availability_slo_pct": 99.95, "ops_coverage": "best_effort"}),
        (CONTAINER, ONLINE | {"availability_slo_pct": 99.95, "ops_coverage": "on_call_24x7"}),
        "99.95 percent",
    ),
    "recovery-time": (
        (CONTAINER, ONLINE | {"rto_minutes": 15}),
        ([*CONTAINER, "dr-multi-region"], ONLINE | {"rto_minutes": 15}),
        "15 minutes",
    ),
    "late-batch": (
        (BATCH_PLAN, BATCH | {"batch_records_per_run": 30_000_000, "batch_deadline_hours": 4}),
        (BATCH_PLAN, BATCH | {"batch_records_per_run": 300_000, "batch_deadline_hours": 4}),
        "20.0 hours",
    ),
}
COST: dict[str, tuple[Case, Case, str]] = {
    "top-drivers": (
        ([*BASE, "serve-gpu-realtime"], ONLINE | {"model_type": "cnn_vision", "data_types": ["image"]}),
        ([*BASE, "cost-guardrails"], ONLINE | {"data_volume_gb": 5}),
        "sagemaker.ml.g5.xlarge.hour",
    ),
    "fixed-floors": (
        ([*BASE, "serve-sagemaker-realtime", "orch-airflow-mwaa"], ONLINE),
        (BATCH_PLAN, BATCH),
        "orch-airflow-mwaa",
    ),
    "idle-gpu": (
        ([*BASE, "serve-gpu-realtime"], ONLINE | {"model_type": "cnn_vision", "traffic_pattern": "business_hours"}),
        ([*BASE, "serve-gpu-realtime"], ONLINE | {"model_type": "cnn_vision", "traffic_pattern": "steady"}),
        "1,027.84",
    ),
    "network-floor": (
        ([*BATCH_PLAN, "sec-private-network"], BATCH | {"data_sensitivity": "phi"}),
        (BATCH_PLAN, BATCH | {"data_sensitivity": "phi"}),
        "NAT",
    ),
    "log-share": (
        (BASE, ONLINE | {"throughput_rps_avg": 1500}),
        (CONTAINER, ONLINE),
        "logs are",
    ),
    "cheaper-alternative": (
        ([*BASE, "serve-sagemaker-realtime", "features-offline-tables"], ONLINE | {"budget_usd_month": 100}),
        (SERVERLESS, ONLINE | {"budget_usd_month": 5000}),
        "instead of serve-sagemaker-realtime",
    ),
    "budget-headroom": (
        (CONTAINER, ONLINE | {"budget_usd_month": 100}),
        (CONTAINER, ONLINE | {"budget_usd_month": 5000}),
        "percent of 100",
    ),
    "guessed-usage": (
        (SERVERLESS, {"inference_mode": ["real_time"]}),
        (SERVERLESS, ONLINE | {"data_volume_gb": 5}),
        "throughput_rps_avg",
    ),
}


def reviewed(case: Case, review: Any) -> dict[str, dict[str, Any]]:
    ids, known = case
    cost = estimate_cost(ids, known, region="us-east-1", prices=load_prices())
    found = review({"patterns": [{"id": name} for name in ids]}, constraints_of(known), cost)
    return {row["rule"]: row for row in found}


def test_every_rule_of_both_critics_has_its_two_plans():
    assert len(TECHNICAL) == len(TECHNICAL_RULES)
    assert len(COST) == len(COST_RULES)


@pytest.mark.parametrize("rule", sorted(TECHNICAL))
def test_the_technical_critic_speaks_on_one_plan_and_is_silent_on_the_other(rule):
    speaks, silent, number = TECHNICAL[rule]

    found = reviewed(speaks, review_technically)

    assert number in f"{found[rule]['finding']} {found[rule]['evidence']}"
    assert found[rule]["critic"] == "technical"
    assert found[rule]["proposal"]
    assert rule not in reviewed(silent, review_technically)


@pytest.mark.parametrize("rule", sorted(COST))
def test_the_cost_critic_speaks_on_one_plan_and_is_silent_on_the_other(rule):
    speaks, silent, number = COST[rule]

    found = reviewed(speaks, review_cost)

    assert number in f"{found[rule]['finding']} {found[rule]['evidence']}"
    assert found[rule]["critic"] == "cost"
    assert found[rule]["proposal"]
    assert rule not in reviewed(silent, review_cost)


def test_a_saving_is_the_difference_of_two_estimates():
    ids, known = COST["cheaper-alternative"][0]
    row = reviewed((ids, known), review_cost)["cheaper-alternative"]

    def usd(patterns: list[str]) -> float:
        cost = estimate_cost(patterns, known, region="us-east-1", prices=load_prices())
        return cost["monthly"]["expected"]  # type: ignore[index, no-any-return]

    other = row["objection"]["require"]
    saving = usd(ids) - usd([name for name in ids if name != "serve-sagemaker-realtime"] + [other])
    assert f"saves {saving:,.2f}" in row["finding"]


def test_a_proposal_is_accepted_once_the_plan_has_taken_it():
    ids, known = TECHNICAL["training-serving-skew"][0]
    row = reviewed((ids, known), review_technically)["training-serving-skew"]
    assert row["objection"] == {"require": "features-offline-tables"}

    before = settle_critiques([row], {"patterns": [{"id": name} for name in ids]})
    after = settle_critiques([row], {"patterns": [{"id": name} for name in [*ids, "features-offline-tables"]]})

    assert before[0]["accepted"] is False
    assert after[0]["accepted"] is True


def test_without_a_plan_the_critics_have_nothing_to_say():
    assert review_technically(None, constraints_of({}), None) == []
    assert review_cost(None, constraints_of({}), None) == []
