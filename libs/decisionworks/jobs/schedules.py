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

import structlog
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
_FIRST_REACH = timedelta(minutes=2)
_PUT_OFF = timedelta(minutes=10)
_KEEP_TICKS = timedelta(days=30)

log = structlog.get_logger(__name__)


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
    _subject_of(payload)
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
        await tx.execute(
            "DELETE FROM schedule_ticks WHERE schedule_id = %s AND fire_at < %s", (schedule.id, now - _KEEP_TICKS)
        )
    return queues


def _due_ticks(schedule: Schedule, now: datetime) -> tuple[list[datetime], datetime]:
    """The ticks to fire now, and when to look again: at the first one after now.

    A schedule that cannot be read here (its time zone is not known on this machine) is put off: it holds up no other.
    """
    try:
        following = next_tick(schedule.cron, time_zone=schedule.time_zone, after=now)
        match schedule.missed:
            case "all":
                return _missed_ticks(schedule, now, most=_MOST_MISSED), following
            case "last":
                return _missed_ticks(schedule, now, most=1), following
            case "skip":
                last = _missed_ticks(schedule, now, most=1)
                return [one for one in last if now - one <= _ON_TIME], following
    except UnfitSchedule as error:
        log.error("schedule.unfit", schedule_id=str(schedule.id), error=error.message)
        return [], now + _PUT_OFF


def _missed_ticks(schedule: Schedule, now: datetime, *, most: int) -> list[datetime]:
    """The newest ticks that are due, oldest first: looked for backwards, however long nobody fired any."""
    reach = _FIRST_REACH
    while True:
        tick = begin = max(now - reach, schedule.next_at - timedelta(seconds=1))
        ticks: list[datetime] = []
        while (tick := next_tick(schedule.cron, time_zone=schedule.time_zone, after=tick)) <= now:
            ticks.append(tick)
        if len(ticks) >= most or begin < schedule.next_at:
            return ticks[-most:]
        reach *= 4


async def _fire(tx: Tx, schedule: Schedule, tick: datetime) -> list[str]:
    job_id = new_id()
    told = await tx.execute(
        "INSERT INTO schedule_ticks (schedule_id, fire_at, project_id, job_id) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING job_id",
        (schedule.id, tick, schedule.project_id, job_id),
    )
    if await told.fetchone() is None:
        return []
    try:
        await enqueue(
            tx,
            project_id=schedule.project_id,
            kind=schedule.kind,
            subject_id=_subject_of(schedule.payload),
            payload={**schedule.payload, "schedule_id": str(schedule.id), "tick": tick.isoformat()},
            priority=schedule.priority,
            job_id=job_id,
            queue=schedule.queue,
        )
    except AlreadyQueued:
        return []
    return [schedule.queue]


def _subject_of(payload: Mapping[str, Any]) -> UUID | None:
    subject = payload.get("subject_id")
    try:
        return UUID(str(subject)) if subject else None
    except ValueError as error:
        raise UnfitSchedule("/payload/subject_id", "is no id", "name the id of what the job is about") from error
