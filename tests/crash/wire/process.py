"""The wire's own process, and the handle that its owner keeps.

It stands between processes and the server because a process that is killed cannot count its own statements. Each tap is
a directory with a socket in it, fit for `?host=`; so it also works where the server itself listens on TCP.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg

from tests.crash.wire.tap import Armed, Link, Seen, Tap

_SOCKET = ".s.PGSQL.5432"


class Wire:
    """A process with taps; every call is answered before it returns."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._directory = Path(tempfile.mkdtemp(prefix="wire-"))
        self._commands, commands = multiprocessing.Pipe()
        self._reports, reports = multiprocessing.Pipe()
        info = psycopg.conninfo.conninfo_to_dict(server_url)
        host, port = str(info.get("host", "")), int(info.get("port", 5432) or 5432)
        address = (f"{host}/.s.PGSQL.{port}", 0) if host.startswith("/") else (host or "127.0.0.1", port)
        # Spawned, so that it inherits no lock, no loop and no connection of its owner.
        spawn = multiprocessing.get_context("spawn")
        self._process = spawn.Process(target=_run, args=(commands, reports, address), daemon=True)
        self._process.start()
        commands.close()
        reports.close()

    def open_tap(self, name: str) -> str:
        """Open a way to the server and return its URL."""
        directory = self._directory / name
        directory.mkdir()
        self._ask("open", name, str(directory / _SOCKET))
        parts = urlsplit(self._server_url)
        kept = {key: value for key, value in parse_qsl(parts.query) if key not in ("host", "port")}
        user = "" if parts.username is None else quote(parts.username)
        user += "" if parts.password is None else f":{quote(parts.password)}"
        query = urlencode({**kept, "host": str(directory)}, quote_via=quote)
        return urlunsplit(parts._replace(netloc=f"{user}@", query=query))

    def arm(self, name: str, armed: Armed | None) -> None:
        """Say at which point something is to happen; None: nowhere."""
        self._ask("arm", name, armed)

    def phase(self, name: str, phase: str) -> None:
        """Name what follows; statements are counted anew."""
        self._ask("phase", name, phase)

    def slow(self, name: str, seconds: float) -> None:
        """Let every statement take a little longer from now on: what comes by the clock then comes more often."""
        self._ask("slow", name, seconds)

    def passed(self, name: str) -> list[Seen]:
        """All statements so far, in their order."""
        return list(self._ask("passed", name))

    def let_go(self, name: str) -> None:
        """Let what is held go on."""
        self._ask("let_go", name)

    def close_tap(self, name: str) -> None:
        """Close the way and what is left on it."""
        self._ask("close", name)
        shutil.rmtree(self._directory / name, ignore_errors=True)

    def report(self, timeout_s: float) -> tuple[Any, ...] | None:
        """The next thing that happened; None when nothing does in time."""
        return tuple(self._reports.recv()) if self._reports.poll(timeout_s) else None

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError):
            self._commands.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(5)
        self._reports.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _ask(self, *command: Any) -> Any:
        self._commands.send(command)
        if not self._commands.poll(30):
            raise TimeoutError(f"the wire does not answer to {command[0]}")
        answer = self._commands.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def _run(commands: Connection, reports: Connection, address: tuple[str, int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_Service(commands, reports, address).run())


@dataclass(slots=True)
class _Service:
    commands: Connection
    reports: Connection
    address: tuple[str, int]
    taps: dict[str, Tap] = field(default_factory=dict)
    servers: dict[str, asyncio.AbstractServer] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        asyncio.get_running_loop().add_reader(self.commands.fileno(), self._ready)
        await self.ended.wait()
        os._exit(0)

    def _ready(self) -> None:
        try:
            verb, *arguments = self.commands.recv()
        except (EOFError, OSError):
            self.ended.set()
            return
        task = asyncio.ensure_future(self._answer(verb, arguments))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, verb: str, arguments: list[Any]) -> None:
        try:
            answer = await getattr(self, f"_{verb}")(*arguments)
        except Exception as error:  # noqa: BLE001 the caller gets it
            answer = error
        self.commands.send(answer)

    async def _open(self, name: str, path: str) -> None:
        tap = Tap(name=name, report=self.reports.send)
        self.taps[name] = tap

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Link(tap=tap, client_in=reader, client_out=writer, open_server=self._open_server).serve()

        self.servers[name] = await asyncio.start_unix_server(connected, path)

    async def _open_server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self.address
        if port == 0:
            return await asyncio.open_unix_connection(host)
        return await asyncio.open_connection(host, port)

    async def _arm(self, name: str, armed: Armed | None) -> None:
        self.taps[name].armed = armed

    async def _phase(self, name: str, phase: str) -> None:
        tap = self.taps[name]
        tap.phase, tap.counts = phase, Counter()

    async def _slow(self, name: str, seconds: float) -> None:
        self.taps[name].slow_s = seconds

    async def _passed(self, name: str) -> list[Seen]:
        return self.taps[name].passed

    async def _let_go(self, name: str) -> None:
        self.taps[name].let_go.set()

    async def _close(self, name: str) -> None:
        self.servers.pop(name).close()
        tap = self.taps.pop(name)
        tap.is_cut = True
        tap.let_go.set()
        for link in tuple(tap.links):
            link.cut()
