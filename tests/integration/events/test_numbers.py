"""Events of a stream are numbered 1, 2, 3 … in the order of their commits, whoever appends."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from decisionworks import events
from decisionworks.events import EventDraft
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from tests.factories.queue import a_project


async def _append(database: Database, project_id: UUID, stream_id: UUID, *names: str) -> None:
    async with database.project_transaction(project_id) as tx:
        drafts = [EventDraft(type=name, payload={"name": name}) for name in names]
        await events.append(tx, project_id=project_id, stream_id=stream_id, run_id=None, drafts=drafts)


async def _numbers(database: Database, project_id: UUID, stream_id: UUID) -> list[int]:
    async with database.project_transaction(project_id) as tx:
        return [event.seq for event in await events.read(tx, stream_id=stream_id)]


async def test_many_writers_leave_no_gap_and_no_duplicate(database: Database) -> None:
    project_id, stream_id = await a_project(database), new_id()

    await asyncio.gather(*(_append(database, project_id, stream_id, f"a{n}", f"b{n}") for n in range(25)))

    assert await _numbers(database, project_id, stream_id) == list(range(1, 51))


async def test_a_rolled_back_append_gives_its_numbers_back(database: Database) -> None:
    project_id, stream_id = await a_project(database), new_id()
    await _append(database, project_id, stream_id, "first")

    with pytest.raises(RuntimeError, match="on purpose"):
        async with database.project_transaction(project_id) as tx:
            draft = EventDraft(type="lost", payload={})
            await events.append(tx, project_id=project_id, stream_id=stream_id, run_id=None, drafts=[draft])
            raise RuntimeError("on purpose")
    await _append(database, project_id, stream_id, "second")

    assert await _numbers(database, project_id, stream_id) == [1, 2]


async def test_a_reader_goes_on_after_its_cursor(database: Database) -> None:
    project_id, stream_id = await a_project(database), new_id()
    await _append(database, project_id, stream_id, "one", "two", "three")

    async with database.project_transaction(project_id) as tx:
        rest = await events.read(tx, stream_id=stream_id, after=1, limit=1)

    assert [(event.seq, event.type) for event in rest] == [(2, "two")]
