"""A platform that gives its instances processor time only while they answer a request, as a process of its own.

Usage: `python -m tests.fakes.app_runner PORT JOURNAL HTTP_PORT:PID …`. Each request goes to an instance that has none,
while there is one. An instance without a request is frozen (SIGSTOP) and thawed (SIGCONT) when one comes in. The
journal has one line per request: the instance's place and `begin` or `end`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Instance:
    """A process that serves HTTP, and how many requests it has."""

    place: int
    port: int
    pid: int
    in_flight: int = 0

    def freeze(self) -> None:
        """It gets no processor time."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It gets processor time again."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)


class Front:
    """Hands each connection's one request to an instance."""

    def __init__(self, instances: Sequence[Instance], journal: Path) -> None:
        self._instances = instances
        self._journal = journal

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on one request and its answer."""
        instance = min(self._instances, key=lambda one: (one.in_flight, one.place))
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self._note(instance, "begin")
            instance.in_flight += 1
            instance.thaw()
            try:
                writer.write(await _answer(instance.port, head))
                await writer.drain()
            finally:
                instance.in_flight -= 1
                if instance.in_flight == 0:
                    instance.freeze()
                self._note(instance, "end")
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side sees the connection end
        finally:
            writer.close()

    def _note(self, instance: Instance, what: str) -> None:
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(f"{instance.place} {what}\n")


async def _answer(port: int, head: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        writer.write(b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]))
        return await reader.read()
    finally:
        writer.close()


async def _until_healthy(instance: Instance) -> None:
    while True:
        with contextlib.suppress(OSError):
            answer = await _answer(instance.port, b"GET /healthz HTTP/1.1\r\nHost: worker\r\n\r\n")
            if answer.startswith(b"HTTP/1.1 200"):
                return
        await asyncio.sleep(0.02)


async def run(port: int, journal: Path, instances: Sequence[Instance]) -> None:
    """Freeze the instances once they are up, then serve until SIGTERM."""
    async with asyncio.timeout(180):
        await asyncio.gather(*(_until_healthy(instance) for instance in instances))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    for instance in instances:
        instance.freeze()
    server = await asyncio.start_server(Front(instances, journal).serve, "127.0.0.1", port)
    await ended.wait()
    for instance in instances:
        instance.thaw()
    server.close()


def main(arguments: Sequence[str]) -> None:
    """Read the arguments and run."""
    port, journal, *given = arguments
    pairs = [one.split(":") for one in given]
    instances = [Instance(place, int(at), int(pid)) for place, (at, pid) in enumerate(pairs)]
    asyncio.run(run(int(port), Path(journal), instances))


if __name__ == "__main__":
    main(sys.argv[1:])
