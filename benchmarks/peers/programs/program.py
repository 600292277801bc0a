"""The one command line of every queue under measurement: PROGRAM COMMAND JSON, with BENCH_URL and BENCH_MARKS set.

setup {}                                 make the schema
enqueue {kind, n, batch, group}          hand jobs in, one by one (batch 1) or in batches; prints n and seconds
pickup {n}                               hand stamp jobs in, one at a time with pauses; prints when each call returned
paced {rate, seconds, group}             hand stamp jobs in at a steady rate; prints how many
work {...}                               work for ever, with the settings of that queue
runs {n, concurrency, ...}               durable runs of ten steps, where the peer has such; prints seconds and cost
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from typing import Any, Protocol

URL = os.environ["BENCH_URL"]
SLOW_S = 5.0


class Queue(Protocol):
    """What a program tells of its queue. `group` names a tenant where the queue has tenants."""

    async def setup(self) -> None:
        """Make the schema."""

    async def open(self) -> None:
        """Connect as a producer."""

    async def close(self) -> None:
        """Leave."""

    async def enqueue(self, kind: str, arguments: dict[str, Any], group: int) -> None:
        """Hand in one job, durably."""

    async def enqueue_many(self, kind: str, arguments: list[dict[str, Any]], group: int) -> None:
        """Hand in a batch, durably."""

    async def work(self, **options: Any) -> None:
        """Work for ever."""

    async def runs(self, **options: Any) -> dict[str, Any]:
        """Make durable runs of ten steps."""


class Unable:
    """What a queue cannot do says so."""

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def enqueue_many(self, kind: str, arguments: list[dict[str, Any]], group: int) -> None:
        """One by one is all there is."""
        raise NotImplementedError("no bulk enqueue")

    async def runs(self, **options: Any) -> dict[str, Any]:
        """No durable steps."""
        raise NotImplementedError("no durable steps")


def main(queue: Queue, *, uvloop: bool = False) -> None:
    """Run one command of the command line."""
    command, options = sys.argv[1], json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}")
    if uvloop:
        import uvloop as fast

        fast.install()
    answer = asyncio.run(_run(queue, command, options))
    if answer is not None:
        print(json.dumps(answer), flush=True)
    os._exit(0)  # some peers keep threads that nobody can end


async def _run(queue: Queue, command: str, options: dict[str, Any]) -> dict[str, Any] | None:
    if command == "setup":
        await queue.setup()
        return {}
    if command == "work":
        await queue.work(**options)
        return None
    if command == "runs":
        return await queue.runs(**options)
    await queue.open()
    try:
        return await {"enqueue": _enqueue, "pickup": _pickup, "paced": _paced}[command](queue, **options)
    finally:
        await queue.close()


def arguments_of(kind: str) -> dict[str, Any]:
    """What a job of a kind is told."""
    return {"seconds": SLOW_S} if kind == "slow" else {"sent_at": time.time()} if kind == "stamp" else {"k": 1}


async def _enqueue(queue: Queue, *, kind: str, n: int, batch: int, group: int = 0) -> dict[str, Any]:
    arguments = arguments_of(kind)
    began = time.perf_counter()
    if batch == 1:
        for _ in range(n):
            await queue.enqueue(kind, arguments, group)
    else:
        for start in range(0, n, batch):
            await queue.enqueue_many(kind, [arguments] * min(batch, n - start), group)
    return {"n": n, "seconds": time.perf_counter() - began, "ended_at": time.time()}


async def _pickup(queue: Queue, *, n: int) -> dict[str, Any]:
    returned = {}
    for _ in range(n):
        await asyncio.sleep(random.uniform(0.02, 0.08))
        sent_at = time.time()
        await queue.enqueue("stamp", {"sent_at": sent_at}, 0)
        returned[sent_at] = time.time()
    await asyncio.sleep(0.1)
    return {"returned": list(returned.items())}


async def _paced(queue: Queue, *, rate: float, seconds: float, group: int = 0) -> dict[str, Any]:
    began, sent = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        await queue.enqueue("stamp", {"sent_at": time.time()}, group)
        sent += 1
        await asyncio.sleep(max(0.0, began + sent / rate - time.perf_counter()))
    return {"n": sent, "seconds": time.perf_counter() - began}
