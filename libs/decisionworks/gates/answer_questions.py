"""A person answers the intake's questions."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from decisionworks import jobs
from decisionworks.decisions import DecisionSet, Status, load, update
from decisionworks.gates.deciding import locked_at_gate
from decisionworks.gates.store import close_gate
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.projects import apply_answers, constraints_from_json, known_values, load_constraint_catalogue
from decisionworks.registry import Actor


async def answer_questions(
    tx: Tx, decision_set_id: UUID, answers: Mapping[str, object], *, actor: Actor
) -> DecisionSet:
    """Close the questions gate with checked answers and wake its job.

    Raises: NotAtGate; Invalid with a pointer for each bad answer, and then the gate stays open.
    """
    await jobs.wake(tx, subject_id=decision_set_id)
    decision_set, gate = await locked_at_gate(tx, decision_set_id, kind="questions")
    checked = _checked(decision_set, answers)
    await close_gate(tx, gate.id, state="answered", answer={"answers": checked, "by": actor.name})
    await update(tx, decision_set_id, expected_version=decision_set.version, changes={"status": Status.INTAKE.value})
    return await load(tx, decision_set_id)


def _checked(decision_set: DecisionSet, given: Mapping[str, object]) -> dict[str, object]:
    """The answers as plain values; a field that was left empty is no answer."""
    answers = {name: value for name, value in given.items() if value is not None}
    if not answers:
        raise Invalid(
            "no answers given",
            problems=(FieldProblem(pointer="/answers", detail="is empty", remedy="give at least one field and value"),),
        )
    before = constraints_from_json(decision_set.constraints)
    try:
        after = apply_answers(before, answers, catalogue=load_constraint_catalogue())
    except Invalid as error:
        problems = tuple(_in_answers(problem) for problem in error.problems)
        message = error.message.replace("constraints: ", "").replace("/constraints/", "/answers/")
        raise Invalid(message, problems=problems, remedy=error.remedy) from error
    known = known_values(after)
    return {name: known[name] for name in answers if name in known}


def _in_answers(problem: FieldProblem) -> FieldProblem:
    pointer = problem.pointer.replace("/constraints", "/answers", 1)
    return FieldProblem(pointer=pointer, detail=problem.detail, remedy=problem.remedy)
