"""Prompt packs are known by their content, and the models in settings are checked before work begins."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
from pydantic import BaseModel

from decisionworks.graphs.planning import answers
from decisionworks.graphs.planning.packs import planning_pack
from decisionworks.kit.settings import read_settings
from decisionworks.llm import InvalidModels, OfflineProvider, open_desk
from decisionworks.llm.model_catalogue import ending, load_model_catalogue
from decisionworks.llm.prompt_pack import schema_text

SHAPES = {
    "extract": answers.Readings,
    "question": answers.PutQuestions,
    "critic": answers.Findings,
    "plan-argument": answers.Argument,
}
RULES = OfflineProvider({})


@pytest.mark.parametrize("task", SHAPES)
def test_a_packs_schema_says_what_its_answers_must_be(task: str) -> None:
    shape: type[BaseModel] = SHAPES[task]
    file = resources.files("decisionworks.graphs.planning").joinpath("prompts", task, "schema.json")

    assert file.read_text(encoding="utf-8") == schema_text(shape)


@pytest.mark.parametrize("task", SHAPES)
def test_a_packs_examples_are_answers_of_its_own_schema(task: str) -> None:
    pack = planning_pack(task)

    for _, answered in pack.examples:
        SHAPES[task].model_validate_json(answered)

    assert pack.digest[:12] in pack.label


def test_without_keys_nobody_is_asked() -> None:
    desk = open_desk(read_settings({"DATABASE_URL": "postgresql://x"}), offline=RULES)

    assert (dict(desk.ladders), desk.lines) == ({}, ())


@pytest.mark.parametrize("models", ["anthropic/claude-9", "acme/model", "openai/gpt-6.1-sol"])
def test_a_model_that_is_not_there_or_has_no_key_ends_the_start(models: str) -> None:
    environment = {"DATABASE_URL": "postgresql://x", "DECISIONWORKS_ANTHROPIC_API_KEY": "k" * 20}

    with pytest.raises(InvalidModels):
        open_desk(read_settings(environment, models_extract=models), offline=RULES)


@pytest.mark.parametrize(
    ("today", "said"), [("2026-11-26", "in 4 days"), ("2026-12-01", "ended on"), ("2026-01-01", "")]
)
def test_a_model_that_ends_soon_is_warned_of(today: str, said: str) -> None:
    card = load_model_catalogue().get("anthropic/claude-sonnet-4-5", is_own_server=False)

    warning = ending(card, today=date.fromisoformat(today))

    assert said in warning if said else warning is None
