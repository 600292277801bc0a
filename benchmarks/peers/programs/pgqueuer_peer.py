"""PgQueuer: asyncpg, batches claimed and completed together, durable tables (its default)."""

from __future__ import annotations

import json
import logging
from typing import Any

import asyncpg
import marks
from pgqueuer import AsyncpgDriver, PgQueuer, Queries
from program import URL, Unable, main


class PgQueuerQueue(Unable):
    """PgQueuer behind the common command line."""

    async def setup(self) -> None:
        """Its own installation."""
        await Queries(AsyncpgDriver(await asyncpg.connect(URL))).install()

    async def open(self) -> None:
        """One connection."""
        self._queries = Queries(AsyncpgDriver(await asyncpg.connect(URL)))

    async def enqueue(self, kind: str, arguments: dict[str, Any], group: int) -> None:
        """One job."""
        await self._queries.enqueue(kind, json.dumps(arguments).encode())

    async def enqueue_many(self, kind: str, arguments: list[dict[str, Any]], group: int) -> None:
        """Its bulk form."""
        payloads = [json.dumps(one).encode() for one in arguments]
        await self._queries.enqueue([kind] * len(payloads), payloads, [0] * len(payloads))

    async def work(self, *, batch_size: int) -> None:
        """Work with a batch size; the rest is its default."""
        queuer = PgQueuer(AsyncpgDriver(await asyncpg.connect(URL)))

        @queuer.entrypoint("noop")
        async def noop(job: Any) -> None:
            marks.noop()

        @queuer.entrypoint("stamp")
        async def stamp(job: Any) -> None:
            marks.stamp(json.loads(job.payload)["sent_at"])

        @queuer.entrypoint("slow")
        async def slow(job: Any) -> None:
            await marks.slow(json.loads(job.payload)["seconds"])

        await queuer.run(batch_size=batch_size)


logging.disable(logging.WARNING)
main(PgQueuerQueue(), uvloop=True)  # as its own command line does
