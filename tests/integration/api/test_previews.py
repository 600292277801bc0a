"""Previews through the real API, answered by real planner processes."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from tests.integration.api.conftest import Api, StartApi

CHURN = (
    "I run a small invoicing SaaS alone: 20,000 customers in Postgres, 5 GB in total. Every Monday I want a churn score"
    " per customer for my CRM. I know Python. At most 50 dollars a month, AWS us-east-1."
)
PATH = "/api/v1/projects/default/plan-previews"


async def previewed(api: Api, **body: Any) -> dict[str, Any]:
    answer = await api.client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_words_are_planned_priced_and_judged_at_once_and_nothing_is_stored(api: Api, clean_database: str) -> None:
    shown = await previewed(api, request=CHURN)

    assert shown["status"] == "gate_waiting"
    assert shown["constraints"]["budget_usd_month"]["value"] == 50
    assert "serve-batch-scoring" in [pattern["id"] for pattern in shown["plan"]["patterns"]]
    assert shown["cost_estimate"]["monthly"]["expected"] <= 50
    assert shown["policy_results"]["rules"]
    assert shown["comparison"] is None
    with psycopg.connect(clean_database) as connection:
        for table in ("decision_sets", "jobs", "events"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


async def test_constraints_alone_can_be_previewed_twice_with_the_same_answer(api: Api) -> None:
    given = {"use_case_type": "churn_propensity", "inference_mode": ["batch"], "budget_usd_month": 100}

    first, second = await previewed(api, constraints=given), await previewed(api, constraints=given)

    assert first == second
    assert first["constraints"]["budget_usd_month"]["state"] == "stated"


async def test_variants_are_compared_with_the_first_one(api: Api) -> None:
    variants = [
        {"name": "weekly", "constraints": {}},
        {"name": "at once", "constraints": {"inference_mode": ["real_time"], "latency_p95_ms": 100}},
        {"name": "nothing to spend", "constraints": {"budget_usd_month": 1}},
    ]

    shown = await previewed(api, request=CHURN, variants=variants)

    assert [one["name"] for one in shown["variants"]] == ["weekly", "at once", "nothing to spend"]
    comparison = shown["comparison"]
    assert comparison["against"] == "weekly"
    weekly, at_once, penniless = comparison["rows"]
    assert weekly["patterns_added"] == weekly["patterns_removed"] == []
    assert weekly["delta_usd"] == 0
    assert at_once["patterns_added"]
    assert at_once["changed_constraints"]["latency_p95_ms"]["to"] == 100
    assert set(at_once["tiers"]) == {"lean", "recommended", "robust"}
    assert not penniless["is_feasible"]
    assert penniless["conflicts"]


async def test_changes_are_made_on_top_of_what_the_base_was_asked_with(api: Api) -> None:
    base = await api.ask(CHURN)

    shown = await previewed(api, base_decision_set_id=base["id"], constraints={"budget_usd_month": 400})

    assert shown["constraints"]["budget_usd_month"]["value"] == 400
    assert shown["constraints"]["data_volume_gb"]["value"] == 5


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/request"),
        ({"constraints": {"budgt_usd_month": 5}}, "/constraints/budgt_usd_month"),
        (
            {"request": "churn", "variants": [{"name": "a"}, {"name": "b", "constraints": {"team_size": "many"}}]},
            "/variants/1/constraints/team_size",
        ),
        ({"request": "churn", "variants": [{"name": str(n)} for n in range(9)]}, "/variants"),
        ({"request": "churn", "variants": []}, "/variants"),
        ({"request": "churn", "variants": [{"name": "a"}, {"name": "a"}]}, "/variants"),
        ({"request": "churn", "changes": {}}, "/changes"),
    ],
)
async def test_what_cannot_be_previewed_is_pointed_at(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = await api.client.post(PATH, json=body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_base_of_another_project_is_not_found(api: Api) -> None:
    base = await api.ask(CHURN)
    other = (await api.client.post("/api/v1/projects", json={"name": "other"})).json()

    answer = await api.client.post(
        f"/api/v1/projects/{other['id']}/plan-previews", json={"base_decision_set_id": base["id"]}
    )

    assert answer.status_code == 404


async def test_a_planner_that_takes_too_long_is_ended_and_the_next_question_finds_a_new_one(
    start_api: StartApi,
) -> None:
    api = await start_api(preview_timeout_s=0.001, preview_processes=1)

    late = await api.client.post(PATH, json={"request": CHURN})
    api.services.planners.timeout_s = 30.0

    assert late.status_code == 503
    assert late.json()["type"].endswith("preview-timed-out")
    assert int(late.headers["retry-after"]) >= 1
    assert (await previewed(api, request=CHURN))["plan"]["patterns"]


async def test_many_previews_at_once_are_answered_by_few_processes(start_api: StartApi) -> None:
    api = await start_api(preview_timeout_s=30.0, preview_processes=1)
    asked = [previewed(api, request=CHURN, constraints={"budget_usd_month": 60 + n}) for n in range(6)]

    shown = await asyncio.gather(*asked)

    assert [one["constraints"]["budget_usd_month"]["value"] for one in shown] == [60, 61, 62, 63, 64, 65]
