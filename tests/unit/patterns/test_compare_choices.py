"""The reason of a choice names what decided, in words, and never a sum of points."""

from __future__ import annotations

import re

import pytest

from decisionworks.costs import load_prices
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.compose_plan import compose_plan

SMALL = {
    "inference_mode": ["batch"],
    "data_volume_gb": 1,
    "team_size": 1,
    "budget_usd_month": 60,
    "compliance": ["gdpr"],
}
LIVE = {"inference_mode": ["real_time"], "latency_p95_ms": 150, "throughput_rps_peak": 40, "team_size": 4}


def rows_of(known: dict[str, object], objections: tuple[dict[str, str], ...] = ()) -> dict[str, dict]:
    constraints = {name: {"value": value, "state": "stated", "span": None} for name, value in known.items()}
    made = compose_plan(
        constraints, findings={}, objections=objections, catalogue=load_pattern_catalogue(), prices=load_prices()
    )
    return {row["id"]: row for row in made.plan["patterns"]}


@pytest.mark.parametrize("known", [SMALL, LIVE])
def test_no_reason_speaks_of_points_or_of_field_names(known: dict[str, object]) -> None:
    rows = rows_of(known)

    told = [row["reason"] for row in rows.values()]
    told += [row["runner_up"]["why_not"] for row in rows.values() if row["runner_up"]]
    assert not [text for text in told if re.search(r"\bpoints?\b|\b[a-z]+_[a-z_]+ = ", text)]


def test_a_lighter_and_cheaper_part_is_told_by_the_money_and_the_team() -> None:
    row = rows_of(SMALL)["process-container-small"]

    assert row["decided_by"]["kind"] == "fit"
    saved = row["runner_up"]["monthly_usd"] - row["runner_up"]["chosen_monthly_usd"]
    assert f"{saved:,.2f} USD a month cheaper" in row["reason"]
    assert "far less to run for a team of one" in row["reason"]


def test_a_dearer_part_says_what_it_costs_more_than_the_other() -> None:
    row = rows_of(SMALL)["orch-ci-cron"]

    more = row["runner_up"]["chosen_monthly_usd"] - row["runner_up"]["monthly_usd"]
    assert more > 0
    assert f"for {more:,.2f} USD a month more" in row["reason"]


def test_a_part_that_a_reviewer_asked_for_says_so() -> None:
    row = rows_of(LIVE, ({"require": "serve-sagemaker-realtime"},))["serve-sagemaker-realtime"]

    assert row["decided_by"]["kind"] == "review"
    assert "a finding of the technical review asks for it" in row["reason"]
