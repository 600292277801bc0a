"""Schedules: each tick fired once, missed ones by rule, and none that holds up another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from decisionworks import jobs
from decisionworks.jobs import UnfitSchedule
from decisionworks.jobs.schedules import next_tick
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.ids import new_id
from tests.factories.queue import a_project


async def test_a_tick_is_fired_once_however_many_workers_look(database: Database) -> None:
    project_id = await a_project(database)
    async with database.project_transaction(project_id) as tx:
        made = await jobs.add_schedule(
            tx, project_id=project_id, name="nightly", cron="0 3 * * *", kind="nightly", queue="tasks",
            created_by="test", payload={"x": 1},
        )  # fmt: skip
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE schedules SET next_at = clock_timestamp() - interval '3 days'")

    async def look() -> list[str]:
        async with database.system_transaction() as tx:
            return await jobs.fire_due(tx)

    fired = await asyncio.gather(*(look() for _ in range(6)))

    async with database.system_transaction() as tx:
        found = [job for job in await jobs.list_jobs(tx) if job["kind"] == "nightly"]
        row = await (await tx.execute("SELECT next_at > clock_timestamp() AS later FROM schedules")).fetchone()
    assert [queue for queues in fired for queue in queues] == ["tasks"]
    assert len(found) == 1
    assert row == {"later": True}
    assert made.next_at > datetime.now(UTC)


@pytest.mark.parametrize(("missed", "count"), [("skip", 0), ("last", 1), ("all", 3)])
async def test_missed_ticks_follow_the_rule_of_their_schedule(database: Database, missed: str, count: int) -> None:
    project_id, half_an_hour_ago = await a_project(database), datetime.now(UTC) - timedelta(minutes=30)
    async with database.project_transaction(project_id) as tx:
        await jobs.add_schedule(
            tx, project_id=project_id, name="hourly", cron=f"{half_an_hour_ago.minute} * * * *", kind="hourly",
            queue="tasks", created_by="test", payload={}, missed=missed,  # type: ignore[arg-type]
        )  # fmt: skip
    first = half_an_hour_ago.replace(second=0, microsecond=0) - timedelta(hours=2)
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE schedules SET next_at = %s", (first,))
        await jobs.fire_due(tx)
        found = [job for job in await jobs.list_jobs(tx) if job["kind"] == "hourly"]

    assert len(found) == count


async def test_a_year_without_a_worker_costs_a_schedule_of_every_minute_a_moment(database: Database) -> None:
    project_id = await a_project(database)
    for missed, name in (("last", "one"), ("all", "many")):
        await a_schedule(database, project_id, name=name, cron="* * * * *", missed=missed)
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE schedules SET next_at = date_trunc('minute', clock_timestamp()) - interval '1 year'")

    async with asyncio.timeout(30), database.system_transaction() as tx:
        queues = await jobs.fire_due(tx)
        newest = await one_row(tx, "SELECT max(fire_at) > now() - interval '1 min' AS is_new FROM schedule_ticks")

    assert len(queues) == 1 + 100
    assert newest == {"is_new": True}


async def test_a_schedule_that_cannot_be_read_holds_up_no_other(database: Database) -> None:
    project_id = await a_project(database)
    for name in ("unfit", "fit"):
        await a_schedule(database, project_id, name=name, cron="0 3 * * *")
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE schedules SET next_at = clock_timestamp() - interval '3 days'")
        await tx.execute("UPDATE schedules SET time_zone = 'Mars/Olympus' WHERE name = 'unfit'")

    async with database.system_transaction() as tx:
        queues = await jobs.fire_due(tx)
        left = await one_row(tx, "SELECT count(*) AS n FROM schedules WHERE next_at < clock_timestamp()")

    assert queues == ["tasks"]
    assert left == {"n": 0}


async def test_ticks_of_long_ago_are_forgotten(database: Database) -> None:
    project_id = await a_project(database)
    made = await a_schedule(database, project_id, name="nightly", cron="0 3 * * *")
    async with database.system_transaction() as tx:
        for days in (1, 40):
            await tx.execute(
                "INSERT INTO schedule_ticks (schedule_id, fire_at, project_id, job_id)"
                " VALUES (%s, clock_timestamp() - make_interval(days => %s), %s, %s)",
                (made.id, days, project_id, new_id()),
            )
        await tx.execute("UPDATE schedules SET next_at = clock_timestamp() - interval '1 day'")

        await jobs.fire_due(tx)
        row = await one_row(tx, "SELECT count(*) AS n FROM schedule_ticks")

    assert row == {"n": 2}


async def one_row(tx: Tx, query: str) -> dict[str, Any] | None:
    return await (await tx.execute(query)).fetchone()


async def a_schedule(
    database: Database, project_id: UUID, *, name: str, cron: str, missed: str = "last"
) -> jobs.Schedule:
    async with database.project_transaction(project_id) as tx:
        return await jobs.add_schedule(
            tx, project_id=project_id, name=name, cron=cron, kind="nightly", queue="tasks", created_by="test",
            payload={}, missed=missed,  # type: ignore[arg-type]
        )  # fmt: skip


def test_a_tick_keeps_its_hour_when_the_clocks_change() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)

    first = next_tick("30 9 * * *", time_zone="Europe/Berlin", after=before)

    assert first == datetime(2026, 3, 29, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "pointer"),
    [("61 * * * *", "UTC", "/cron"), ("* * * *", "UTC", "/cron"), ("0 0 31 2 *", "UTC", "/cron"),
     ("0 0 * * *", "Mars/Olympus", "/time_zone")],
)  # fmt: skip
def test_a_schedule_that_names_no_time_says_which_field_is_wrong(cron: str, zone: str, pointer: str) -> None:
    with pytest.raises(UnfitSchedule) as error:
        next_tick(cron, time_zone=zone, after=datetime.now(UTC))

    assert error.value.problems[0].pointer == pointer
