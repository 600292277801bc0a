"""Decision sets: ask, read, list, revise, compare."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from decisionworks import decisions
from decisionworks.decisions import Status
from decisionworks_api.bodies import NewDecisionSet, Revision
from decisionworks_api.compare import change_summary_between
from decisionworks_api.dependencies import Parts, Reader, Writer, decision_set_transaction, project_named
from decisionworks_api.documents import document, summary
from decisionworks_api.errors import bad_parameter
from decisionworks_api.intake import checked_metadata, checked_request, idempotency, ready_to_read
from decisionworks_api.pages import MOST_ITEMS, cursor_id, page

router = APIRouter(tags=["decision sets"])
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key")]


@router.post("/projects/{project_id}/decision-sets", status_code=202)
async def request_plan(
    *,
    project_id: str,
    body: NewDecisionSet,
    response: Response,
    services: Parts,
    actor: Writer,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Ask for a plan; the same Idempotency-Key and body again is the same decision set."""
    wanted = await project_named(services, actor, project_id)
    checked = checked_request(body.request, body.constraints)
    metadata = checked_metadata(body.metadata)
    key = idempotency(actor, idempotency_key, what="decision-sets", body=body.model_dump(mode="json"))
    async with services.database.project_transaction(wanted) as tx:
        made = await decisions.request_plan(
            tx,
            project_id=wanted,
            actor=actor,
            request=checked.text,
            constraints=checked.constraints,
            parent_id=body.parent_id,
            metadata=metadata,
            on_missing=body.on_missing,
            idempotency=key,
        )
        answer = await document(tx, made)
        services.wake_workers()
    services.places.put(made.id, wanted)
    services.ring_workers()
    services.ring_events(made.id)
    response.headers["Location"] = answer["links"]["self"]
    response.headers["ETag"] = f'"{made.version}"'
    return answer


@router.get("/projects/{project_id}/decision-sets")
async def list_decision_sets(
    *,
    project_id: str,
    services: Parts,
    actor: Reader,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 50,
    status: str | None = None,
) -> dict[str, Any]:
    """A project's decision sets, newest first."""
    before, wanted_status = cursor_id(cursor), _status(status)
    wanted = await project_named(services, actor, project_id)
    async with services.database.project_transaction(wanted) as tx:
        found, following = await decisions.list_newest(
            tx, project_id=wanted, before=before, limit=limit, status=wanted_status
        )
    return page([summary(one) for one in found], following)


@router.get("/decision-sets/{decision_set_id}")
async def show_decision_set(
    decision_set_id: str, request: Request, response: Response, services: Parts, actor: Reader
) -> Any:
    """The whole decision set; its ETag is its version."""
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        found = await decisions.load(tx, wanted)
        answer = await document(tx, found)
    tag = f'"{found.version}"'
    if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return answer


@router.post("/decision-sets/{decision_set_id}/revise", status_code=202)
async def revise(
    *,
    decision_set_id: str,
    body: Revision,
    response: Response,
    services: Parts,
    actor: Writer,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Plan again with changed constraints, as a new decision set in the same line."""
    await ready_to_read(body.message)
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        parent = await decisions.load(tx, wanted)
        key = _revision_key(actor, idempotency_key, body, parent.id)
        made = await decisions.revise(
            tx, parent, actor=actor, constraints=body.constraints or {}, message=body.message, idempotency=key
        )
        answer = await document(tx, made)
        services.wake_workers()
    services.places.put(made.id, made.project_id)
    services.ring_workers()
    services.ring_events(made.id)
    response.headers["Location"] = answer["links"]["self"]
    return answer


@router.get("/decision-sets/{decision_set_id}/diff")
async def show_diff(decision_set_id: str, services: Parts, actor: Reader, against: str | None = None) -> dict[str, Any]:
    """What changed against another decision set; by default against the parent."""
    return await change_summary_between(services, actor, decision_set_id, against=against)


def _status(status: str | None) -> Status | None:
    if status is None:
        return None
    try:
        return Status(status)
    except ValueError as error:
        raise bad_parameter(
            "status", f"{status[:40]!r} is not one of ours", remedy=f"use one of: {', '.join(Status)}"
        ) from error


def _revision_key(actor: Any, key: str | None, body: Revision, parent_id: object) -> Any:
    if key is None:
        return None
    decisions_body = body.model_dump(mode="json") | {"parent": str(parent_id)}
    return idempotency(actor, key, what="revise", body=decisions_body)
