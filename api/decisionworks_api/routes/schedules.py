"""What is handed in at set times, and how much of a project runs at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from decisionworks import decisions, jobs
from decisionworks.decisions import REPLAN_KIND, DecisionSetNotFound, instant
from decisionworks.jobs import TASK_QUEUE, Schedule
from decisionworks_api.bodies import NewLimit, NewSchedule
from decisionworks_api.dependencies import Parts, Reader, Writer, placed, project_named
from decisionworks_api.routes.jobs import require_administrator

router = APIRouter(prefix="/projects/{project_id}", tags=["operations"])


@router.get("/schedules")
async def list_schedules(project_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """The schedules of a project, by name."""
    wanted = await project_named(services, actor, project_id)
    async with services.database.project_transaction(wanted) as tx:
        found = await jobs.list_schedules(tx, project_id=wanted)
    return {"items": [_shown(one) for one in found], "next_cursor": None}


@router.post("/schedules", status_code=201)
async def add_schedule(project_id: str, body: NewSchedule, services: Parts, actor: Writer) -> dict[str, Any]:
    """Plan a decision set again at set times, as a new one in its line."""
    wanted = await project_named(services, actor, project_id)
    decision_set_id, home = await placed(services, actor, str(body.decision_set_id))
    if home != wanted:
        raise DecisionSetNotFound(decision_set_id)
    async with services.database.project_transaction(wanted) as tx:
        await decisions.load(tx, decision_set_id)
        made = await jobs.add_schedule(
            tx,
            project_id=wanted,
            name=body.name,
            cron=body.cron,
            time_zone=body.time_zone,
            missed=body.missed,
            kind=REPLAN_KIND,
            queue=TASK_QUEUE,
            payload={"decision_set_id": str(decision_set_id)},
            created_by=actor.name,
        )
    return _shown(made)


@router.delete("/schedules/{schedule_id}")
async def remove_schedule(project_id: str, schedule_id: str, services: Parts, actor: Writer) -> dict[str, Any]:
    """Hand in nothing more; what was handed in goes on."""
    wanted = await project_named(services, actor, project_id)
    try:
        schedule = UUID(schedule_id)
    except ValueError as error:
        raise jobs.ScheduleNotFound(schedule_id[:80]) from error
    async with services.database.project_transaction(wanted) as tx:
        await jobs.remove_schedule(tx, schedule)
    return {"id": str(schedule)}


@router.get("/limits")
async def show_limits(project_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """How many jobs of the project may run at once; null where there is no limit."""
    wanted = await project_named(services, actor, project_id)
    async with services.database.system_transaction() as tx:
        return {"max_running": await jobs.limit_of(tx, wanted)}


@router.put("/limits")
async def set_limits(project_id: str, body: NewLimit, services: Parts, actor: Writer) -> dict[str, Any]:
    """Limit how many jobs of the project run at once; administrators only."""
    require_administrator(actor, "limit a project")
    wanted = await project_named(services, actor, project_id)
    async with services.database.system_transaction() as tx:
        await jobs.limit_running(tx, wanted, max_running=body.max_running)
    return {"max_running": body.max_running}


def _shown(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": str(schedule.id),
        "name": schedule.name,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "missed": schedule.missed,
        "kind": schedule.kind,
        "decision_set_id": schedule.payload.get("decision_set_id"),
        "next_at": instant(schedule.next_at),
        "created_by": schedule.created_by,
        "created_at": instant(schedule.created_at),
    }
