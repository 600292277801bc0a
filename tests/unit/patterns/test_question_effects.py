"""A question weighs what its answers could change."""

from __future__ import annotations

import pytest

from decisionworks.patterns import question_effects
from decisionworks.patterns.question_effects import NOTHING_FITS
from tests.factories.requests import composed, constraints_of, scenario


def test_the_use_case_weighs_more_than_the_deadline_when_nothing_is_known():
    effects = question_effects(constraints_of({}), ["deadline_weeks", "use_case_type", "inference_mode", "compliance"])

    assert effects["use_case_type"].score > effects["compliance"].score > effects["deadline_weeks"].score == 0
    assert effects["inference_mode"].score > effects["deadline_weeks"].score


def test_a_field_that_the_situation_makes_idle_weighs_nothing():
    batch = constraints_of(
        {"inference_mode": ["batch"], "model_type": "linear_or_tree", "use_case_type": "forecasting"}
    )

    effects = question_effects(batch, ["llm_tokens_in", "edge_devices", "no_such_field", "compliance"])

    assert effects["llm_tokens_in"].score == effects["edge_devices"].score == effects["no_such_field"].score == 0
    assert effects["compliance"].score > 0


def test_the_money_of_a_question_is_the_difference_of_the_two_solved_plans():
    known = scenario("dev-07")["expected_constraints"]
    known = {name: value for name, value in known.items() if name != "availability_slo_pct"}
    ends = [
        composed(known | {"availability_slo_pct": slo}).cost_estimate["monthly"]["expected"] for slo in (99.0, 99.99)
    ]

    effect = question_effects(constraints_of(known), ["availability_slo_pct"])["availability_slo_pct"]

    assert effect.usd == pytest.approx(abs(ends[1] - ends[0]), abs=0.02)


def test_an_answer_with_which_nothing_fits_decides_most():
    known = {"use_case_type": "llm_generation", "model_type": "llm_self_hosted", "inference_mode": ["real_time"]}
    known |= {"llm_external_api_allowed": False, "budget_hardness": "hard"}

    effects = question_effects(constraints_of(known), ["budget_usd_month", "retraining_frequency"])

    assert effects["budget_usd_month"].score == NOTHING_FITS > effects["retraining_frequency"].score
    assert effects["budget_usd_month"].usd is None


def test_effects_come_in_the_order_asked_for_and_are_the_same_every_time():
    constraints = constraints_of(scenario("dev-05")["expected_constraints"])
    fields = ["team_skills", "availability_slo_pct", "llm_tokens_in"]

    first, second = question_effects(constraints, fields), question_effects(constraints, fields)

    assert list(first) == fields
    assert first == second
