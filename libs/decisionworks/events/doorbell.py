"""NOTIFY and LISTEN as a doorbell: it says that there is something to read, never what.

A ring is sent after the commit, from a connection of its own: NOTIFY inside a writing transaction would serialise
all commits of the cluster. A lost ring costs a poll, never an event. Who knows that a commit with work in it comes next
rings ahead of it: whoever has idled wakes up while the disk writes, and is at hand when the ring itself comes.

Where there is no direct connection (None for its URL) nobody rings and nobody listens: LISTEN is state of a session,
and a pooler's sessions are everybody's.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable

import psycopg
import structlog

from decisionworks.kit.db import connect_direct

EVENTS_CHANNEL = "decisionworks_events"
JOBS_CHANNEL = "decisionworks_jobs"
# A ring on the jobs' channel that is no queue's name: somebody asked for the end of a running job.
CANCEL_RING = "cancel"
_PAUSE_S = 0.004
# News of a stream is rung once for what follows within this time: nobody sees the difference, and a ring costs a worker
# a quarter of what a commit does. A ring for jobs, and that of a run's end, takes waiting news along.
_NEWS_PAUSE_S = 0.010
# Who heard a ring so short a time ago is awake still; under load nobody rings ahead.
_AWAKE_S = 0.015
_MOST_PAYLOADS = 200

log = structlog.get_logger(__name__)


class Doorbell:
    """Sends rings from one connection, many in one statement, none twice within a few milliseconds."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._waiting: dict[tuple[str, str], None] = {}
        self._wanted = asyncio.Event()
        self._is_only_ahead = False
        self._rung_at = self._told_at = float("-inf")
        self._is_sending = False
        self._later: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin sending."""
        if self._url is not None:
            self._task = asyncio.create_task(self._send_for_ever(self._url), name="doorbell")

    def ring(self, channel: str, payload: str, *, at_once: bool = False) -> None:
        """Ask for a ring soon; never blocks, never fails. News for which somebody waits need not follow any other."""
        if self._url is None:
            return
        self._is_only_ahead = False
        self._waiting[(channel, payload)] = None
        rest_s = self._told_at + _NEWS_PAUSE_S - time.monotonic()
        if at_once or channel != EVENTS_CHANNEL or rest_s <= 0:
            self._wanted.set()
        elif self._later is None and not self._wanted.is_set():
            self._later = asyncio.get_running_loop().call_later(rest_s, self._ring_now)

    def _ring_now(self) -> None:
        self._later = None
        if self._waiting:
            self._wanted.set()

    def ring_ahead(self, channel: str, payload: str) -> None:
        """Wake whoever idles, a moment before a commit that `ring` will announce; never in its place."""
        if self._url is None or self._waiting or time.monotonic() - self._rung_at < _AWAKE_S:
            return
        self._is_only_ahead = True
        self._waiting[(channel, payload)] = None
        self._wanted.set()

    async def stop(self) -> None:
        """Send what waits, then end."""
        if self._task is None:
            return
        for _ in range(50):
            if not self._waiting and not self._is_sending:
                break
            await asyncio.sleep(0.01)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _send_for_ever(self, url: str) -> None:
        while True:
            try:
                async with await connect_direct(url) as connection:
                    # No commit need wait for the disk: a ring that is lost with the machine would have rung for nobody.
                    await connection.execute("SET synchronous_commit = off", prepare=False)
                    while True:
                        await self._wanted.wait()
                        is_only_ahead, self._is_only_ahead = self._is_only_ahead, False
                        await self._send(connection)
                        # The ring that was rung ahead of is about to come, and must not wait.
                        await asyncio.sleep(0 if is_only_ahead else _PAUSE_S)
            except (psycopg.Error, OSError) as error:
                log.warning("doorbell.broken", error=str(error))
                await asyncio.sleep(0.5)

    async def _send(self, connection: psycopg.AsyncConnection[object]) -> None:
        # Taken out before they are sent: a ring that comes in while these are on their way is a ring of its own.
        self._rung_at = time.monotonic()
        rings = list(self._waiting)[:_MOST_PAYLOADS]
        for ring in rings:
            del self._waiting[ring]
        if any(channel == EVENTS_CHANNEL for channel, _ in rings):
            self._told_at = self._rung_at
        if not self._waiting:
            self._wanted.clear()
        self._is_sending = True
        try:
            await connection.execute(
                "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS ring (channel, payload)",
                ([channel for channel, _ in rings], [payload for _, payload in rings]),
                prepare=True,
            )
        except psycopg.Error:
            self._waiting = dict.fromkeys(rings) | self._waiting
            self._wanted.set()
            raise
        finally:
            self._is_sending = False


class Subscription:
    """One listener's flag: raised by a ring for its payload, or by a reconnection (something may have been missed)."""

    def __init__(self, leave: Callable[[Subscription], None], raised: asyncio.Event) -> None:
        self._raised = raised
        self._leave = leave

    def raise_flag(self) -> None:
        """There may be something to read."""
        self._raised.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a ring; False when none came in time. The flag is lowered."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._raised.wait()
        except TimeoutError:
            return False
        self._raised.clear()
        return True

    def close(self) -> None:
        """Stop listening."""
        self._leave(self)


class Listener:
    """One LISTEN connection for a whole process, fanned out to subscriptions by payload."""

    def __init__(self, url: str | None, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._subscriptions: defaultdict[str | None, set[Subscription]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self.is_connected = False

    async def start(self) -> None:
        """Begin listening."""
        if self._url is not None:
            self._task = asyncio.create_task(self._listen_for_ever(self._url), name=f"listen-{self._channel}")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def subscribe(self, payload: str | None = None, *, raised: asyncio.Event | None = None) -> Subscription:
        """Hear rings for one payload, or for all (None).

        `raised` is the flag, for one who waits for something else too: whoever sets it ends the wait as a ring does.
        """

        def leave(subscription: Subscription) -> None:
            members = self._subscriptions.get(payload)
            if members is not None:
                members.discard(subscription)
                if not members:
                    del self._subscriptions[payload]

        subscription = Subscription(leave, raised or asyncio.Event())
        self._subscriptions[payload].add(subscription)
        return subscription

    async def _listen_for_ever(self, url: str) -> None:
        while True:
            try:
                async with await connect_direct(url) as connection:
                    await connection.execute(f"LISTEN {self._channel}".encode(), prepare=False)
                    self.is_connected = True
                    self._raise_all()
                    async for notice in connection.notifies():
                        self._raise(notice.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("listener.broken", channel=self._channel, error=str(error))
            self.is_connected = False
            await asyncio.sleep(0.5)

    def _raise(self, payload: str) -> None:
        for key in (payload, None):
            for subscription in tuple(self._subscriptions.get(key, ())):
                subscription.raise_flag()

    def _raise_all(self) -> None:
        for members in tuple(self._subscriptions.values()):
            for subscription in tuple(members):
                subscription.raise_flag()
