"""Many followers of one event stream, in one process: PROGRAM JSON.

Prints `ready` when every follower has received bytes, then, on a line of standard input, for each event's id how many
followers got it and when the last one did (`time.time()`).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Any

_ID = re.compile(rb"(?:^|\n)id: (\d+)\r?\n")
_KEPT = 64  # an id line may be cut in two by the network


class Follower(asyncio.Protocol):
    """One connection."""

    def __init__(self, request: bytes, arrivals: dict[int, list[float]], on_first: Any) -> None:
        self._request = request
        self._arrivals = arrivals
        self._on_first = on_first
        self._tail = b"\n"
        self._seen = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Note the ids that came, each once."""
        now = time.time()
        if self._on_first is not None:
            self._on_first()
            self._on_first = None
        text = self._tail + data
        for found in _ID.finditer(text):
            number = int(found[1])
            if number > self._seen:
                self._seen = number
                self._arrivals.setdefault(number, []).append(now)
        self._tail = text[-_KEPT:]


async def _follow(*, host: str, port: int, path: str, token: str, count: int) -> None:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Accept: text/event-stream", "Last-Event-ID: 0"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    arrivals: dict[int, list[float]] = {}
    all_there, left = asyncio.Event(), count

    def one_more() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            all_there.set()

    loop = asyncio.get_running_loop()
    for _ in range(count):
        await loop.create_connection(lambda: Follower(request, arrivals, one_more), host, port)
    await all_there.wait()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(json.dumps({number: {"count": len(at), "last": max(at)} for number, at in arrivals.items()}), flush=True)


asyncio.run(_follow(**json.loads(sys.argv[1])))
