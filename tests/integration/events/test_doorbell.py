"""A ring reaches every listener, also one that comes while another is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from decisionworks.events import EVENTS_CHANNEL, JOBS_CHANNEL, Doorbell, Listener, doorbell
from decisionworks.events.doorbell import Subscription


class _SlowConnection:
    """A connection on which something happens while a statement is under way."""

    def __init__(self, meanwhile: object) -> None:
        self.sent: list[list[str]] = []
        self._meanwhile = meanwhile

    async def execute(self, _statement: str, parameters: tuple[list[str], list[str]], *, prepare: bool) -> None:
        self.sent.append(parameters[1])
        if len(self.sent) == 1:
            self._meanwhile()  # type: ignore[operator]


async def test_a_ring_during_the_sending_of_the_same_ring_is_sent_again() -> None:
    bell = Doorbell("postgresql://nowhere")
    connection = _SlowConnection(lambda: bell.ring(EVENTS_CHANNEL, "stream"))
    bell.ring(EVENTS_CHANNEL, "stream")

    await bell._send(connection)  # type: ignore[arg-type]
    await bell._send(connection)  # type: ignore[arg-type]

    assert connection.sent == [["stream"], ["stream"]]


async def test_a_ring_ahead_holds_up_no_ring(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "_PAUSE_S", 60.0)
    async with _rung(database_url) as (bell, mine):
        bell.ring_ahead(EVENTS_CHANNEL, "a")
        assert await mine.wait(5)

        bell.ring(EVENTS_CHANNEL, "a")

        assert await mine.wait(5)


async def test_a_bell_that_is_stopped_sends_the_ring_that_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    began, has_arrived = asyncio.Event(), asyncio.Event()

    async def execute(statement: object, *_: object, **__: object) -> None:
        if "pg_notify" in str(statement):
            began.set()
            await asyncio.sleep(0.05)
            has_arrived.set()

    @asynccontextmanager
    async def connected() -> AsyncIterator[object]:
        yield SimpleNamespace(execute=execute)

    async def connect(_url: str) -> object:
        return connected()

    monkeypatch.setattr(doorbell, "connect_direct", connect)
    bell = Doorbell("postgresql://nowhere")
    await bell.start()
    bell.ring(EVENTS_CHANNEL, "a")
    await began.wait()

    await bell.stop()

    assert has_arrived.is_set()


async def test_nobody_rings_ahead_for_those_who_are_awake(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "_AWAKE_S", 60.0)
    async with _rung(database_url) as (bell, mine):
        bell.ring(EVENTS_CHANNEL, "a")
        assert await mine.wait(5)

        bell.ring_ahead(EVENTS_CHANNEL, "a")

        assert not await mine.wait(0.3)


async def test_news_soon_after_news_is_rung_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "_NEWS_PAUSE_S", 3.0)
    async with _rung(database_url) as (bell, mine):
        bell.ring(EVENTS_CHANNEL, "a")
        assert await mine.wait(5)

        for _ in range(5):
            bell.ring(EVENTS_CHANNEL, "a")
            await asyncio.sleep(0.01)

        assert not await mine.wait(0)
        assert await mine.wait(5)
        assert not await mine.wait(0.1)


@pytest.mark.parametrize(
    "ring", [(JOBS_CHANNEL, "default", False), (EVENTS_CHANNEL, "b", True)], ids=["jobs", "an end"]
)
async def test_a_ring_that_cannot_wait_takes_the_waiting_news_along(
    ring: tuple[str, str, bool], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "_NEWS_PAUSE_S", 60.0)
    channel, payload, at_once = ring
    async with _rung(database_url) as (bell, mine):
        bell.ring(EVENTS_CHANNEL, "a")
        assert await mine.wait(5)
        bell.ring(EVENTS_CHANNEL, "a")

        bell.ring(channel, payload, at_once=at_once)

        assert await mine.wait(5)


async def test_a_ring_wakes_its_own_subscription_and_the_one_for_all(database_url: str) -> None:
    listener, bell = Listener(database_url, EVENTS_CHANNEL), Doorbell(database_url)
    await listener.start()
    await bell.start()
    mine, other, every = listener.subscribe("a"), listener.subscribe("b"), listener.subscribe()
    await _until_connected(listener)
    for subscription in (mine, other, every):
        await subscription.wait(0)

    bell.ring(EVENTS_CHANNEL, "a")

    assert await mine.wait(5)
    assert await every.wait(5)
    assert not await other.wait(0)
    await bell.stop()
    await listener.stop()


@asynccontextmanager
async def _rung(url: str) -> AsyncIterator[tuple[Doorbell, Subscription]]:
    """A bell, and somebody who hears it and has heard nothing yet."""
    listener, bell = Listener(url, EVENTS_CHANNEL), Doorbell(url)
    await listener.start()
    await bell.start()
    mine = listener.subscribe("a")
    await _until_connected(listener)
    await mine.wait(0)
    yield bell, mine
    await bell.stop()
    await listener.stop()


async def _until_connected(listener: Listener) -> None:
    async with asyncio.timeout(10):
        while not listener.is_connected:
            await asyncio.sleep(0)
