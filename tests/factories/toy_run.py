"""One run of the toy graph on a database, and hands to move it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from langgraph.runtime import RunControl

from decisionworks import events, jobs
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.committer import Committer
from decisionworks.engine.run_graph import conclude, run_graph
from decisionworks.events import Doorbell
from decisionworks.jobs import ClaimedJob
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from tests.factories.queue import claimed
from tests.factories.toy_graph import KIND, Toy


class ToyRun:
    """One toy run and hands to move it."""

    def __init__(self, database: Database, project_id: UUID, worker_id: UUID) -> None:
        self.database = database
        self.project_id = project_id
        self.worker_id = worker_id
        self.subject_id = new_id()
        self.toy = Toy()
        self.definition = self.toy.definition()

    async def enqueue(self) -> None:
        async with self.database.project_transaction(self.project_id) as tx:
            await jobs.enqueue(tx, project_id=self.project_id, kind=KIND, subject_id=self.subject_id, payload={})

    async def claim(self, worker_id: UUID | None = None) -> Attempt:
        [job] = await claimed(self.database, worker_id or self.worker_id)
        return self.attempt(job)

    def attempt(self, job: ClaimedJob) -> Attempt:
        return Attempt(
            job=job,
            graph_version="1",
            database=self.database,
            committer=Committer(self.database),
            doorbell=Doorbell("postgresql://nowhere"),
            is_fenced=lambda: False,
        )

    async def work(self, attempt: Attempt) -> Any:
        outcome = await run_graph(self.definition, attempt, RunControl())
        await conclude(self.definition, attempt, outcome)
        return outcome

    async def answer(self, said: str) -> None:
        self.toy.life.answers[self.toy.life.waits_at.interrupt_id] = said
        async with self.database.project_transaction(self.project_id) as tx:
            assert await jobs.wake(tx, subject_id=self.subject_id)

    async def told(self) -> list[tuple[str, str | None]]:
        async with self.database.project_transaction(self.project_id) as tx:
            return [(event.type, event.node) for event in await events.read(tx, stream_id=self.subject_id)]

    async def retries(self) -> list[Any]:
        async with self.database.project_transaction(self.project_id) as tx:
            found = await events.read(tx, stream_id=self.subject_id)
        return [dict(event.payload) for event in found if event.type == "job-retried"]

    async def count(self, query: str) -> int:
        async with self.database.project_transaction(self.project_id) as tx:
            row = await (await tx.execute(query)).fetchone()
            return int(row["n"]) if row is not None else 0
