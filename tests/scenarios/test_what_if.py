"""Preview, ask, revise in numbers and in words, and read what changed: one line of plans from outside."""

from __future__ import annotations

import subprocess
from typing import Any

from tests.scenarios.conftest import StartPlatform
from tests.scenarios.running import CHURN, Platform


def call(platform: Platform, method: str, path: str, **body: Any) -> dict[str, Any]:
    with platform.client as client:
        answer = client.request(method, path, json=body or None)
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


def preview(platform: Platform, **body: Any) -> dict[str, Any]:
    return call(platform, "POST", "/projects/default/plan-previews", **body)


def test_a_preview_is_the_plan_that_the_gate_shows_and_a_revision_tells_what_it_changed(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform(checks_all=False, workers=1, DECISIONWORKS_PREVIEW_TIMEOUT_S="20")
    foreseen = preview(platform, request=CHURN)

    first = platform.complete(platform.ask())

    assert first["plan_hash"] == foreseen["plan_hash"]
    assert first["plan"] == foreseen["plan"]
    assert first["critiques"] == foreseen["critiques"]

    changes = {
        "budget_usd_month": 900,
        "inference_mode": ["real_time"],
        "latency_p95_ms": 200,
        "throughput_rps_peak": 20,
    }
    revision = preview(platform, base_decision_set_id=first["id"], constraints=changes)
    second_id = call(platform, "POST", f"/decision-sets/{first['id']}/revise", constraints=changes)["id"]
    second = platform.complete(second_id)

    assert second["plan_hash"] == revision["plan_hash"]
    assert second["revision"] == 2
    [row] = revision["comparison"]["rows"]
    assert revision["comparison"]["against"] == "base"
    assert set(row["patterns_added"]) == ids(second) - ids(first)
    summary = second["change_summary"]
    arrived = {one["to"]: one for one in summary["plan"]["replaced"]} | {
        one["id"]: one for one in summary["plan"]["added"]
    }
    serving = next(pattern["id"] for pattern in second["plan"]["patterns"] if pattern["capability"] == "serving")
    assert "inference_mode" in [cause["field"] for cause in arrived[serving]["because"]]
    assert "inference_mode" in [cause["field"] for cause in summary["cost"]["causes"]]
    assert {row["path"] for row in summary["documents"]["files"]} >= {"plan.md", "cost.csv"}
    assert summary["code"]["changed"] > 0

    words = "Actually the budget is 700 dollars a month and we are four people, with 30 requests per second."
    third = platform.complete(call(platform, "POST", f"/decision-sets/{second_id}/revise", message=words)["id"])

    assert third["revision"] == 3
    assert third["constraints"]["budget_usd_month"]["value"] == 700
    assert third["constraints"]["team_size"]["value"] == 4
    assert third["constraints"]["throughput_rps_peak"]["value"] == 30
    assert third["constraints"]["latency_p95_ms"]["value"] == 200
    whole = call(platform, "GET", f"/decision-sets/{third['id']}/diff?against={first['id']}")
    assert {"budget_usd_month", "team_size", "inference_mode"} <= {row["field"] for row in whole["constraints"]}
    assert history(platform, first) == [(third["git_commit"], 3), (second["git_commit"], 2), (first["git_commit"], 1)]


def ids(shown: dict[str, Any]) -> set[str]:
    return {pattern["id"] for pattern in shown["plan"]["patterns"]}


def history(platform: Platform, first: dict[str, Any]) -> list[tuple[str, int]]:
    """The commits that changed the line's `plan.md`, newest first, each with the revision that its message names."""
    repository = platform.data_dir / "projects" / first["project_id"] / "repository.git"
    path = f"decision-sets/{first['id']}/plan.md"
    logged = subprocess.run(
        ["git", "--git-dir", str(repository), "log", "--format=%H %s", "HEAD", "--", path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = [text.split() for text in logged.stdout.splitlines()]
    return [(row[0], int(row[row.index("revision") + 1])) for row in rows]
