"""The queue and its workers, for operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from decisionworks import jobs
from decisionworks.decisions import instant
from decisionworks.registry import Actor, AdministratorNeeded
from decisionworks_api.dependencies import Parts, Reader
from decisionworks_api.errors import NoSuchJob
from decisionworks_api.pages import MOST_ITEMS, cursor_id, page

router = APIRouter(tags=["operations"])
JobState = Literal["ready", "running", "parked", "succeeded", "failed", "cancelled", "quarantined"]


@router.get("/jobs")
async def list_jobs(
    services: Parts,
    actor: Reader,
    state: JobState | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 50,
) -> dict[str, Any]:
    """Live and finished jobs, newest first; administrators only."""
    _require_administrator(actor)
    before = cursor_id(cursor)
    async with services.database.system_transaction() as tx:
        found = await jobs.list_jobs(tx, state=state, limit=limit + 1, before=before)
    following = UUID(str(found[limit - 1]["id"])) if len(found) > limit else None
    return page([_plain(job) for job in found[:limit]], following)


@router.get("/jobs/{job_id}")
async def show_job(job_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """One job with its attempts."""
    _require_administrator(actor)
    try:
        wanted = UUID(job_id)
    except ValueError as error:
        raise NoSuchJob(job_id) from error
    async with services.database.system_transaction() as tx:
        return _plain(await jobs.get_job(tx, wanted))


@router.get("/stats")
async def stats(services: Parts, actor: Reader) -> dict[str, Any]:
    """Depth and age of the queue, workers, outcomes of the last hour."""
    _require_administrator(actor)
    async with services.database.system_transaction() as tx:
        return _plain(await jobs.queue_stats(tx))


def _require_administrator(actor: Actor) -> None:
    if not actor.is_administrator:
        raise AdministratorNeeded("only an administrator may see the queue")


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
