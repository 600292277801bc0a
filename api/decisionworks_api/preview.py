"""Previews: what callers send becomes questions to the planner processes, and their answers a comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from decisionworks import decisions
from decisionworks.decisions import DecisionSet, DecisionSetNotFound
from decisionworks.decisions.documents import summary_of
from decisionworks.decisions.thresholds import terms_in_force
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.previews import compare_previews, terms_to_json
from decisionworks.registry import Actor
from decisionworks_api.bodies import PlanPreview, Variant
from decisionworks_api.dependencies import decision_set_transaction
from decisionworks_api.documents import document
from decisionworks_api.intake import checked_request
from decisionworks_api.services import Services

BASE = "base"
Json = dict[str, Any]


async def preview(services: Services, actor: Actor, project_id: UUID, body: PlanPreview) -> Json:
    """One preview, or several beside each other; a base with a plan is what they are compared with.

    Raises: DecisionSetNotFound; Invalid; PlannerBusy, PreviewTimedOut, PlannerFailed.
    """
    base, shown_base = await _base(services, actor, project_id, body.base_decision_set_id)
    terms = await _terms(services, project_id, body.base_decision_set_id)
    if body.variants is None:
        single = await _ask(services, _question(body, base, {}) | terms, among=1)
        return {**single, "summary": summary_of(single), "comparison": _comparison(shown_base, [("preview", single)])}
    questions = [_question_of(number, variant, body, base) | terms for number, variant in enumerate(body.variants)]
    asked = (_ask(services, question, among=len(questions)) for question in questions)
    # All of them are awaited even when one fails: leaving one behind would end its process in the middle.
    found = await asyncio.gather(*asked, return_exceptions=True)
    answered = [(variant.name, _or_raise(one)) for variant, one in zip(body.variants, found, strict=True)]
    return {
        "variants": [{"name": name, **found} for name, found in answered],
        "comparison": _comparison(shown_base, answered),
    }


async def _base(
    services: Services, actor: Actor, project_id: UUID, wanted: UUID | None
) -> tuple[DecisionSet | None, Json | None]:
    if wanted is None:
        return None, None
    async with decision_set_transaction(services, actor, str(wanted)) as (tx, found):
        base = await decisions.load(tx, found)
        if base.project_id != project_id:
            raise DecisionSetNotFound(wanted)
        return base, await document(tx, base)


async def _terms(services: Services, project_id: UUID, base_id: UUID | None) -> Json:
    """The waivers and thresholds that a run of the project, or a revision of the base, would be judged under."""
    async with services.database.project_transaction(project_id) as tx:
        return {"terms": terms_to_json(await terms_in_force(tx, base_id))}


def _question_of(number: int, variant: Variant, body: PlanPreview, base: DecisionSet | None) -> Json:
    """The question for one variant; what is wrong in it is pointed at where the caller wrote it."""
    try:
        return _question(body, base, variant.constraints)
    except Invalid as error:
        problems = tuple(
            replace(one, pointer=f"/variants/{number}{one.pointer}") if _is_of(variant, one) else one
            for one in error.problems
        )
        raise type(error)(error.message, problems=problems, remedy=error.remedy) from error


def _is_of(variant: Variant, problem: FieldProblem) -> bool:
    parts = problem.pointer.split("/")
    return len(parts) > 2 and parts[1] == "constraints" and parts[2] in variant.constraints


def _question(body: PlanPreview, base: DecisionSet | None, changes: Mapping[str, Any]) -> Json:
    """The same words and data that a request, or a revision of the base, would plan with."""
    given = {**(body.constraints or {}), **changes}
    if base is None:
        checked = checked_request(body.request, given)
        return {"request": checked.text, "given": dict(checked.constraints)}
    words = checked_request(body.request, given) if (body.request or "").strip() or given else None
    request, data = decisions.revised_request(
        base,
        constraints={} if words is None else words.constraints,
        message=None if words is None else words.text,
    )
    return {"request": request, "given": data}


async def _ask(services: Services, question: Json, *, among: int) -> Json:
    pool = services.planners
    return await pool.ask("preview", question, patience_s=pool.timeout_s * among)


def _or_raise(answer: Json | BaseException) -> Json:
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _comparison(base: Json | None, answered: list[tuple[str, Json]]) -> Json | None:
    if base is not None and base.get("plan"):
        return compare_previews(base, answered, against=BASE)
    if len(answered) < 2:
        return None
    return compare_previews(answered[0][1], answered, against=answered[0][0])
