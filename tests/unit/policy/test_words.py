"""Children are found in plain words, and in nothing that only sounds like them."""

from __future__ import annotations

import pytest

from decisionworks.policy.words import names_minors, words_of


@pytest.mark.parametrize("text", ["reading tests of pupils", "Noten der Schüler", "enfants", "alumnos menores", "児童"])
def test_children_are_found(text):
    assert names_minors(text)


@pytest.mark.parametrize("text", ["a minor change", "childless couples", "students of our university", "Kindle"])
def test_words_close_to_children_are_not(text):
    assert not names_minors(text)


def test_words_are_the_summary_and_the_quotes():
    constraints = {
        "use_case_summary": {"value": "scores", "span": None},
        "team_size": {"value": 3, "span": {"start": 0, "end": 1, "text": "three of us"}},
        "broken": "x",
    }

    assert words_of(constraints) == "scores\nthree of us"
