"""One process's way to PostgreSQL: every connection passes here, and one armed point decides what happens.

A kill is exact. Before a statement: it is not forwarded, the process gets SIGKILL, its connections are cut. After it:
it is forwarded and the server's answer to it is awaited; nothing of that answer gets through before the SIGKILL.
A hold stops the statement in front of the server and everything of its connection behind it, until it is let go.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from tests.crash.wire.frames import (
    CANCEL_REQUEST,
    FLUSH,
    GSS_REQUEST,
    SSL_REQUEST,
    Frame,
    Reading,
    Unit,
    frames,
    startup_code,
    startup_names,
)

Moment = Literal["before", "after"]
Deed = Literal["kill", "hold"]
_CHUNK = 65536
_PREPARES = (b"P", b"B", b"D", b"C")
# A statement's Sync comes in the same write as the statement; a pipeline's may be far away.
_SYNC_WITHIN_S = 0.03


class Seen(NamedTuple):
    """A statement that passed: in which phase of the story, on whose connection, which, and the how manieth such."""

    phase: str
    connection: str
    statement: str
    nth: int


class Armed(NamedTuple):
    """A point and what is to happen there."""

    seen: Seen
    moment: Moment
    deed: Deed


@dataclass(slots=True)
class Tap:
    """The connections of one process, what passed on them, and the point that is armed."""

    name: str
    report: Callable[[tuple[Any, ...]], None]
    phase: str = "start"
    slow_s: float = 0.0
    armed: Armed | None = None
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    passed: list[Seen] = field(default_factory=list)
    links: set[Link] = field(default_factory=set)
    is_cut: bool = False
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, connection: str, unit: Unit) -> Armed | None:
        """Count a statement; the armed point if this is it."""
        kind = (self.phase, connection, unit.name)
        self.counts[kind] += 1
        seen = Seen(*kind, self.counts[kind])
        self.passed.append(seen)
        if self.armed is None or seen != self.armed.seen:
            return None
        armed, self.armed = self.armed, None
        return armed

    def kill(self, process_id: int) -> None:
        """End the process as a machine ends, and its connections with it."""
        self.is_cut = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)
        for link in tuple(self.links):
            link.cut()
        self.report(("killed", self.name, process_id))

    async def hold(self) -> None:
        """Wait until somebody lets go."""
        self.let_go.clear()
        self.report(("held", self.name))
        await self.let_go.wait()


@dataclass(slots=True)
class _Owed:
    """What the server still has to answer: the end of each statement, and of each round of statements."""

    waiting: deque[str] = field(default_factory=deque)
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    def asked(self, kind: str) -> None:
        self.waiting.append(kind)
        self.settled.clear()

    def answered(self, kind: bytes) -> None:
        if kind == b"Z":
            while self.waiting and self.waiting.popleft() != "round":
                pass
        elif kind in (b"C", b"I", b"s") and self.waiting and self.waiting[0] == "statement":
            self.waiting.popleft()
        elif kind == b"E":
            while self.waiting and self.waiting[0] == "statement":
                self.waiting.popleft()
        if not self.waiting:
            self.settled.set()


@dataclass(slots=True, eq=False)
class Link:
    """One connection: its two ends and what has passed on it."""

    tap: Tap
    client_in: asyncio.StreamReader
    client_out: asyncio.StreamWriter
    open_server: Callable[[], Any]
    server_out: asyncio.StreamWriter | None = None
    reading: Reading = field(default_factory=Reading)
    owed: _Owed = field(default_factory=_Owed)
    buffer: bytearray = field(default_factory=bytearray)
    kept_back: bytearray = field(default_factory=bytearray)
    connection: str = "unnamed"
    is_muted: bool = False

    async def serve(self) -> None:
        """Pass everything on in both directions until one end closes."""
        self.tap.links.add(self)
        back: asyncio.Task[None] | None = None
        try:
            server_in, self.server_out = await self.open_server()
            if await self._introduce():
                back = asyncio.create_task(self._answers(server_in))
                await self._asks()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.tap.links.discard(self)
            self.cut()
            if back is not None:
                back.cancel()
                await asyncio.gather(back, return_exceptions=True)

    def cut(self) -> None:
        """Drop both ends at once."""
        for writer in (self.client_out, self.server_out):
            if writer is not None and writer.transport is not None:
                writer.transport.abort()

    @property
    def process_id(self) -> int:
        """The process at the other end, as the kernel knows it."""
        end = self.client_out.get_extra_info("socket")
        return int(struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])

    async def _introduce(self) -> bool:
        """Read who the client is; False for a request to cancel, which is passed on and over."""
        while True:
            first = await self._next(is_first=True)
            if first is None:
                return False
            code = startup_code(first)
            if code in (SSL_REQUEST, GSS_REQUEST):
                self.client_out.write(b"N")
                continue
            self._forward(first.raw)
            if code == CANCEL_REQUEST:
                await self._drain()
                return False
            self.connection = startup_names(first).get("application_name", "unnamed")
            self.owed.asked("round")
            return True

    async def _asks(self) -> None:
        is_held = False
        while True:
            frame = await self._next()
            if frame is None:
                return
            unit = self.reading.unit_of(frame)
            armed = None if unit is None else self.tap.note(self.connection, unit)
            if unit is not None and self.tap.slow_s > 0:
                await asyncio.sleep(self.tap.slow_s)
            is_held = is_held or (armed is not None and armed.deed == "hold")
            if frame.kind in _PREPARES or (is_held and frame.kind == b"E"):
                # What only prepares a statement stays with it, and a held round stays whole: it is sent in one piece,
                # and a server that has half of one never gives up on its client.
                self.kept_back += frame.raw
                self._owe(frame)
                continue
            if is_held:
                await self.tap.hold()
                is_held = False
            elif armed is not None and unit is not None:
                if armed.moment == "after":
                    await self._run_to_its_end(frame, unit)
                self.tap.kill(self.process_id)
                return
            self._owe(frame)
            self._forward(frame.raw)
            if not self.buffer:
                await self._drain()

    def _owe(self, frame: Frame) -> None:
        if frame.kind == b"E":
            self.owed.asked("statement")
        elif frame.kind in (b"Q", b"S"):
            self.owed.asked("round")

    async def _run_to_its_end(self, frame: Frame, unit: Unit) -> None:
        """Let the server run this statement and finish answering, and keep the answer."""
        self.is_muted = True
        self._owe(frame)
        self._forward(frame.raw)
        if unit.is_extended:
            following: Frame | None = None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SYNC_WITHIN_S):
                    following = await self._next()
            if following is not None and following.kind == b"S":
                self._owe(following)
                self._forward(following.raw)
            else:
                self._forward(FLUSH)
        await self._drain()
        await asyncio.wait_for(self.owed.settled.wait(), 30)

    async def _answers(self, server_in: asyncio.StreamReader) -> None:
        buffer = bytearray()
        try:
            while chunk := await server_in.read(_CHUNK):
                buffer += chunk
                if not self.is_muted:
                    self.client_out.write(chunk)
                for frame in frames(buffer):
                    self.owed.answered(frame.kind)
                await self.client_out.drain()
        except OSError:
            pass
        self.owed.settled.set()
        if not self.is_muted:
            self.client_out.close()

    async def _next(self, *, is_first: bool = False) -> Frame | None:
        while True:
            for frame in frames_one(self.buffer, is_first=is_first):
                return frame
            chunk = await self.client_in.read(_CHUNK)
            if not chunk:
                return None
            self.buffer += chunk

    def _forward(self, raw: bytes) -> None:
        if not self.tap.is_cut and self.server_out is not None:
            self.server_out.write(bytes(self.kept_back) + raw)
            self.kept_back.clear()

    async def _drain(self) -> None:
        if self.server_out is not None:
            await self.server_out.drain()


def frames_one(buffer: bytearray, *, is_first: bool) -> list[Frame]:
    """At most one frame out of a buffer."""
    for frame in frames(buffer, is_first=is_first):
        return [frame]
    return []
