"""The queue and its workers, for operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from decisionworks import decisions, jobs
from decisionworks.decisions import instant
from decisionworks.registry import Actor, AdministratorNeeded
from decisionworks_api.dependencies import Parts, Reader, Writer
from decisionworks_api.errors import NoSuchJob
from decisionworks_api.pages import MOST_ITEMS, cursor_id, page

router = APIRouter(tags=["operations"])
JobState = Literal["scheduled", "ready", "running", "parked", "succeeded", "failed", "cancelled", "quarantined"]


@router.get("/jobs")
async def list_jobs(
    services: Parts,
    actor: Reader,
    state: JobState | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 50,
) -> dict[str, Any]:
    """Live and finished jobs, newest first; administrators only."""
    require_administrator(actor, "see the queue")
    before = cursor_id(cursor)
    async with services.database.system_transaction() as tx:
        found = await jobs.list_jobs(tx, state=state, limit=limit + 1, before=before)
    following = UUID(str(found[limit - 1]["id"])) if len(found) > limit else None
    return page([_plain(job) for job in found[:limit]], following)


@router.get("/jobs/{job_id}")
async def show_job(job_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """One job with its attempts."""
    require_administrator(actor, "see the queue")
    wanted = _job_id(job_id)
    async with services.database.system_transaction() as tx:
        return _plain(await jobs.get_job(tx, wanted))


@router.get("/stats")
async def stats(services: Parts, actor: Reader) -> dict[str, Any]:
    """Depth and age of the queue, workers, outcomes of the last hour."""
    require_administrator(actor, "see the queue")
    async with services.database.system_transaction() as tx:
        return _plain(await jobs.queue_stats(tx))


@router.post("/jobs/{job_id}/replay")
async def replay_job(job_id: str, services: Parts, actor: Writer) -> dict[str, Any]:
    """Let a job in quarantine wait for a worker again.

    The run of a decision set has told its end; replaying it asks the same again, as a new decision set in its line.
    """
    require_administrator(actor, "replay jobs")
    wanted = _job_id(job_id)
    async with services.database.system_transaction() as tx:
        found = await jobs.get_job(tx, wanted)
        if found["kind"] != decisions.JOB_KIND:
            await jobs.replay(tx, wanted)
    made = None
    if found["kind"] == decisions.JOB_KIND:
        if found["state"] != "quarantined":
            raise jobs.NotInQuarantine(wanted, found["state"])
        async with services.database.project_transaction(found["project_id"]) as tx:
            parent = await decisions.load(tx, found["subject_id"])
            key = decisions.Idempotency(actor.id, f"replay {wanted}", "")
            made = await decisions.ask_again(tx, parent, actor=actor, reason="replayed", idempotency=key)
        async with services.database.system_transaction() as tx:
            await jobs.discard(tx, wanted)
    services.ring_workers(found["queue"])
    return {"id": str(wanted), "decision_set_id": None if made is None else str(made.id)}


@router.post("/jobs/{job_id}/discard")
async def discard_job(job_id: str, services: Parts, actor: Writer) -> dict[str, Any]:
    """Give a job in quarantine up: it counts as failed."""
    require_administrator(actor, "discard jobs")
    wanted = _job_id(job_id)
    async with services.database.system_transaction() as tx:
        await jobs.discard(tx, wanted)
        return _plain(await jobs.get_job(tx, wanted))


def _job_id(job_id: str) -> UUID:
    try:
        return UUID(job_id)
    except ValueError as error:
        raise NoSuchJob(job_id) from error


def require_administrator(actor: Actor, what: str) -> None:
    """Refuse anybody else.

    Raises: AdministratorNeeded.
    """
    if not actor.is_administrator:
        raise AdministratorNeeded(f"only an administrator may {what}")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return instant(value)
        case UUID():
            return str(value)
        case list():
            return [_value(one) for one in value]
        case dict():
            return _plain(value)
        case _:
            return value
