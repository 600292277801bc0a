"""DBOS Transact: queued workflows, and a workflow of ten asynchronous steps."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from typing import Any

import marks
from dbos import DBOS, DBOSClient, DBOSConfig
from ledger import Ledger
from program import URL, Unable, main

_SYSTEM_URL = URL.replace("postgresql://", "postgresql+psycopg://")
_STEPS = 10


def boot(*, poll_s: float, concurrency: int | None) -> None:
    """Launch, with the queue's settings stored."""
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": _SYSTEM_URL,
        "log_level": "ERROR",
        "application_version": "v1",
        "executor_id": f"executor-{os.getpid()}",
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(
        "bench", polling_interval_sec=poll_s, worker_concurrency=concurrency, on_conflict="always_update"
    )


@DBOS.workflow(name="noop")
async def noop(arguments: dict[str, Any]) -> None:
    """Nothing."""
    marks.noop()


@DBOS.workflow(name="stamp")
async def stamp(arguments: dict[str, Any]) -> None:
    """A time stamp."""
    marks.stamp(arguments["sent_at"])


@DBOS.workflow(name="slow")
async def slow(arguments: dict[str, Any]) -> None:
    """A few seconds."""
    await marks.slow(arguments["seconds"])


@DBOS.step()
async def step(number: int) -> int:
    """One durable step."""
    return number


@DBOS.workflow(name="ten_steps")
async def ten_steps() -> None:
    """Ten of them."""
    for number in range(_STEPS):
        await step(number)


class DbosQueue(Unable):
    """DBOS behind the common command line."""

    async def setup(self) -> None:
        """Its own schema."""
        await asyncio.to_thread(boot, poll_s=1.0, concurrency=None)

    async def open(self) -> None:
        """A client without a worker."""
        self._client = DBOSClient(system_database_url=_SYSTEM_URL, application_name="bench")

    async def enqueue(self, kind: str, arguments: dict[str, Any], group: int) -> None:
        """One workflow."""
        options = {"queue_name": "bench", "app_version": "v1", "workflow_name": kind}
        self._client.enqueue(options, arguments)  # type: ignore[arg-type]

    async def work(self, *, poll_s: float, concurrency: int | None = None) -> None:
        """Work its queue."""
        await asyncio.to_thread(boot, poll_s=poll_s, concurrency=concurrency)
        await asyncio.Event().wait()

    async def runs(self, *, n: int, concurrency: int) -> dict[str, Any]:
        """Workflows of ten steps, so many at a time."""
        await asyncio.to_thread(boot, poll_s=1.0, concurrency=None)
        slots = asyncio.Semaphore(concurrency)

        async def one() -> None:
            async with slots:
                await ten_steps()

        await asyncio.gather(*[one() for _ in range(concurrency)])
        ledger, began = Ledger(), time.perf_counter()
        await asyncio.gather(*[one() for _ in range(n)])
        seconds = time.perf_counter() - began
        return {"n": n, "seconds": seconds, **ledger.cost(n)}


logging.disable(logging.WARNING)
main(DbosQueue())
