"""Procrastinate: psycopg, one job per fetch; the rescue of stalled jobs is the periodic task of its documentation."""

from __future__ import annotations

import logging
from typing import Any

import marks
import procrastinate
from program import URL, Unable, main

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=URL, min_size=4, max_size=12))


@app.task(name="noop")
async def noop(k: int) -> None:
    """Nothing."""
    marks.noop()


@app.task(name="stamp")
async def stamp(sent_at: float) -> None:
    """A time stamp."""
    marks.stamp(sent_at)


@app.task(name="slow")
async def slow(seconds: float) -> None:
    """A few seconds."""
    await marks.slow(seconds)


def add_rescue() -> None:
    """The documented recipe, every 5 s instead of every 10 minutes: without it a killed worker's job stays for ever."""

    @app.periodic(cron="* * * * * */5")
    @app.task(name="rescue", queueing_lock="rescue", pass_context=True)
    async def rescue(context: Any, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.retry_job(job)


_TASKS = {"noop": noop, "stamp": stamp, "slow": slow}


class ProcrastinateQueue(Unable):
    """Procrastinate behind the common command line."""

    async def setup(self) -> None:
        """Its own schema."""
        async with app.open_async():
            await app.schema_manager.apply_schema_async()

    async def open(self) -> None:
        """Its pool."""
        await app.open_async()

    async def close(self) -> None:
        """Its pool."""
        await app.close_async()

    async def enqueue(self, kind: str, arguments: dict[str, Any], group: int) -> None:
        """One job."""
        await _TASKS[kind].defer_async(**arguments)

    async def enqueue_many(self, kind: str, arguments: list[dict[str, Any]], group: int) -> None:
        """Its bulk form."""
        await _TASKS[kind].batch_defer_async(*arguments)

    async def work(self, *, concurrency: int, rescue: bool = False) -> None:
        """Work with a number of slots."""
        if rescue:
            add_rescue()
        async with app.open_async():
            await app.run_worker_async(concurrency=concurrency, install_signal_handlers=False)


logging.disable(logging.WARNING)
main(ProcrastinateQueue())
