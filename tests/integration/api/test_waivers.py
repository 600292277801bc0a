"""Waivers over HTTP: who may grant them, what they hold for, and what ends with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from decisionworks import decisions
from decisionworks.decisions.waivers import waivers_in_force
from decisionworks.kit.db import Database
from tests.integration.api.conftest import Api, at_gate

RULE = "cost-budget-far-over"
WAIVED = {"status": "pass", "rules": [{"id": RULE, "severity": "block", "outcome": "waived", "evidence": ""}]}


def waiver(**given: Any) -> dict[str, Any]:
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return {"policy": RULE, "reason": "the pilot is paid from another purse", "expires_at": until} | given


async def in_force(database: Database, shown: dict[str, Any]) -> list[str]:
    async with database.project_transaction(UUID(shown["project_id"])) as tx:
        return [one.policy for one in await waivers_in_force(tx, UUID(shown["id"]))]


async def test_a_waiver_says_who_why_and_until_when(api: Api) -> None:
    answer = await api.client.post("/api/v1/projects/default/waivers", json=waiver())

    listed = (await api.client.get("/api/v1/projects/default/waivers", params={"in_force": True})).json()["items"]
    made = answer.json()
    assert answer.status_code == 201
    assert (made["policy"], made["scope"], made["approved_by"]) == (RULE, "project", "administrator")
    assert made["reason"] == "the pilot is paid from another purse"
    assert [one["id"] for one in listed] == [made["id"]]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"policy": "comp-residency-region"}, 403),
        ({"policy": "no-such-rule"}, 403),
        ({"policy": "rel-contradiction"}, 403),
        ({"reason": "  "}, 422),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422),
        ({"expires_at": "2090-01-01T00:00:00Z"}, 422),
        ({"decision_set_id": "00000000-0000-7000-8000-000000000000"}, 404),
    ],
)
async def test_a_waiver_without_ground_is_refused(api: Api, given: dict[str, Any], status: int) -> None:
    answer = await api.client.post("/api/v1/projects/default/waivers", json=waiver(**given))

    assert answer.status_code == status, answer.text
    assert (await api.client.get("/api/v1/projects/default/waivers")).json()["items"] == []


async def test_a_waiver_of_one_decision_set_holds_for_its_revisions_and_for_no_other(
    api: Api, database: Database
) -> None:
    named, other = await api.ask("weekly churn scores"), await api.ask("nightly demand forecast")
    waiting = await at_gate(database, named)
    revised = (await api.client.post(f"{named['links']['self']}/revise", json={"message": "10 people"})).json()

    await api.client.post("/api/v1/projects/default/waivers", json=waiver(decision_set_id=named["id"]))

    assert waiting.status is decisions.Status.GATE_WAITING
    assert await in_force(database, named) == [RULE]
    assert await in_force(database, revised) == [RULE]
    assert await in_force(database, other) == []


async def test_a_plan_that_waits_by_a_revoked_waiver_cannot_be_approved(api: Api, database: Database) -> None:
    shown = await api.ask()
    await at_gate(database, shown, policy_results=WAIVED)
    made = (await api.client.post("/api/v1/projects/default/waivers", json=waiver())).json()

    ended = await api.client.delete(f"/api/v1/projects/default/waivers/{made['id']}")
    again = await api.client.delete(f"/api/v1/projects/default/waivers/{made['id']}")
    answer = await api.client.post(shown["links"]["approve"], json={})

    assert (ended.status_code, ended.json()["revoked_by"], again.status_code) == (200, "administrator", 404)
    assert answer.status_code == 409
    assert RULE in answer.json()["detail"]


async def test_a_plan_that_waits_by_a_waiver_in_force_can_be_approved(api: Api, database: Database) -> None:
    shown = await api.ask()
    await at_gate(database, shown, policy_results=WAIVED)
    await api.client.post("/api/v1/projects/default/waivers", json=waiver(decision_set_id=shown["id"]))

    answer = await api.client.post(shown["links"]["approve"], json={})

    assert answer.status_code == 200, answer.text


async def test_a_blocked_decision_set_is_planned_again_when_its_rule_is_waived(api: Api, database: Database) -> None:
    shown = await api.ask("weekly churn scores for 40,000 customers")
    async with database.project_transaction(UUID(shown["project_id"])) as tx:
        await tx.execute("UPDATE decision_sets SET status = 'blocked' WHERE id = %s", (UUID(shown["id"]),))

    made = (await api.client.post("/api/v1/projects/default/waivers", json=waiver(decision_set_id=shown["id"]))).json()

    again = (await api.client.get(f"/api/v1/decision-sets/{made['evaluated_again_as']}")).json()
    assert (again["parent_id"], again["revision"]) == (shown["id"], 2)
    assert again["metadata"]["asked_again"] == f"waived {RULE}"
    assert await in_force(database, again) == [RULE]


async def test_a_waiver_that_leaves_a_plan_blocked_says_by_what(api: Api, database: Database) -> None:
    shown = await api.ask("weekly churn scores for 40,000 customers")
    fired = [
        {"id": one, "severity": "block", "outcome": "fired", "evidence": ""} for one in (RULE, "rel-contradiction")
    ]
    async with database.project_transaction(UUID(shown["project_id"])) as tx:
        await tx.execute(
            "UPDATE decision_sets SET status = 'blocked', policy_results = %s, infeasibility = %s WHERE id = %s",
            (Jsonb({"status": "block", "rules": fired}), Jsonb({"conflicts": []}), UUID(shown["id"])),
        )

    made = (await api.client.post("/api/v1/projects/default/waivers", json=waiver(decision_set_id=shown["id"]))).json()

    assert made["evaluated_again_as"] is not None
    assert made["still_blocked_by"] == ["rel-contradiction", "no-feasible-plan"]


async def test_a_waiver_of_the_rule_against_contradictions_is_refused_with_what_to_do_instead(api: Api) -> None:
    answer = await api.client.post("/api/v1/projects/default/waivers", json=waiver(policy="rel-contradiction"))

    assert answer.status_code == 403
    assert "can never be waived" in answer.json()["detail"]
    assert "revise the request" in answer.text
