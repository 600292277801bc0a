"""Event rows as server-sent events: replay, then follow, resumable by Last-Event-ID.

One feed per watched decision set reads new rows once and encodes each frame once, for all its readers. A reader is
only a cursor into the feed: what it has missed is read again from the table, so a slow reader costs no memory and
loses nothing. No database connection is held while a stream waits.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from uuid import UUID

import structlog

from decisionworks import events
from decisionworks.events import Listener, StoredEvent
from decisionworks.kit.db import Database
from decisionworks.kit.errors import RetryLater

LAST_EVENT = "run-complete"
PING = b"event: ping\ndata: {}\n\n"
_KEPT_FRAMES = 256
_PAGE = 200
_POLL_S = 2.0
_POLL_DEAF_S = 0.5
_RETRY_MS = 1000

log = structlog.get_logger(__name__)


def frame(event: StoredEvent) -> bytes:
    """One event on the wire."""
    body = json.dumps(event.to_json(), ensure_ascii=False, separators=(",", ":"))
    return f"id: {event.seq}\nevent: {event.type}\ndata: {body}\n\n".encode()


class Feed:
    """The newest frames of one decision set, shared by everybody who follows it."""

    def __init__(self, stream_id: UUID, project_id: UUID, database: Database) -> None:
        self._stream_id = stream_id
        self._project_id = project_id
        self._database = database
        self._frames: deque[tuple[int, bytes]] = deque(maxlen=_KEPT_FRAMES)
        self._reading = asyncio.Lock()
        self.changed = asyncio.Event()
        self.woken_at = time.monotonic()
        self.last_seq = 0
        self.ready = asyncio.Event()
        self.is_finished = False
        self.is_broken = False
        self.readers = 0

    async def catch_up(self) -> None:
        """Read what was appended since the last look and let the readers know."""
        async with self._reading:
            while await self._read_page():
                pass

    async def _read_page(self) -> bool:
        found = await self._rows(after=self.last_seq)
        for event in found:
            self._frames.append((event.seq, frame(event)))
        if found:
            self.last_seq = found[-1].seq
            self.is_finished = found[-1].type == LAST_EVENT
            self.wake_readers()
        return len(found) == _PAGE

    async def skip_to_end(self) -> None:
        """Begin at the newest event: a reader that wants older ones reads them itself."""
        async with self._database.project_transaction(self._project_id) as tx:
            last = await events.last_number(tx, stream_id=self._stream_id)
            newest = await events.read(tx, stream_id=self._stream_id, after=max(0, last - 1), limit=_PAGE)
        for event in newest:
            self._frames.append((event.seq, frame(event)))
        if newest:
            self.last_seq = newest[-1].seq
            self.is_finished = newest[-1].type == LAST_EVENT

    async def after(self, cursor: int) -> tuple[bytes, int]:
        """Frames with a number above the cursor, and the new cursor."""
        if self._frames and self._frames[0][0] <= cursor + 1:
            # Almost every reader lacks the newest frame alone, so they are looked through from that end.
            missed = list(takewhile(lambda kept: kept[0] > cursor, reversed(self._frames)))
            missed.reverse()
        else:
            missed = [(event.seq, frame(event)) for event in await self._rows(after=cursor)]
        if len(missed) == 1:
            return missed[0][1], missed[0][0]
        return b"".join(data for _, data in missed), missed[-1][0] if missed else cursor

    def wake_readers(self) -> None:
        """Let every reader look again."""
        self.woken_at = time.monotonic()
        woken, self.changed = self.changed, asyncio.Event()
        woken.set()

    async def _rows(self, *, after: int) -> list[StoredEvent]:
        async with self._database.project_transaction(self._project_id) as tx:
            return await events.read(tx, stream_id=self._stream_id, after=after, limit=_PAGE)


class StreamHub:
    """All open streams of this process: one LISTEN connection, one feed per decision set, one task per feed."""

    def __init__(self, database: Database, listener: Listener, *, ping_s: float, lifetime_s: float) -> None:
        self._database = database
        self._listener = listener
        self._ping_s = ping_s
        self._lifetime_s = lifetime_s
        self._tick_s = min(ping_s, lifetime_s) / 4  # so late may a ping or the end of a stream be
        self._feeds: dict[UUID, tuple[Feed, asyncio.Task[None]]] = {}
        self.is_stopping = False

    def stop(self) -> None:
        """End every stream now; clients come back with their last id."""
        self.is_stopping = True
        for feed, _ in self._feeds.values():
            feed.wake_readers()

    async def close(self) -> None:
        """End the tasks of all feeds."""
        self.stop()
        tasks = [task for _, task in self._feeds.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def open(self, stream_id: UUID, project_id: UUID, *, after: int) -> AsyncIterator[bytes]:
        """Frames after the given number until the run is complete, the stream's time is up, or we stop."""
        # A jittered `retry:` keeps the clients of a restarted process from coming back in one instant.
        yield f"retry: {_RETRY_MS + random.randrange(500)}\n\n".encode()
        deadline = time.monotonic() + self._lifetime_s
        cursor, sent_at = after, time.monotonic()
        with self._joined(stream_id, project_id) as feed:
            await feed.ready.wait()
            while not self.is_stopping and not feed.is_broken:
                changed = feed.changed
                try:
                    data, cursor = await feed.after(cursor) if cursor < feed.last_seq else (b"", cursor)
                except RetryLater:
                    return
                now = time.monotonic()
                if data:
                    sent_at = now
                    yield data
                    continue
                if now >= deadline or (feed.is_finished and cursor >= feed.last_seq):
                    return
                if now - sent_at >= self._ping_s:
                    sent_at = now
                    yield PING
                    continue
                # No timer of its own, which would cost as much as the delivery: its feed wakes it when nothing comes.
                await changed.wait()

    @contextmanager
    def _joined(self, stream_id: UUID, project_id: UUID) -> Iterator[Feed]:
        if stream_id not in self._feeds:
            feed = Feed(stream_id, project_id, self._database)
            self._feeds[stream_id] = (feed, asyncio.create_task(self._follow(stream_id, feed), name="feed"))
        feed, task = self._feeds[stream_id]
        feed.readers += 1
        try:
            yield feed
        finally:
            feed.readers -= 1
            if feed.readers == 0:
                task.cancel()
                if self._feeds.get(stream_id, (None,))[0] is feed:
                    del self._feeds[stream_id]

    async def _follow(self, stream_id: UUID, feed: Feed) -> None:
        subscription = self._listener.subscribe(str(stream_id))
        try:
            await feed.skip_to_end()
            feed.ready.set()
            while not feed.is_finished:
                poll_s = _POLL_S if self._listener.is_connected else _POLL_DEAF_S
                await subscription.wait(min(poll_s, self._tick_s))
                await feed.catch_up()
                if time.monotonic() - feed.woken_at >= self._tick_s:
                    feed.wake_readers()
        except RetryLater as error:
            log.warning("stream.unreadable", error=error.message)
        finally:
            if not feed.is_finished:
                # Its readers are sent away and come back with their last id, to a fresh feed.
                feed.is_broken = True
                if self._feeds.get(stream_id, (None,))[0] is feed:
                    del self._feeds[stream_id]
                feed.wake_readers()
            feed.ready.set()
            subscription.close()


async def watched(
    frames: AsyncIterator[bytes], *, count: Callable[[int], None], gone: Callable[[], None]
) -> AsyncIterator[bytes]:
    """The same frames, counted as one open stream while they last; `gone` is called when the reader left first."""
    is_ended = False
    count(1)
    try:
        async for data in frames:
            yield data
        is_ended = True
    finally:
        count(-1)
        if not is_ended:
            gone()
