"""The words of the intake's questions, in the languages we have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.conditions import check_condition

LANGUAGES: tuple[str, ...] = ("en", "de", "fr", "es", "pt", "ja")


class Relevance(BaseModel):
    """What makes a question more or less likely to be an expert's than its field alone says; in log-odds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    bonus: float
    when: dict[str, object]


class QuestionWords(BaseModel):
    """Everything that the packaged question file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suggested_numbers: dict[str, list[int | float]]
    suggested_words: dict[str, list[str]]
    asking: dict[str, float]
    relevance: list[Relevance]
    why: dict[str, dict[str, str]]
    effects: dict[str, dict[str, str]]


@cache
def question_words() -> QuestionWords:
    """The packaged words and weights of questions."""
    words = QuestionWords.model_validate(yaml.safe_load(_read("questions.yaml")))
    for rule in words.relevance:
        check_condition(rule.when)
    return words


@cache
def translated_questions(language: str) -> Mapping[str, str]:
    """Question texts by field in a language; empty where the catalogue's English has to do."""
    if language == "en" or language not in LANGUAGES:
        return {}
    loaded: dict[str, str] = yaml.safe_load(_read(f"question_texts.{language}.yaml"))
    return loaded


def _read(name: str) -> str:
    return resources.files("decisionworks.projects").joinpath(name).read_text(encoding="utf-8")
