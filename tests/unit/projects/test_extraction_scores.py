"""How much of the golden scenarios the offline reading gets right. Floors, not targets."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
import yaml

from decisionworks.evaluation.score import LATER_FIELDS
from decisionworks.projects import (
    extract_constraints,
    known_values,
    load_constraint_catalogue,
    open_mandatory_fields,
    rank_questions,
)

CATALOGUE = load_constraint_catalogue()
ENGLISH_FLOOR = 0.95
HELD_OUT_FLOOR = 0.95
HELD_OUT_QUESTION_FLOOR = 0.9
MOST_NEEDLESS_QUESTIONS = 6
OTHER_FLOOR = 0.85
QUESTION_FLOOR = 0.9
# What a fact of the text may add beyond the list of a scenario, for a scenario.
MOST_EXTRA_FIELDS = 1


def scenarios(name: str = "scenarios_dev.yaml") -> list[dict[str, Any]]:
    raw = resources.files("decisionworks.evaluation").joinpath(name).read_text(encoding="utf-8")
    loaded: list[dict[str, Any]] = yaml.safe_load(raw)["scenarios"]
    return loaded


SCENARIOS = scenarios()
# Written by somebody who never saw the rules. Since the rules were widened after its first score, it is no longer
# unseen: its floors guard against loss, they prove nothing about new texts.
HELD_OUT = scenarios("scenarios_held_out.yaml")


def is_right(field: str, expected: object, found: object) -> bool:
    if found is None:
        return False
    if field == "use_case_summary":
        return bool(found)
    if isinstance(expected, list):
        return sorted(expected) == sorted(found if isinstance(found, list) else [str(found)])
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return isinstance(found, int | float) and abs(expected - found) <= 0.1 * abs(expected)
    return expected == found


def found_in(scenario: dict[str, Any]) -> dict[str, Any]:
    read = extract_constraints(scenario["request"], data=None, on_missing="ask", catalogue=CATALOGUE)
    return dict(known_values(read.constraints))


def share_right(scenario: dict[str, Any]) -> float:
    expected, found = scenario["expected_constraints"], found_in(scenario)
    return sum(is_right(field, value, found.get(field)) for field, value in expected.items()) / len(expected)


@pytest.mark.parametrize(("is_english", "floor"), [(True, ENGLISH_FLOOR), (False, OTHER_FLOOR)])
def test_the_average_share_of_expected_fields_holds_its_floor(is_english: bool, floor: float) -> None:
    shares = [share_right(one) for one in SCENARIOS if (one["language"] == "en") is is_english]

    assert shares
    assert sum(shares) / len(shares) >= floor


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one["id"])
def test_no_scenario_is_filled_with_inventions(scenario: dict[str, Any]) -> None:
    extra = set(found_in(scenario)) - set(scenario["expected_constraints"]) - LATER_FIELDS

    if "gdpr" in scenario["expected_constraints"].get("compliance", ()):
        # A law about personal data names them too.
        extra.discard("data_sensitivity")

    assert len(extra) <= MOST_EXTRA_FIELDS, extra
    assert "compliance" not in extra


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one["id"])
def test_every_value_shows_the_words_it_came_from(scenario: dict[str, Any]) -> None:
    request = scenario["request"]

    read = extract_constraints(request, data=None, on_missing="ask", catalogue=CATALOGUE)

    for name, value in read.constraints.items():
        if value.is_known:
            assert value.span is not None, name
            assert request[value.span.start : value.span.end] == value.span.text
            assert 0 < value.confidence <= 1
            assert value.state == "stated" or value.reason, name


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one["id"])
def test_the_language_and_the_findings_of_each_scenario_are_seen(scenario: dict[str, Any]) -> None:
    read = extract_constraints(scenario["request"], data=None, on_missing="ask", catalogue=CATALOGUE)

    assert read.language == scenario["language"]
    assert bool(read.untrusted_instructions) is bool(scenario.get("request_findings", {}).get("injection"))
    assert read.contradictions == ()


def test_expected_questions_are_asked_and_none_for_a_known_field() -> None:
    wanted = asked_of_wanted = 0

    for scenario in SCENARIOS:
        read = extract_constraints(scenario["request"], data=None, on_missing="ask", catalogue=CATALOGUE)
        asked = [str(q["field"]) for q in rank_questions(read.constraints, catalogue=CATALOGUE, language=read.language)]
        wanted += len(scenario["expected_questions"])
        asked_of_wanted += len(set(asked) & set(scenario["expected_questions"]))

        assert not set(asked) & set(known_values(read.constraints))
        assert len(asked) <= 8

    assert asked_of_wanted / wanted >= QUESTION_FLOOR


@pytest.mark.parametrize("language", sorted({one["language"] for one in HELD_OUT}))
def test_the_held_out_texts_of_each_language_hold_their_floor(language: str) -> None:
    texts = [one for one in HELD_OUT if one["language"] == language]
    expected = [(found_in(one), name, value) for one in texts for name, value in one["expected_constraints"].items()]

    right = sum(is_right(name, value, found.get(name)) for found, name, value in expected)

    assert len(texts) >= 5
    assert right / len(expected) >= HELD_OUT_FLOOR


def test_the_held_out_texts_are_asked_about_what_they_leave_open() -> None:
    wanted = asked_of_wanted = needless = 0

    for scenario in HELD_OUT:
        read = extract_constraints(scenario["request"], data=None, on_missing="ask", catalogue=CATALOGUE)
        asked = {str(q["field"]) for q in rank_questions(read.constraints, catalogue=CATALOGUE, language=read.language)}
        wanted += len(scenario["expected_questions"])
        asked_of_wanted += len(asked & set(scenario["expected_questions"]))
        needless += len(asked & set(scenario["expected_constraints"]))

    assert asked_of_wanted / wanted >= HELD_OUT_QUESTION_FLOOR
    assert needless <= MOST_NEEDLESS_QUESTIONS


def test_almost_nothing_said_leaves_almost_everything_open() -> None:
    read = extract_constraints(
        "We want to use AI to serve our customers better. What would it cost and how long does it take?",
        data=None,
        on_missing="ask",
        catalogue=CATALOGUE,
    )

    assert set(known_values(read.constraints)) == {"use_case_summary"}
    mandatory = [field.name for field in CATALOGUE.fields if field.mandatory]
    assert open_mandatory_fields(read.constraints, catalogue=CATALOGUE) == [
        n for n in mandatory if n != "use_case_summary"
    ]
