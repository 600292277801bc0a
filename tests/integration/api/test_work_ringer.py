"""The API rings workers that work on request; a small server stands for them and writes down what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from decisionworks import jobs
from decisionworks.jobs import Backlog
from decisionworks.kit.db import Database
from decisionworks.kit.errors import Invalid
from decisionworks.kit.settings import read_settings
from decisionworks_api.work_ringer import requests_missing
from tests.integration.api.conftest import StartApi

SECRET = "shared-by-api-and-workers"
NOTHING_MORE = (200, b'{"worked": 1, "has_more": false}')


class Door:
    """Answers `POST /work` with what it is told to, once it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[tuple[int, bytes]] = []
        self.open = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request per connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        self.asked.append(head)
        self.open += 1
        await self.may_answer.wait()
        self.open -= 1
        status, body = self.answers.pop(0) if self.answers else NOTHING_MORE
        writer.write(f"HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so, for ten seconds."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - what is waited for is on the other side of a socket
                await asyncio.sleep(0.01)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    made.may_answer.set()
    server.close()


async def test_a_request_rings_a_worker_at_once_with_the_secret(start_api: StartApi, door: Door) -> None:
    api = await start_api(work_url=door.url, work_secret=SECRET, work_look_s=300)

    await api.ask()
    await door.until(lambda: bool(door.asked))

    assert door.asked[0].startswith("POST /work HTTP/1.1\r\n")
    assert f"Bearer {SECRET}" in door.asked[0]


async def test_a_lost_ring_is_made_good_by_the_look(start_api: StartApi, door: Door, database: Database) -> None:
    await start_api(work_url=door.url, work_secret=SECRET, work_look_s=0.2)

    await _enqueue_unannounced(database, 1)

    await door.until(lambda: bool(door.asked))


async def test_open_requests_follow_the_backlog_up_to_their_limit(
    start_api: StartApi, door: Door, database: Database
) -> None:
    door.may_answer.clear()
    api = await start_api(work_url=door.url, work_secret=SECRET, work_look_s=0.1, worker_slots=2, work_requests=3)

    await _enqueue_unannounced(database, 3)
    await door.until(lambda: door.open == 2)
    await _enqueue_unannounced(database, 20)
    await door.until(lambda: door.open == 3)
    metrics = (await api.client.get("/metrics")).text

    assert "decisionworks_work_requests_open 3.0" in metrics
    assert len(door.asked) == 3


async def test_work_left_behind_and_failures_ring_again_and_no_caller_sees_them(
    start_api: StartApi, door: Door
) -> None:
    door.answers = [(503, b"{}"), (200, b"no JSON"), (200, b'{"worked": 0, "has_more": true}')]
    api = await start_api(work_url=door.url, work_secret=SECRET, work_look_s=300)

    await api.ask()
    await door.until(lambda: len(door.asked) >= 4)
    metrics = (await api.client.get("/metrics")).text

    assert "decisionworks_work_requests_failed_total 2.0" in metrics


async def test_without_an_address_nobody_is_rung(start_api: StartApi) -> None:
    api = await start_api(work_look_s=0.1)

    await api.ask()

    assert api.services.ringer.is_running is False


@pytest.mark.parametrize("given", [{"work_url": "http://workers"}, {"worker_mode": "on_request"}])
def test_work_by_request_wants_a_secret(given: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="DECISIONWORKS_WORK_SECRET"):
        read_settings({"DATABASE_URL": "postgresql://x"}, **given)


@pytest.mark.parametrize(
    ("backlog", "opened", "missing"),
    [
        (Backlog(jobs=0, of_dead=0), 0, 0),
        (Backlog(jobs=1, of_dead=0), 0, 1),
        (Backlog(jobs=5, of_dead=0), 1, 1),
        (Backlog(jobs=40, of_dead=0), 1, 3),
        (Backlog(jobs=1, of_dead=0), 3, 0),
        (Backlog(jobs=1, of_dead=1), 1, 1),
        (Backlog(jobs=1, of_dead=1), 4, 0),
    ],
)
def test_as_many_requests_are_missing_as_the_backlog_fills_workers(backlog: Backlog, opened: int, missing: int) -> None:
    assert requests_missing(backlog, opened=opened, slots=4, most=4) == missing


async def _enqueue_unannounced(database: Database, count: int) -> None:
    async with database.system_transaction() as tx:
        row = await (await tx.execute("SELECT id FROM projects WHERE is_default")).fetchone()
        assert row is not None
        for _ in range(count):
            await jobs.enqueue(tx, project_id=row["id"], kind="plan", subject_id=None, payload={})
