"""Forbidden uses and children are found in plain words, and in nothing that only sounds like them."""

from __future__ import annotations

import pytest

from decisionworks.policy.words import names_minors, prohibited_uses, words_of


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("a social scoring system for citizens", "social_scoring"),
        ("ein Sozialkredit-System für Bürger", "social_scoring"),
        ("detect the emotions of our employees on camera", "emotion_at_work"),
        ("emotion recognition of students in class", "emotion_at_work"),
        ("reconnaître les émotions des salariés", "emotion_at_work"),
        ("scrape facial images from the web", "face_scraping"),
        ("predict which residents will commit a burglary", "predictive_policing"),
        ("subliminal messages that make people buy", "subliminal"),
        ("infer the ethnicity of visitors from their photos", "biometric_categories"),
        ("市民の社会信用スコアを計算する", "social_scoring"),
    ],
)
def test_a_forbidden_use_is_found(text, use):
    assert prohibited_uses(text) == [use]


@pytest.mark.parametrize(
    "text",
    [
        "churn scores for our social media customers",
        "credit scoring of consumers in Germany",
        "sentiment of support tickets",
        "predict which machines will fail",
        "faces of clocks in product photos",
        "scores for the social team",
    ],
)
def test_what_only_sounds_like_it_is_left_alone(text):
    assert prohibited_uses(text) == []


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
