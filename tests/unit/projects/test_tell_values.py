"""Values of fields are said as people say them, and only whole values are."""

from __future__ import annotations

import pytest

from decisionworks.projects import load_constraint_catalogue
from decisionworks.projects.tell_values import as_sentence, in_words, tell_value


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("team_size", 1, "a team of one"),
        ("team_size", 12, "a team of 12"),
        ("compliance", ["gdpr", "sr_11_7"], "GDPR and SR 11-7"),
        ("data_velocity", "streaming", "streamed data"),
        ("inference_mode", ["streaming"], "scores on a stream"),
        ("explainability_required", True, "the duty to explain decisions"),
        ("throughput_rps_peak", 1500, "1,500 requests/s at peak"),
    ],
)
def test_a_value_is_told_as_a_phrase(field: str, value: object, told: str) -> None:
    assert tell_value(field, value) == told


def test_every_choice_of_the_catalogue_is_told_without_an_underscore() -> None:
    fields = [field for field in load_constraint_catalogue().fields if field.enum]

    told = {tell_value(field.name, value) for field in fields for value in field.enum}

    assert told
    assert not [one for one in told if "_" in one]


def test_only_a_whole_value_is_replaced_in_a_sentence() -> None:
    values = {"team_size": 1, "data_volume_gb": 1.5}

    assert in_words("team_size = 1: one person", values) == "a team of one: one person"
    assert in_words("team_size = 12 and data_volume_gb = 1.5", values) == "team_size = 12 and 1.5 GB of data"
    assert as_sentence("a team of one") == "A team of one."
