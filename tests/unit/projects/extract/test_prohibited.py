"""Uses that the law forbids are found in plain words, and in nothing that only sounds like them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from decisionworks.projects import extract_constraints, forbidden_uses_in, load_constraint_catalogue

TEXTS = Path(__file__).with_name("forbidden.yaml")


@cache
def texts() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(TEXTS.read_text("utf-8"))
    return loaded


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
def test_a_forbidden_use_is_found(text: str, use: str) -> None:
    assert forbidden_uses_in(text) == [use]


@pytest.mark.parametrize("use", sorted(texts()["forbidden"]))
def test_a_use_is_found_in_the_words_of_people_who_do_not_know_the_law(use: str) -> None:
    overlooked = [text for text in texts()["forbidden"][use] if use not in forbidden_uses_in(text)]

    assert overlooked == []


def test_what_only_sounds_like_a_forbidden_use_is_left_alone() -> None:
    needless = {text: found for text in texts()["allowed"] if (found := forbidden_uses_in(text))}

    assert len(texts()["allowed"]) >= 40
    assert needless == {}


def test_a_forbidden_use_is_shown_with_the_sentence_that_tells_it() -> None:
    text = "We run shops. Cameras show which cashiers look bored, for the manager. 300 dollars a month, AWS in Paris."

    found = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())

    [use] = found.forbidden_uses
    assert use.to_json() == {
        "use": "emotion_at_work",
        "span": {"start": 14, "end": 70, "text": "Cameras show which cashiers look bored, for the manager."},
    }
