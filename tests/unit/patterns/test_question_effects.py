"""A question weighs what its answers could change."""

from __future__ import annotations

from decisionworks.patterns import question_effects
from tests.factories.requests import constraints_of, scenario


def test_the_use_case_weighs_more_than_the_deadline_when_nothing_is_known():
    effects = question_effects(constraints_of({}), ["deadline_weeks", "use_case_type", "inference_mode", "compliance"])

    assert effects["use_case_type"] > effects["inference_mode"] > effects["compliance"] > effects["deadline_weeks"] == 0


def test_a_field_that_the_situation_makes_idle_weighs_nothing():
    batch = constraints_of(
        {"inference_mode": ["batch"], "model_type": "linear_or_tree", "use_case_type": "forecasting"}
    )

    effects = question_effects(batch, ["llm_tokens_in", "edge_devices", "no_such_field", "compliance"])

    assert effects["llm_tokens_in"] == effects["edge_devices"] == effects["no_such_field"] == 0
    assert effects["compliance"] > 0


def test_effects_come_in_the_order_asked_for_and_are_the_same_every_time():
    constraints = constraints_of(scenario("dev-05")["expected_constraints"])
    fields = ["team_skills", "availability_slo_pct", "llm_tokens_in"]

    first, second = question_effects(constraints, fields), question_effects(constraints, fields)

    assert list(first) == fields
    assert first == second
