"""A new decision set in the line of another."""

from __future__ import annotations

from decisionworks.decisions.errors import CannotRevise
from decisionworks.decisions.model import REVISABLE, DecisionSet, JsonObject, OnMissing
from decisionworks.decisions.request_plan import Idempotency, request_plan
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.projects import (
    ConstraintValue,
    ValueState,
    check_request_text,
    extract_constraints,
    load_constraint_catalogue,
    parse_given_constraints,
)
from decisionworks.registry import Actor

# What follows from another field, or is only the nearest of several, is read with less confidence than this.
_SAID = 0.7


async def revise(
    tx: Tx,
    parent: DecisionSet,
    *,
    actor: Actor,
    constraints: JsonObject,
    message: str | None,
    idempotency: Idempotency | None,
) -> DecisionSet:
    """Plan again with changed constraints; what was said, given or answered before still holds.

    A value in `constraints` wins over one found in the `message`, and both win over what the parent knew; None in
    them withdraws a field.
    Raises: CannotRevise, the parent is still in intake or being planned; InvalidConstraints; Invalid, nothing
    changes, or the words grow too long.
    """
    if parent.status not in REVISABLE:
        raise CannotRevise(
            f"the decision set is {parent.status.value}; it can be revised from its gate on",
            remedy="answer its questions, wait for its gate, or cancel it",
        )
    if not constraints and not (message or "").strip():
        raise Invalid(
            "a revision needs a change",
            problems=(FieldProblem(pointer="/constraints", detail="is empty", remedy="give constraints or a message"),),
        )
    request, given = revised_request(parent, constraints=constraints, message=message)
    if request != parent.request:
        check_request_text(request)
    return await request_plan(
        tx,
        project_id=parent.project_id,
        actor=actor,
        request=request,
        constraints=given,
        parent_id=parent.id,
        metadata=parent.metadata,
        on_missing=on_missing_of(parent),
        idempotency=idempotency,
    )


def revised_request(
    parent: DecisionSet, *, constraints: JsonObject, message: str | None
) -> tuple[str, dict[str, object]]:
    """The words and the constraint data that a revision of the parent would ask with.

    Raises: InvalidConstraints.
    """
    changes = _changes(constraints, message)
    return _request_of(parent, message, has_changes=bool(changes)), carried_over(parent) | changes


def _changes(constraints: JsonObject, message: str | None) -> dict[str, object]:
    catalogue = load_constraint_catalogue()
    given: dict[str, object] = dict(parse_given_constraints(constraints, catalogue=catalogue))
    if not message or not message.strip():
        return given
    found = extract_constraints(message, data=None, on_missing="assume", catalogue=catalogue).constraints
    said: dict[str, object] = {
        name: one.value for name, one in found.items() if _is_said(one) and name != "use_case_summary"
    }
    return {name: value for name, value in said.items() if value is not None} | given


def _is_said(one: ConstraintValue) -> bool:
    """Stated outright, or read from words of its own ("20 requests per second": average or peak?)."""
    if one.state is ValueState.STATED:
        return True
    return one.state is ValueState.INFERRED and one.span is not None and one.confidence >= _SAID


def carried_over(parent: DecisionSet) -> dict[str, object]:
    """What the parent got as data or as answers: stated, with no place in its text."""
    answered = {
        name: one["value"]
        for name, one in parent.constraints.items()
        if one.get("state") == "stated" and one.get("span") is None and one.get("value") is not None
    }
    return dict(parent.given_constraints) | answered


def _request_of(parent: DecisionSet, message: str | None, *, has_changes: bool) -> str:
    """A message whose facts were understood travels as constraints; one that was not becomes part of the words."""
    if has_changes or not message or not message.strip():
        return parent.request
    return f"{parent.request}\n\n{message.strip()}".strip()


def on_missing_of(parent: DecisionSet) -> OnMissing:
    """Once a plan was made nothing is asked again: data wins over the older words, and the difference is listed."""
    return "assume" if parent.plan is not None else parent.on_missing
