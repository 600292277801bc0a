from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from decisionworks import events
from decisionworks.decisions import finish, load
from decisionworks.events import EventDraft
from decisionworks.kit.db import Database
from tests.integration.api.conftest import Api, StartApi


@asynccontextmanager
async def following(api: Api, shown: dict[str, Any], **headers: str) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    async with api.client.stream("GET", shown["links"]["stream"], headers=headers) as answer:
        assert answer.status_code == 200
        yield frames(answer)


async def frames(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields
            fields = {}


async def append(api: Api, database: Database, shown: dict[str, Any], *types: str) -> None:
    async with database.project_transaction(UUID(shown["project_id"])) as tx:
        await events.append(
            tx,
            project_id=UUID(shown["project_id"]),
            stream_id=UUID(shown["id"]),
            run_id=None,
            drafts=[EventDraft(type=one, payload={"text": "é\n"}) for one in types],
        )
    api.services.ring_events(UUID(shown["id"]))


async def end(api: Api, database: Database, shown: dict[str, Any]) -> None:
    async with database.project_transaction(UUID(shown["project_id"])) as tx:
        await finish(tx, await load(tx, UUID(shown["id"])), status="cancelled", run_id=None)
    api.services.ring_events(UUID(shown["id"]))


async def test_a_stream_replays_then_follows_and_ends_with_run_complete(api: Api, database: Database) -> None:
    shown = await api.ask()
    await append(api, database, shown, "node-started", "node-completed")

    seen: list[tuple[str, str]] = []
    async with asyncio.timeout(10), following(api, shown) as stream:
        async for one in stream:
            if "id" in one:
                seen.append((one["id"], one["event"]))
            if one.get("id") == "3":
                await append(api, database, shown, "plan-updated")
            if one.get("id") == "4":
                await end(api, database, shown)

    listed = (await api.client.get(shown["links"]["events"])).json()["items"]
    assert seen == [
        ("1", "run-started"),
        ("2", "node-started"),
        ("3", "node-completed"),
        ("4", "plan-updated"),
        ("5", "run-complete"),
    ]
    assert [event["type"] for event in listed] == [kind for _, kind in seen]


async def test_a_frame_holds_the_event_as_the_timeline_shows_it(api: Api, database: Database) -> None:
    shown = await api.ask()
    await append(api, database, shown, "plan-updated")
    await end(api, database, shown)

    async with asyncio.timeout(10), following(api, shown) as stream:
        got = [json.loads(one["data"]) async for one in stream if "id" in one]

    assert got == (await api.client.get(shown["links"]["events"])).json()["items"]


async def test_a_stream_resumes_after_the_last_event_id(api: Api, database: Database) -> None:
    shown = await api.ask()
    await append(api, database, shown, *["node-started"] * 700)
    await end(api, database, shown)

    async with asyncio.timeout(10), following(api, shown, **{"Last-Event-ID": "2"}) as stream:
        got = [int(one["id"]) async for one in stream if "id" in one]

    assert got == list(range(3, 703))


async def test_a_stream_opened_after_the_last_event_just_ends(api: Api, database: Database) -> None:
    shown = await api.ask()
    await end(api, database, shown)

    async with asyncio.timeout(5), following(api, shown, **{"Last-Event-ID": "2"}) as stream:
        got = [one async for one in stream if "id" in one]

    assert got == []


async def test_two_readers_of_one_stream_both_get_every_event(api: Api, database: Database) -> None:
    shown = await api.ask()

    async def read() -> list[str]:
        async with following(api, shown) as stream:
            return [one["id"] async for one in stream if "id" in one]

    readers = [asyncio.create_task(read()) for _ in range(2)]
    for _ in range(20):
        await append(api, database, shown, "node-started")
    await end(api, database, shown)
    async with asyncio.timeout(10):
        got = await asyncio.gather(*readers)

    assert got == [[str(number) for number in range(1, 23)]] * 2


async def test_an_idle_stream_is_pinged_and_closed_after_its_time_without_run_complete(start_api: StartApi) -> None:
    api = await start_api(ping_s=0.1, stream_lifetime_s=0.5)
    shown = await api.ask()

    async with asyncio.timeout(10), following(api, shown) as stream:
        got = [one async for one in stream]

    kinds = [one.get("event") for one in got]
    assert "retry" in got[0]
    assert kinds.count("ping") >= 3
    assert "run-complete" not in kinds


async def test_stopping_the_server_ends_open_streams_at_once(start_api: StartApi) -> None:
    api = await start_api(ping_s=60, stream_lifetime_s=600)
    shown = await api.ask()

    async with asyncio.timeout(3), following(api, shown) as stream:
        got = []
        async for one in stream:
            got.append(one)
            if one.get("id") == "1":
                api.server.end()

    assert [one["id"] for one in got if "id" in one] == ["1"]


@pytest.mark.parametrize("given", ["abc", "-1", "1.5", "99999999999999999999999", "\u0663"])
async def test_a_last_event_id_that_is_no_number_is_refused(api: Api, given: str) -> None:
    shown = await api.ask()

    answer = await api.client.get(shown["links"]["stream"], headers={"Last-Event-ID": given.encode()})

    assert answer.status_code == 400


async def test_stream_headers_keep_proxies_from_holding_it_back(api: Api, database: Database) -> None:
    shown = await api.ask()
    await end(api, database, shown)

    answer = await api.client.get(shown["links"]["stream"])

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache, no-transform"
    assert answer.headers["x-accel-buffering"] == "no"


async def test_open_streams_hold_no_database_connection(start_api: StartApi) -> None:
    api = await start_api(pool_size=2, stream_lifetime_s=30)
    shown = await api.ask()

    async def first_frame() -> None:
        async with following(api, shown) as stream:
            async for one in stream:
                if one.get("id") == "1":
                    opened.release()
                    await leave.wait()
                    return

    opened, leave = asyncio.Semaphore(0), asyncio.Event()
    readers = [asyncio.create_task(first_frame()) for _ in range(20)]
    async with asyncio.timeout(10):
        for _ in readers:
            await opened.acquire()
        answer = await api.client.get(shown["links"]["self"])
        leave.set()
        await asyncio.gather(*readers)

    assert answer.status_code == 200


async def test_a_reader_that_goes_away_leaves_nothing_behind_and_cancels_nothing(api: Api, database: Database) -> None:
    shown = await api.ask()
    async with asyncio.timeout(10), following(api, shown) as stream:
        async for one in stream:
            if one.get("id") == "1":
                break

    async with asyncio.timeout(10):
        while "decisionworks_open_streams 0.0" not in (await api.client.get("/metrics")).text:
            await append(api, database, shown, "node-started")

    after = (await api.client.get(shown["links"]["self"])).json()
    assert after["status"] == "queued"
    assert after["version"] == shown["version"]
    async with asyncio.timeout(10), database.project_transaction(UUID(shown["project_id"])) as tx:
        while (await load(tx, UUID(shown["id"]))).stream_abandoned_at is None:
            await asyncio.sleep(0.01)
