"""The conversational door: the same verbs, said in words."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from decisionworks import decisions, gates
from decisionworks.decisions import REVISABLE, DecisionSet, Status
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.projects import extract_answers_from_message, load_constraint_catalogue
from decisionworks.registry import Actor
from decisionworks_api.bodies import Chat
from decisionworks_api.dependencies import Parts, Writer, decision_set_transaction, project_named
from decisionworks_api.documents import ROOT
from decisionworks_api.intake import checked_request, ready_to_read

router = APIRouter(tags=["chat"])
_SHOWN_QUESTIONS = 3


@router.post("/chat")
async def chat(body: Chat, services: Parts, actor: Writer) -> dict[str, Any]:
    """Begin a decision set, answer its questions or revise it; answers at once, the work goes on behind it."""
    message = _last_message(body)
    if body.thread_id is None:
        found, said = await _begin(services, actor, body, message)
    else:
        await ready_to_read(message)
        async with decision_set_transaction(services, actor, body.thread_id) as (tx, wanted):
            found, said = await _reply(tx, await decisions.load(tx, wanted), message, actor)
            services.wake_workers()
    services.places.put(found.id, found.project_id)
    services.ring_workers()
    services.ring_events(found.id)
    messages = [one.model_dump() for one in body.messages] + [{"role": "assistant", "content": said}]
    return {"decision_set_id": str(found.id), "thread_id": str(found.id), "messages": messages}


async def _begin(services: Any, actor: Actor, body: Chat, message: str) -> tuple[DecisionSet, str]:
    project_id = await project_named(services, actor, body.project_id)
    words = "\n\n".join(one.content for one in body.messages if one.role == "user")
    checked = checked_request(words, None)
    async with services.database.project_transaction(project_id) as tx:
        made = await decisions.request_plan(
            tx, project_id=project_id, actor=actor, request=checked.text, constraints=checked.constraints
        )
    return made, (
        "I am reading your request: first I collect what you said about the problem, data, load, budget and rules, "
        f"then I plan. If something that matters is missing I will ask. Follow along at {ROOT}/streams/{made.id}."
    )


async def _reply(tx: Tx, found: DecisionSet, message: str, actor: Actor) -> tuple[DecisionSet, str]:
    if found.status is Status.NEEDS_INPUT:
        return await _answer(tx, found, message, actor)
    if found.status in REVISABLE:
        made = await decisions.revise(tx, found, actor=actor, constraints={}, message=message, idempotency=None)
        return made, (
            f"I am planning again with that change, as revision {made.revision}; the earlier plan stays as it is. "
            f"Follow along at {ROOT}/streams/{made.id}."
        )
    doing = "planning" if found.status is Status.PLANNING else "still reading your request"
    return found, (
        f"I am {doing}, so I have not used this message yet. "
        "Send it again when I ask a question or when the plan waits for your approval."
    )


async def _answer(tx: Tx, found: DecisionSet, message: str, actor: Actor) -> tuple[DecisionSet, str]:
    answers = dict(extract_answers_from_message(message, found.questions, catalogue=load_constraint_catalogue()))
    if not answers:
        return found, "I could not match that to an open question. " + _questions(found)
    changed = await gates.answer_questions(tx, found.id, answers, actor=actor)
    understood = ", ".join(f"{name} = {_shown(value)}" for name, value in sorted(answers.items()))
    return changed, f"Understood: {understood}. I go on from there."


def _questions(found: DecisionSet) -> str:
    texts = [str(question.get("text", question.get("field"))) for question in found.questions[:_SHOWN_QUESTIONS]]
    return "Open now: " + " ".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))


def _shown(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _last_message(body: Chat) -> str:
    last = body.messages[-1]
    place = f"/messages/{len(body.messages) - 1}"
    if last.role != "user":
        raise Invalid(
            "the last message must be the user's",
            problems=(FieldProblem(pointer=f"{place}/role", detail="must be user"),),
        )
    if not last.content.strip():
        raise Invalid("the message is empty", problems=(FieldProblem(pointer=f"{place}/content", detail="is empty"),))
    return last.content
