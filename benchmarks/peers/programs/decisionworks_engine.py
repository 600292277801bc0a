"""Our own engine behind the common command line: real `Worker` processes, with the definitions of the benchmarks."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import UUID

import structlog
from decisionworks_light import hand_in, hand_in_many, make_worker, queue_of, settings_for
from program import URL, Unable, main

from decisionworks.engine.migrate import migrate
from decisionworks.events import JOBS_CHANNEL, Doorbell
from decisionworks.kit.db import Database

_PROJECTS = tuple(UUID(int=number + 1) for number in range(2))


class DecisionworksQueue(Unable):
    """The engine; `group` is a project."""

    async def setup(self) -> None:
        """The product's own migrations, and two projects."""
        await asyncio.to_thread(migrate, URL)
        await self.open()
        async with self._database.system_transaction() as tx:
            for number, project_id in enumerate(_PROJECTS):
                await tx.execute("INSERT INTO projects (id, name) VALUES (%s, %s)", (project_id, f"bench {number}"))
        await self.close()

    async def open(self) -> None:
        """A pool and a doorbell, as the API has them."""
        self._database = Database(URL, pool_size=4, timeout_s=10.0)
        await self._database.open()
        self._doorbell = Doorbell(URL)
        await self._doorbell.start()

    async def close(self) -> None:
        """Both."""
        await self._doorbell.stop()
        await self._database.close()

    async def enqueue(self, kind: str, arguments: dict[str, Any], group: int) -> None:
        """One job in a transaction of its own, rung ahead of and after, as the API does it."""
        project_id = _PROJECTS[group]
        self._doorbell.ring_ahead(JOBS_CHANNEL, queue_of(kind))
        await hand_in(self._database, project_id=project_id, kind=kind, arguments=arguments)
        self._doorbell.ring(JOBS_CHANNEL, queue_of(kind))

    async def enqueue_many(self, kind: str, arguments: list[dict[str, Any]], group: int) -> None:
        """A batch in one transaction."""
        project_id = _PROJECTS[group]
        async with self._database.project_transaction(project_id) as tx:
            await hand_in_many(tx, project_id=project_id, kind=kind, arguments=arguments)
        self._doorbell.ring(JOBS_CHANNEL, queue_of(kind))

    async def work(self, *, slots: int = 4, task_slots: int = 100) -> None:
        """A worker of the product, until killed."""
        settings = settings_for(URL, slots=slots, task_slots=task_slots)
        database = Database(URL, pool_size=settings.pool_size, timeout_s=settings.database_timeout_s)
        await database.open()
        await make_worker(settings, database).run()


structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
main(DecisionworksQueue(), uvloop=True)  # as the product's own worker
