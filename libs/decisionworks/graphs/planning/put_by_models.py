"""The open questions put by a model, in the language of the request; fields, options and order stay ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from decisionworks.decisions import DecisionSet
from decisionworks.graphs.planning.answers import PutQuestions
from decisionworks.graphs.planning.offline import QUESTION
from decisionworks.graphs.planning.packs import planning_pack
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.canonical import canonical_json
from decisionworks.llm import CallSite, StructuredAnswer, StructuredQuestion
from decisionworks.projects import detect_language

# Below this a text is too short to tell its language from.
_TELLING_CHARS = 60
_TELLABLE = frozenset({"en", "de", "fr", "es", "pt", "ja"})


async def put_by_models(
    tools: PlanningTools, row: DecisionSet, site: CallSite
) -> tuple[list[dict[str, Any]], StructuredAnswer | None]:
    """The questions with a model's wording where it has one, and who worded them; None where no model is asked."""
    questions = [dict(question) for question in row.questions]
    ladder = tools.desk.ladder(QUESTION)
    if ladder is None or not questions:
        return questions, None
    language = row.language or "en"
    asked = [{name: question[name] for name in ("field", "text", "why", "options")} for question in questions]
    answer = await ladder.answer(
        StructuredQuestion(
            task=QUESTION,
            material={},
            pack=planning_pack(QUESTION),
            shape=PutQuestions,
            trusted={"language": language, "questions": canonical_json(asked)},
            untrusted={"request": row.request},
            check=lambda found: wrong_questions(found, fields=[one["field"] for one in asked], language=language),
        ),
        site,
    )
    worded: Mapping[str, str] = {one["field"]: one["text"] for one in answer.content.get("questions", [])}
    return [{**one, "text": worded.get(str(one["field"]), one["text"])} for one in questions], answer


def wrong_questions(found: BaseModel, *, fields: Sequence[str], language: str) -> list[str]:
    """What keeps the wording from being used: other fields than ours, or another language than the user's."""
    assert isinstance(found, PutQuestions)  # noqa: S101 - the shape of the question
    problems = []
    named = [one.field for one in found.questions]
    if sorted(named) != sorted(fields):
        problems.append(f"the questions must be about exactly these fields: {', '.join(fields)}")
    text = " ".join(one.text for one in found.questions)
    if language in _TELLABLE and len(text) >= _TELLING_CHARS and detect_language(text) != language:
        problems.append(f"the questions must be in the language {language!r}")
    return problems
