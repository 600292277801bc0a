"""Measures count single things right or wrong, beside their goals."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.evaluation import SETS, field_scores, load_scenarios, measures, packaged_scenarios
from tests.unit.evaluation.test_score import SCENARIO, answered


def figures(*shown: dict[str, Any], **more: Any) -> dict[str, tuple[int, int]]:
    return {one.name: (one.right, one.of) for one in measures([(SCENARIO, one) for one in shown], **more)}


def test_what_a_scenario_expects_is_counted_thing_by_thing() -> None:
    found = figures(answered())

    assert found["fields read, English"] == (3, 3)
    assert found["fields read, other languages"] == (0, 0)
    assert found["expected questions asked"] == (2, 2)
    assert found["required patterns"] == (1, 1)
    assert found["forbidden patterns kept out"] == (1, 1)
    assert found["one of each group"] == (1, 1)
    assert found["block lists exact"] == (1, 1)
    assert found["cost in range"] == (1, 1)
    assert found["contradictions refused"] == (0, 0)


def test_misses_are_counted_over_several_answers() -> None:
    empty = {"status": "failed", "plan": None, "constraints": {}, "questions": [], "policy_results": {"rules": []}}

    found = figures(answered(), {**empty, "cost_estimate": None})

    assert found["fields read, English"] == (3, 6)
    assert found["required patterns"] == (1, 2)
    assert found["cost in range"] == (1, 2)


def test_a_goal_is_missed_below_its_share_and_met_where_nothing_was_to_be_found() -> None:
    wrong = answered(plan={"patterns": [{"id": "serve-eks-kserve"}]})

    found = {one.name: one for one in measures([(SCENARIO, wrong)], same_plan=(0, 1))}

    assert not found["forbidden patterns kept out"].is_met
    assert not found["same plan when asked again"].is_met
    assert found["contradictions refused"].is_met
    assert found["fields read, other languages"].to_json()["share"] is None


def test_each_field_is_right_wrong_missed_or_invented() -> None:
    stated = answered()["constraints"]
    wrong = {
        **stated,
        "budget_usd_month": {"value": 5, "state": "stated"},
        "team_size": {"value": 2, "state": "inferred"},
    }
    del wrong["inference_mode"]

    rows = {one.field: one for one in field_scores([(SCENARIO, answered()), (SCENARIO, answered(constraints=wrong))])}

    assert (rows["budget_usd_month"].right, rows["budget_usd_month"].wrong) == (1, 1)
    assert (rows["inference_mode"].right, rows["inference_mode"].missed) == (1, 1)
    assert (rows["team_size"].expected, rows["team_size"].invented) == (0, 1)
    assert rows["use_case_summary"].right == 2


@pytest.mark.parametrize("name", SETS)
def test_every_packaged_set_can_be_read(name: str) -> None:
    scenarios = load_scenarios(packaged_scenarios(name))

    assert len({one.id for one in scenarios}) == len(scenarios) >= 24


def test_the_sets_that_judge_are_in_six_languages() -> None:
    for name in (one for one in SETS if one != "dev"):
        languages = {one.language for one in load_scenarios(packaged_scenarios(name))}

        assert languages == {"en", "de", "fr", "es", "pt", "ja"}


@pytest.mark.parametrize("name", [one for one in SETS if one.startswith(("fresh", "blind"))])
def test_the_sets_that_judge_ask_enough_in_each_language(name: str) -> None:
    spoken = [one.language for one in load_scenarios(packaged_scenarios(name))]

    assert len(spoken) >= 40
    assert min(spoken.count(language) for language in set(spoken)) >= 5
