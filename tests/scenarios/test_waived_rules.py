"""A blocked plan is waived, comes to its gate, and is held there when the waiver lapses: one story with a worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.scenarios.conftest import StartPlatform
from tests.scenarios.running import Platform

RULE = "cost-budget-far-over"
WAIVERS = "/projects/default/waivers"


def call(platform: Platform, method: str, path: str, **body: Any) -> dict[str, Any]:
    with platform.client as client:
        answer = client.request(method, path, json=body or None)
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


def rule(shown: dict[str, Any]) -> dict[str, Any]:
    return dict(next(one for one in shown["policy_results"]["rules"] if one["id"] == RULE))


def waive(platform: Platform, decision_set_id: str) -> dict[str, Any]:
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    body = {"policy": RULE, "reason": "the pilot is paid from another purse", "expires_at": until}
    return call(platform, "POST", WAIVERS, **body, decision_set_id=decision_set_id)


def test_a_blocked_plan_is_waived_reaches_its_gate_and_is_held_there_when_the_waiver_lapses(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform(checks_all=False, workers=1, DECISIONWORKS_PREVIEW_TIMEOUT_S="20")
    threshold = {"value": 1.2, "reason": "finance wants it tight"}
    call(platform, "PUT", "/projects/default/policy-thresholds/cost-far-over-factor", **threshold)
    first_id = platform.ask(constraints={"budget_usd_month": 8, "budget_hardness": "soft"})

    blocked = platform.wait_for(first_id, "blocked")

    assert rule(blocked)["outcome"] == "fired"
    assert rule(blocked)["thresholds"][0]["value"] == 1.2
    assert blocked["infeasibility"] is None

    again = str(waive(platform, first_id)["evaluated_again_as"])
    waiting = platform.wait_for(again, "gate_waiting")
    foreseen = call(platform, "POST", "/projects/default/plan-previews", base_decision_set_id=again)

    assert rule(waiting)["outcome"] == "waived"
    assert "paid from another purse" in rule(waiting)["evidence"]
    assert foreseen["plan_hash"] == waiting["plan_hash"]

    with psycopg.connect(platform.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE policy_waivers SET created_at = created_at - interval '40 days', expires_at = clock_timestamp()"
        )
    refused = platform.approve(again)
    waive(platform, again)
    allowed = platform.approve(again)

    assert refused.status_code == 409
    assert RULE in refused.json()["detail"]
    assert allowed.status_code == 200, allowed.text
