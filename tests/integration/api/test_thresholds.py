"""Thresholds over HTTP, and the terms of a project in previews."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from decisionworks.kit.db import Database
from tests.integration.api.conftest import Api, at_gate

PATH = "/api/v1/projects/default/policy-thresholds"
FAR_OVER = "cost-far-over-factor"
RULE = "cost-budget-far-over"
WORDS = "Churn scores every week for 400,000 customers, 12 engineers"
DEAR = {"request": WORDS, "constraints": {"budget_usd_month": 20}}


def row(shown: dict[str, Any], rule: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in shown["policy_results"]["rules"] if one["id"] == rule)
    return found


async def test_a_project_sets_a_threshold_sees_it_and_goes_back(api: Api) -> None:
    made = await api.client.put(f"{PATH}/{FAR_OVER}", json={"value": 1.2, "reason": "finance wants it tight"})

    listed = {one["name"]: one for one in (await api.client.get(PATH)).json()["items"]}
    ended = await api.client.delete(f"{PATH}/{FAR_OVER}")
    assert (made.status_code, ended.status_code) == (200, 200)
    assert listed[FAR_OVER]["value"] == 1.2
    assert listed[FAR_OVER]["set"]["reason"] == "finance wants it tight"
    assert set(listed[FAR_OVER]["rules"]) == {RULE, "cost-budget-over"}
    assert (ended.json()["value"], ended.json()["set"]) == (1.5, None)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("no-such-threshold", {"value": 1, "reason": "why not"}),
        (FAR_OVER, {"value": 99, "reason": "why not"}),
        (FAR_OVER, {"value": 1.2, "reason": "  "}),
        (FAR_OVER, {"value": "much", "reason": "why not"}),
    ],
)
async def test_a_threshold_without_ground_is_refused(api: Api, name: str, body: dict[str, Any]) -> None:
    answer = await api.client.put(f"{PATH}/{name}", json=body)

    assert answer.status_code == 422
    assert all(one["set"] is None for one in (await api.client.get(PATH)).json()["items"])


async def test_a_plan_judged_by_another_threshold_than_todays_cannot_be_approved(api: Api, database: Database) -> None:
    shown = await api.ask()
    used = [{"name": FAR_OVER, "value": 1.5, "unit": "", "default": 1.5, "set_by_project": False}]
    judged = {"id": RULE, "severity": "block", "outcome": "passed", "evidence": "", "thresholds": used}
    await at_gate(database, shown, policy_results={"status": "pass", "rules": [judged]})
    await api.client.put(f"{PATH}/{FAR_OVER}", json={"value": 1.2, "reason": "finance wants it tight"})

    refused = await api.client.post(shown["links"]["approve"], json={})
    await api.client.delete(f"{PATH}/{FAR_OVER}")
    allowed = await api.client.post(shown["links"]["approve"], json={})

    assert (refused.status_code, allowed.status_code) == (409, 200)
    assert FAR_OVER in refused.json()["detail"]


async def test_a_preview_is_judged_under_the_waivers_and_thresholds_of_its_project(api: Api) -> None:
    url = "/api/v1/projects/default/plan-previews"
    before = (await api.client.post(url, json=DEAR)).json()
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    granted = {"policy": RULE, "reason": "the pilot is paid from another purse", "expires_at": until}

    await api.client.put(f"{PATH}/{FAR_OVER}", json={"value": 1.2, "reason": "finance wants it tight"})
    tight = (await api.client.post(url, json=DEAR)).json()
    await api.client.post("/api/v1/projects/default/waivers", json=granted)
    waived = (await api.client.post(url, json=DEAR)).json()

    assert row(before, RULE)["outcome"] == "fired"
    assert row(tight, RULE)["thresholds"][0]["value"] == 1.2
    assert row(waived, RULE)["outcome"] == "waived"
    assert "paid from another purse" in row(waived, RULE)["evidence"]
    assert len({one["plan_hash"] for one in (before, tight, waived)}) == 3


async def test_a_blocked_plan_that_a_new_threshold_concerns_is_named_and_planned_again_when_asked(
    api: Api, database: Database
) -> None:
    shown = await api.ask()
    used = [{"name": FAR_OVER, "value": 1.5, "unit": "", "default": 1.5, "set_by_project": False}]
    fired = {"id": RULE, "severity": "block", "outcome": "fired", "evidence": "", "thresholds": used}
    async with database.project_transaction(UUID(shown["project_id"])) as tx:
        results = Jsonb({"status": "block", "rules": [fired]})
        await tx.execute(
            "UPDATE decision_sets SET status = 'blocked', policy_results = %s WHERE id = %s", (results, shown["id"])
        )
    body = {"value": 2.5, "reason": "the pilot may cost more"}

    told = (await api.client.put(f"{PATH}/{FAR_OVER}", json=body)).json()
    planned = (await api.client.put(f"{PATH}/{FAR_OVER}", json=body | {"decision_set_id": shown["id"]})).json()
    again = (await api.client.get(f"/api/v1/decision-sets/{planned['evaluated_again_as']}")).json()

    assert [one["id"] for one in told["judged_otherwise"]] == [shown["id"]]
    assert (told["judged_otherwise"][0]["status"], told["evaluated_again_as"]) == ("blocked", None)
    assert again["parent_id"] == shown["id"]
    assert again["metadata"]["asked_again"] == f"{FAR_OVER} is 2.5 now"
    assert planned["judged_otherwise"] == []
