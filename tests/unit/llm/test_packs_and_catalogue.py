"""Prompt packs are known by their content, and the models in settings are checked before work begins."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
from pydantic import BaseModel

from decisionworks.graphs.codegen.write_with_models import code_pack
from decisionworks.graphs.planning import answers
from decisionworks.graphs.planning.packs import planning_pack
from decisionworks.kit.settings import read_settings
from decisionworks.llm import InvalidModels, OfflineProvider, Usage, open_desk
from decisionworks.llm.code_model import WrittenFiles
from decisionworks.llm.model_catalogue import ending, load_model_catalogue
from decisionworks.llm.prompt_pack import schema_text
from decisionworks.llm.vendors import claude_code

SHAPES = {
    "extract": answers.Readings,
    "question": answers.PutQuestions,
    "critic": answers.Findings,
    "plan-argument": answers.Argument,
    "codegen": WrittenFiles,
}
RULES = OfflineProvider({})
ANSWERING = "anthropic/claude-sonnet-5-5"


@pytest.mark.parametrize("task", SHAPES)
def test_a_packs_schema_says_what_its_answers_must_be(task: str) -> None:
    shape: type[BaseModel] = SHAPES[task]
    graph = "codegen" if task == "codegen" else "planning"
    file = resources.files(f"decisionworks.graphs.{graph}").joinpath("prompts", task, "schema.json")

    assert file.read_text(encoding="utf-8") == schema_text(shape)


@pytest.mark.parametrize("task", SHAPES)
def test_a_packs_examples_are_answers_of_its_own_schema(task: str) -> None:
    pack = code_pack() if task == "codegen" else planning_pack(task)

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


KEY = {"DATABASE_URL": "postgresql://x", "DECISIONWORKS_ANTHROPIC_API_KEY": "k" * 20}
IN_A_TREE = "claude-code/claude-sonnet-5-5"


@pytest.mark.parametrize(("obstacle", "label"), [("no SDK", ANSWERING), (None, f"{IN_A_TREE},{ANSWERING}")])
def test_claude_code_writes_code_where_it_can_run_and_else_a_model_that_answers_does(
    monkeypatch: pytest.MonkeyPatch, obstacle: str | None, label: str
) -> None:
    monkeypatch.setattr(claude_code, "why_not_here", lambda: obstacle)

    desk = open_desk(read_settings(KEY), offline=RULES)

    assert desk.label("codegen") == f"{label},offline"
    if obstacle is not None:
        with pytest.raises(InvalidModels, match=obstacle):
            open_desk(read_settings(KEY, models_codegen=IN_A_TREE), offline=RULES)


def test_claude_code_answers_no_questions() -> None:
    with pytest.raises(InvalidModels, match="cannot answer critic"):
        open_desk(read_settings(KEY, models_critic=IN_A_TREE), offline=RULES)


@pytest.mark.parametrize(
    ("today", "said"), [("2026-11-26", "in 4 days"), ("2026-12-01", "ended on"), ("2026-01-01", "")]
)
def test_a_model_that_ends_soon_is_warned_of(today: str, said: str) -> None:
    card = load_model_catalogue().get("anthropic/claude-sonnet-4-5", is_own_server=False)

    warning = ending(card, today=date.fromisoformat(today))

    assert said in warning if said else warning is None


def test_a_long_prompt_is_priced_as_the_vendor_prices_it() -> None:
    card = load_model_catalogue().get("anthropic/claude-haiku-5-5", is_own_server=False)
    short, long = Usage(input_tokens=100_000), Usage(input_tokens=60_000, cache_read_tokens=60_000)

    costs = [card.cost_of(short), card.cost_of(long), card.cost_of(long, requests=2)]

    assert costs == pytest.approx([0.01, 0.033, 0.0066])


def test_the_models_that_are_asked_by_default_have_prices_that_were_compared() -> None:
    catalogue = load_model_catalogue()

    chosen = {label for labels in catalogue.defaults.values() for label in labels}

    assert [label for label in chosen if catalogue.get(label, is_own_server=False).checked == "unverified"] == []
