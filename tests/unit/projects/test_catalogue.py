"""The packaged constraint catalogue, and constraints as JSON."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from decisionworks.projects import (
    InvalidCatalogue,
    InvalidConstraints,
    constraints_from_json,
    constraints_to_json,
    extract_constraints,
    load_constraint_catalogue,
    planning_values,
)
from decisionworks.projects.catalogue import parse_catalogue
from decisionworks.projects.question_texts import LANGUAGES, question_words, translated_questions

CATALOGUE = load_constraint_catalogue()


def test_the_version_is_the_digest_of_the_packaged_file() -> None:
    raw = resources.files("decisionworks.projects").joinpath("constraints.yaml").read_bytes()

    assert CATALOGUE.version == hashlib.sha256(raw).hexdigest()
    assert [field.name for field in CATALOGUE.fields] == list(CATALOGUE.by_name)


def test_every_number_field_has_a_range_and_every_enum_default_is_a_value() -> None:
    numbers = [field for field in CATALOGUE.fields if field.type in ("number", "integer")]

    assert [field.name for field in numbers if field.minimum is None or field.maximum is None] == []
    assert [field.name for field in CATALOGUE.fields if field.type == "enum" and not field.enum] == []


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"fields: [{", "cannot be read"),
        (b"fields: []\ntotal_weight: 1", "add up"),
        (
            b"total_weight: 1\nfields: [{name: a, type: number, group: g, mandatory: true, weight: 1, question: q,"
            b" applies_when: {field: b, op: exists}}]",
            "unknown fields",
        ),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(InvalidCatalogue, match=why):
        parse_catalogue(raw)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_question_is_translated(language: str) -> None:
    assert set(translated_questions(language)) == set(CATALOGUE.by_name)
    assert set(question_words().why) == set(LANGUAGES)
    assert set(question_words().effects) == set(LANGUAGES)


def test_question_words_speak_only_of_known_fields_and_groups() -> None:
    words = question_words()
    groups = {field.group for field in CATALOGUE.fields}

    assert set(words.suggested_numbers) | set(words.suggested_words) <= set(CATALOGUE.by_name)
    assert {rule.field for rule in words.relevance} <= set(CATALOGUE.by_name)
    assert all(groups | {"money"} == set(effects) for effects in words.effects.values())


def test_constraints_survive_the_way_through_json() -> None:
    found = extract_constraints(
        "Churn scores nightly, 500 dollars a month, in Ireland.", data=None, on_missing="ask", catalogue=CATALOGUE
    ).constraints

    assert constraints_from_json(constraints_to_json(found)) == found
    assert list(constraints_to_json(found)) == list(CATALOGUE.by_name)


def test_what_is_not_a_constraint_value_is_refused() -> None:
    with pytest.raises(InvalidConstraints, match="cloud"):
        constraints_from_json({"cloud": {"value": "aws", "state": "guessed"}})


def test_planning_values_fill_the_unsaid_with_defaults_and_leave_the_unknown_out() -> None:
    found = extract_constraints("", data={"cloud": "gcp"}, on_missing="assume", catalogue=CATALOGUE).constraints

    values = planning_values(found, catalogue=CATALOGUE)

    assert values["cloud"] == "gcp"
    assert values["data_volume_gb"] == 50
    assert "budget_usd_month" not in values
