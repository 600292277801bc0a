"""Jobs that are handed in at set times: a cron expression, in a time zone, with a rule for ticks that were missed.

Any worker may fire them, however many look: a tick is a row with a unique key, stored with its job in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from psycopg.types.json import Jsonb

from decisionworks.jobs.enqueue import enqueue
from decisionworks.jobs.errors import AlreadyQueued, ScheduleNotFound, ScheduleTaken, UnfitSchedule
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id

Missed = Literal["skip", "last", "all"]
# A tick this late still counts as on time.
_ON_TIME = timedelta(seconds=60)
_MOST_MISSED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One schedule of a project.

    `missed` says what happens to ticks that nobody fired while no worker ran: none of them, the last one, or all.
    """

    id: UUID
    project_id: UUID
    name: str
    cron: str
    time_zone: str
    missed: Missed
    queue: str
    kind: str
    payload: Mapping[str, Any]
    priority: int
    next_at: datetime
    created_by: str
    created_at: datetime


def next_tick(cron: str, *, time_zone: str, after: datetime) -> datetime:
    """The first time after `after` that an expression names, in UTC; a changed clock is taken into account.

    Raises: UnfitSchedule naming the field.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnfitSchedule(
            "/time_zone", f"{time_zone[:80]!r} is no time zone", "use a name such as Europe/Berlin"
        ) from error
    try:
        if len(cron.split()) != 5:
            raise CronSimError("five fields are needed")
        return next(CronSim(cron, after.astimezone(zone))).astimezone(UTC)
    except StopIteration as error:
        raise UnfitSchedule("/cron", f"{cron[:80]!r} never comes", "name a date that exists") from error
    except CronSimError as error:
        remedy = "five fields: minute hour day-of-month month day-of-week, such as 30 2 * * 1-5"
        raise UnfitSchedule("/cron", f"{cron[:80]!r}: {error}", remedy) from error


async def add_schedule(
    tx: Tx,
    *,
    project_id: UUID,
    name: str,
    cron: str,
    kind: str,
    queue: str,
    created_by: str,
    payload: Mapping[str, Any],
    time_zone: str = "UTC",
    missed: Missed = "last",
    priority: int = 0,
) -> Schedule:
    """Hand in a job of a kind at each tick from now on.

    Raises: UnfitSchedule; ScheduleTaken, the project has one of this name.
    """
    if not 1 <= len(name.strip()) <= 200:
        raise UnfitSchedule("/name", "must have 1 to 200 characters", "name what it does, such as nightly prices")
    cursor = await tx.execute("SELECT clock_timestamp() AS now")
    row = await cursor.fetchone()
    now = datetime.now(UTC) if row is None else row["now"]
    values = {
        "id": new_id(),
        "project_id": project_id,
        "name": name.strip(),
        "cron": cron,
        "time_zone": time_zone,
        "missed": missed,
        "queue": queue,
        "kind": kind,
        "payload": Jsonb(dict(payload)),
        "priority": priority,
        "next_at": next_tick(cron, time_zone=time_zone, after=now),
        "created_by": created_by,
    }
    added = await tx.execute(statement("add_schedule"), values)
    stored = await added.fetchone()
    if stored is None:
        raise ScheduleTaken(name.strip())
    return Schedule(**stored)


async def list_schedules(tx: Tx, *, project_id: UUID) -> list[Schedule]:
    """The schedules of a project, by name."""
    cursor = await tx.execute("SELECT * FROM schedules WHERE project_id = %s ORDER BY name", (project_id,))
    return [Schedule(**row) for row in await cursor.fetchall()]


async def remove_schedule(tx: Tx, schedule_id: UUID) -> None:
    """Hand in nothing more; jobs handed in already go on.

    Raises: ScheduleNotFound.
    """
    cursor = await tx.execute("DELETE FROM schedules WHERE id = %s RETURNING id", (schedule_id,))
    if await cursor.fetchone() is None:
        raise ScheduleNotFound(schedule_id)


async def fire_due(tx: Tx) -> list[str]:
    """Hand in the jobs of every schedule that is due, once for each tick; answers the queues to ring.

    Needs the system's scope. A job whose subject is still being worked on from the last tick is left out.
    """
    cursor = await tx.execute(statement("due_schedules"))
    queues: list[str] = []
    for row in await cursor.fetchall():
        now: datetime = row.pop("now")
        schedule = Schedule(**row)
        due, following = _due_ticks(schedule, now)
        for tick in due:
            queues += await _fire(tx, schedule, tick)
        await tx.execute("UPDATE schedules SET next_at = %s WHERE id = %s", (following, schedule.id))
    return queues


def _due_ticks(schedule: Schedule, now: datetime) -> tuple[list[datetime], datetime]:
    """The ticks to fire now, and the first one after now."""
    ticks, tick = [], schedule.next_at
    while tick <= now:
        ticks.append(tick)
        del ticks[:-_MOST_MISSED]
        tick = next_tick(schedule.cron, time_zone=schedule.time_zone, after=tick)
    match schedule.missed:
        case "all":
            return ticks, tick
        case "last":
            return ticks[-1:], tick
        case "skip":
            return [one for one in ticks[-1:] if now - one <= _ON_TIME], tick


async def _fire(tx: Tx, schedule: Schedule, tick: datetime) -> list[str]:
    job_id = new_id()
    told = await tx.execute(
        "INSERT INTO schedule_ticks (schedule_id, fire_at, project_id, job_id) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING job_id",
        (schedule.id, tick, schedule.project_id, job_id),
    )
    if await told.fetchone() is None:
        return []
    subject = schedule.payload.get("subject_id")
    try:
        await enqueue(
            tx,
            project_id=schedule.project_id,
            kind=schedule.kind,
            subject_id=UUID(str(subject)) if subject else None,
            payload={**schedule.payload, "schedule_id": str(schedule.id), "tick": tick.isoformat()},
            priority=schedule.priority,
            job_id=job_id,
            queue=schedule.queue,
        )
    except AlreadyQueued:
        return []
    return [schedule.queue]
