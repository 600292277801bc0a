"""Gates: answer, approve, reject, cancel."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from decisionworks import decisions, gates
from decisionworks.decisions import DecisionSet, Status
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.projects import extract_answers_from_message, load_constraint_catalogue, told_otherwise
from decisionworks_api.bodies import Answers, Decision, NoBody
from decisionworks_api.dependencies import Parts, Writer, decision_set_transaction
from decisionworks_api.documents import document
from decisionworks_api.intake import ready_to_read

router = APIRouter(prefix="/decision-sets/{decision_set_id}", tags=["gates"])


@router.post("/answers")
async def answer(decision_set_id: str, body: Answers, services: Parts, actor: Writer) -> dict[str, Any]:
    """Answer the intake's questions; the run goes on."""
    await ready_to_read(body.message)
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        answers: dict[str, Any] = body.answers or {}
        if body.message is not None:
            found = await decisions.load(tx, wanted)
            # Words are looked at only where they are waited for; elsewhere the gate says that they are not.
            said = answers_in(found, body.message) if found.status is Status.NEEDS_INPUT else {}
            _refuse_two_answers(answers, said)
            answers = said | answers
        changed = await gates.answer_questions(tx, wanted, answers, actor=actor)
        shown = await document(tx, changed)
        services.wake_workers()
    services.ring_workers()
    return shown


@router.post("/approve")
async def approve(
    decision_set_id: str, response: Response, services: Parts, actor: Writer, body: Decision | None = None
) -> dict[str, Any]:
    """Let exactly the plan at the gate be built."""
    given = body or Decision()
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        changed = await gates.approve(
            tx, wanted, actor=actor, version=given.version, plan_hash=given.plan_hash, comment=given.comment
        )
        shown = await document(tx, changed)
        services.wake_workers()
    services.ring_workers()
    services.ring_events(changed.id)
    response.headers["ETag"] = f'"{changed.version}"'
    return shown


@router.post("/reject")
async def reject(
    decision_set_id: str, response: Response, services: Parts, actor: Writer, body: Decision | None = None
) -> dict[str, Any]:
    """Turn the plan at the gate down; the decision set ends."""
    given = body or Decision()
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        changed = await gates.reject(
            tx, wanted, actor=actor, version=given.version, plan_hash=given.plan_hash, comment=given.comment
        )
        shown = await document(tx, changed)
    services.ring_events(changed.id)
    response.headers["ETag"] = f'"{changed.version}"'
    return shown


@router.post("/cancel")
async def cancel(
    decision_set_id: str, response: Response, services: Parts, actor: Writer, body: NoBody | None = None
) -> dict[str, Any]:
    """End the run: at once while it waits, soon (202) while a worker is on it."""
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        changed = await gates.cancel(tx, wanted, actor=actor)
        shown = await document(tx, changed)
    services.ring_cancel()
    services.ring_events(changed.id)
    response.status_code = 200 if changed.is_finished else 202
    return shown


def _refuse_two_answers(answers: dict[str, Any], said: dict[str, Any]) -> None:
    """A field that is answered in words and in figures has to be answered alike.

    Raises: Invalid.
    """
    differing = told_otherwise(answers, said, catalogue=load_constraint_catalogue())
    if differing:
        problems = tuple(
            FieldProblem(
                pointer=f"/answers/{name}",
                detail=f"the message says {value}",
                remedy="say one of the two, or both alike",
            )
            for name, value in sorted(differing.items())
        )
        raise Invalid(f"answers and message disagree about {', '.join(sorted(differing))}", problems=problems)


def answers_in(decision_set: DecisionSet, message: str) -> dict[str, Any]:
    """The answers to open questions that a message holds.

    Raises: Invalid, it answers none of them.
    """
    found = dict(extract_answers_from_message(message, decision_set.questions, catalogue=load_constraint_catalogue()))
    if not found and decision_set.questions:
        asked = ", ".join(str(question["field"]) for question in decision_set.questions[:3])
        detail = "answers none of the open questions"
        problem = FieldProblem(pointer="/message", detail=detail, remedy=f"say something about {asked}")
        raise Invalid(f"the message {detail}", problems=(problem,))
    return found
