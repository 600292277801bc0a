"""Ids, canonical JSON and settings."""

from __future__ import annotations

import math

import pytest

from decisionworks.kit.canonical import canonical_json, digest_of
from decisionworks.kit.errors import Invalid
from decisionworks.kit.ids import new_id
from decisionworks.kit.settings import Settings, read_settings, variable_of


def test_ids_are_version_seven_and_ordered_by_time() -> None:
    made = [new_id() for _ in range(500)]

    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)
    assert len(set(made)) == 500


def test_equal_values_have_one_text_and_one_digest() -> None:
    assert canonical_json({"b": 1, "a": ["é", None]}) == '{"a":["é",null],"b":1}'
    assert digest_of({"x": 1, "y": 2}) == digest_of({"y": 2, "x": 1})
    assert digest_of({"x": 1}) != digest_of({"x": "1"})


def test_what_json_cannot_say_has_no_digest() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(math.nan)


def test_a_setting_that_is_missing_is_said_to_be_not_set() -> None:
    with pytest.raises(Invalid, match="DATABASE_URL: is not set"):
        read_settings({})


def test_settings_come_from_the_environment_and_from_the_caller_first() -> None:
    environment = {"DATABASE_URL": "postgresql://here", "DECISIONWORKS_PORT": "9000", "OTHER": "x"}

    settings = read_settings(environment, port=9001)

    assert (settings.database_url, settings.port) == ("postgresql://here", 9001)


@pytest.mark.parametrize(
    ("name", "value"),
    [("DECISIONWORKS_PORT", "high"), ("DECISIONWORKS_WORKER_SLOTS", "0"), ("DECISIONWORKS_LOG_FORMAT", "xml")],
)
def test_a_wrong_setting_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(Invalid, match=name) as refused:
        read_settings({"DATABASE_URL": "postgresql://here", name: value})

    assert refused.value.problems[0].pointer == name
    assert refused.value.problems[0].remedy


def test_every_setting_says_what_it_is_for() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, variable_of(name)
