"""Work that can be bought, hosts for agents, links to what is there, delivery, opening hours: asked for, or absent."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.catalogue import parse_pattern_catalogue
from decisionworks.patterns.errors import PatternCatalogueBroken
from decisionworks.patterns.model import ways_to_meet
from decisionworks.projects import extract_constraints, load_constraint_catalogue
from tests.factories.requests import composed, ids_of, scenario

TALK = {
    "use_case_type": "speech_to_text", "model_type": "speech", "inference_mode": ["async"], "data_types": ["audio"],
    "compliance": ["none"], "budget_usd_month": 1500,
}  # fmt: skip
SCANS = {
    "use_case_type": "document_processing", "inference_mode": ["async"], "data_types": ["image", "documents"],
    "compliance": ["none"], "team_size": 2, "budget_usd_month": 800, "batch_records_per_run": 200,
}  # fmt: skip
AGENT = {
    "use_case_type": "llm_agent", "model_type": "llm_api", "inference_mode": ["real_time"], "team_size": 3,
    "budget_usd_month": 1500, "llm_requests_per_day": 2000, "compliance": ["none"],
}  # fmt: skip
CHURN = {
    "use_case_type": "churn_propensity", "inference_mode": ["batch"], "data_types": ["tabular"], "team_size": 4,
    "budget_usd_month": 1200, "compliance": ["none"],
}  # fmt: skip
PHOTOS = {
    "use_case_type": "image_classification", "model_type": "cnn_vision", "inference_mode": ["real_time"],
    "latency_p95_ms": 150, "data_types": ["image"], "team_size": 4, "budget_usd_month": 2000,
    "throughput_rps_peak": 20, "compliance": ["none"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("known", "pattern"),
    [
        (TALK | {"team_size": 2, "batch_records_per_run": 10, "deadline_weeks": 4}, "serve-managed-ai"),
        (SCANS, "serve-managed-ai"),
        (SCANS | {"model_type": "llm_api", "team_size": 4}, "serve-managed-ai"),
        (AGENT, "llm-agent-host"),
        (CHURN | {"existing_platform": ["snowflake"]}, "link-data-platform"),
        (CHURN | {"data_sources": ["warehouse"]}, "link-data-platform"),
        (CHURN | {"data_sources": ["on_prem"]}, "link-onprem-vpn"),
        (CHURN | {"data_sources": ["saas_api"]}, "ingest-saas-appflow"),
        (CHURN | {"data_sources": ["saas_api"]}, "deliver-results"),
        (CHURN | {"data_sources": ["relational_db"], "data_velocity": "hourly"}, "ingest-cdc-dms"),
        (PHOTOS | {"traffic_pattern": "business_hours"}, "serve-gpu-scheduled"),
    ],
)
def test_what_a_request_asks_for_is_planned(known: dict[str, Any], pattern: str) -> None:
    assert pattern in ids_of(composed(known))


@pytest.mark.parametrize(
    ("known", "pattern"),
    [
        (TALK | {"team_size": 4, "batch_records_per_run": 2000, "budget_usd_month": 3000}, "serve-managed-ai"),
        (
            TALK | {"team_size": 2, "batch_records_per_run": 10, "open_source_preference": "required"},
            "serve-managed-ai",
        ),
        (AGENT | {"use_case_type": "llm_generation"}, "llm-agent-host"),
        (CHURN | {"data_sources": ["relational_db"], "data_velocity": "daily"}, "ingest-cdc-dms"),
        (CHURN | {"data_sources": ["s3_files"]}, "ingest-saas-appflow"),
        (CHURN | {"data_sources": ["s3_files"]}, "link-data-platform"),
        (PHOTOS | {"traffic_pattern": "steady"}, "serve-gpu-scheduled"),
        (PHOTOS | {"traffic_pattern": "business_hours", "availability_slo_pct": 99.9}, "serve-gpu-scheduled"),
    ],
)
def test_what_nobody_asked_for_stays_away(known: dict[str, Any], pattern: str) -> None:
    assert pattern not in ids_of(composed(known))


def test_a_queue_and_a_schedule_stand_beside_each_other() -> None:
    found = composed(TALK | {"inference_mode": ["batch", "async"], "team_size": 4, "budget_usd_month": 3000})

    assert found.infeasibility is None
    assert {"serve-gpu-async", "serve-batch-scoring"} <= set(ids_of(found))


@pytest.mark.parametrize("use", ["speech_to_text", "video_analytics", "medical_imaging"])
def test_uses_that_need_a_deep_model_get_a_gpu_even_if_nobody_named_one(use: str) -> None:
    known = {"use_case_type": use, "inference_mode": ["async"], "team_size": 5, "budget_usd_month": 5000}

    assert {"serve-gpu-async", "serve-gpu-realtime"} & set(ids_of(composed(known)))


def test_reading_pages_is_paid_once_whoever_names_it() -> None:
    found = composed(scenario("dev-19")["expected_constraints"])

    pages = [item for item in found.cost_estimate["items"] if item["price"] == "textract.tables.thousand"]  # type: ignore[attr-defined]
    assert "serve-managed-ai" in ids_of(found)
    assert len(pages) == 1


def test_a_picture_archive_needs_no_cluster_to_be_listed() -> None:
    photos = PHOTOS | {"inference_mode": ["batch"], "data_volume_gb": 14_000, "training_compute": "gpu_single"}
    tables = photos | {"data_types": ["tabular"], "model_type": "linear_or_tree", "training_compute": "cpu_large"}

    assert "process-spark-serverless" not in ids_of(composed(photos))
    assert "process-container-small" not in ids_of(composed(tables))


def test_a_requirement_is_met_by_itself_by_one_of_several_or_by_a_capability() -> None:
    catalogue = load_pattern_catalogue()

    streams = ways_to_meet("any:ingest-stream-kinesis|ingest-stream-msk", catalogue=catalogue)
    assert streams == ("ingest-stream-kinesis", "ingest-stream-msk")
    assert ways_to_meet("sec-baseline", catalogue=catalogue) == ("sec-baseline",)
    assert "track-mlflow" in ways_to_meet("cap:tracking", catalogue=catalogue)


def test_a_catalogue_whose_requirement_names_no_pattern_is_refused() -> None:
    with pytest.raises(PatternCatalogueBroken, match=r"any:a\|b"):
        parse_pattern_catalogue(
            b"""
capabilities: [serving]
service_lifecycle: []
patterns:
- {id: a, name: a, capability: serving, summary: s, aws_services: [], open_source_alternative: o,
   requires: ["any:a|b"], conflicts: [], operational_burden: 1, maturity_level: 1, cost_drivers: [],
   terraform_resources: [], risks: [], sources: [],
   fits_when: {prefer: [], avoid: [], envelope: {latency_p95_ms_floor: null, rps_peak_max: null,
     data_volume_gb_max: null, budget_usd_month_min: 0, team_size_min: 1, model_types: any, compliance_ok: any}}}
"""
        )


def test_who_wants_a_ready_made_service_is_offered_one_and_trains_nothing() -> None:
    asked = SCANS | {"data_types": ["documents"], "training_compute": "none"}

    bought, built = ids_of(composed(asked)), ids_of(composed(SCANS | {"data_types": ["documents"]}))

    assert "serve-managed-ai" in bought
    assert not {name for name in bought if name.startswith("train-")}
    assert "serve-managed-ai" not in built


@pytest.mark.parametrize(
    "text",
    [
        "No own model, an off-the-shelf service is fine for the call recordings.",
        "Wir wollen keine eigenen Modelle, ein fertiger Dienst soll die Gespräche verschriften.",
        "Pas de modèle maison, un service prêt à l'emploi pour transcrire les appels.",
        "Sin modelo propio: transcribir las llamadas con un servicio ya hecho.",
        "Sem modelo próprio, um serviço pronto para transcrever as chamadas.",
        "独自モデルは不要です。既存のサービスで通話を書き起こしたいです。",
    ],
)
def test_a_wish_for_a_ready_made_service_is_read_in_six_languages(text: str) -> None:
    read = extract_constraints(text, data=None, on_missing="assume", catalogue=load_constraint_catalogue())

    assert read.constraints["training_compute"].value == "none"


def test_an_answer_within_ten_milliseconds_finds_its_features_in_memory_and_pays_for_no_store() -> None:
    asked = scenario("dev-21")["expected_constraints"]

    quick, unhurried = ids_of(composed(asked)), ids_of(composed(asked | {"latency_p95_ms": 40}))

    stores = {"cache-valkey", "features-online-dynamodb"}
    assert "serve-inprocess-lowlatency" in quick
    assert not stores & set(quick)
    assert stores & set(unhurried)
