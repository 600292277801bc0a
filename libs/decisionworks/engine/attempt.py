"""One try at a job: what it has recorded, what waits to be committed, and the one way to commit it.

A node's result, its events, its reason card, its domain write and the checkpoint behind it are one transaction, and
that transaction holds the lease. So a node has either happened with everything it says, or not at all, and a worker
that lost its lease writes nothing (docs/adr/0004-leases-and-one-commit-per-node.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from decisionworks import events, jobs
from decisionworks.engine.errors import RunCancelled
from decisionworks.events import EVENTS_CHANNEL, Doorbell, EventDraft
from decisionworks.jobs import ClaimedJob, LeaseLost
from decisionworks.kit.db import Database, Tx

DomainWrite = Callable[[Tx], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedNode:
    """A node's work, done and not yet committed.

    Units: `duration_ms` is wall time in milliseconds.
    """

    node: str
    key: str
    inputs_hash: str
    outputs_hash: str
    output: Mapping[str, Any]
    drafts: Sequence[EventDraft]
    duration_ms: int
    apply: DomainWrite | None


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One worker's hold on one job, and the outbox of work that awaits its commit.

    `document` is the graph's own working copy of what it decides on; nodes read it, their commits bring it forward.
    """

    job: ClaimedJob
    graph_version: str
    database: Database
    doorbell: Doorbell
    is_fenced: Callable[[], bool]
    document: Any = None
    recorded: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    intents: set[str] = field(default_factory=set)
    outbox: list[FinishedNode] = field(default_factory=list)
    commit_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def thread_id(self) -> UUID:
        """The thread is the job's subject; a job without one is its own thread."""
        return self.job.subject_id or self.job.id

    async def begin(self, tx: Tx) -> None:
        """Read what earlier attempts recorded, so that no node asks the database whether it ran."""
        cursor = await tx.execute("SELECT key, status, output FROM agent_runs WHERE thread_id = %s", (self.thread_id,))
        for row in await cursor.fetchall():
            if row["status"] == "succeeded":
                self.recorded[row["key"]] = row["output"]
            else:
                self.intents.add(row["key"])

    async def intend(self, *, node: str, key: str, inputs_hash: str) -> None:
        """Commit that a node with outside effects begins; on a later try, count the try.

        Raises: LeaseLost, RunCancelled.
        """
        async with self.commit_lock, self.database.project_transaction(self.job.project_id) as tx:
            await self.hold(tx)
            await tx.execute(
                "INSERT INTO agent_runs (thread_id, key, project_id, node, status, inputs_hash, job_id, lease_token)"
                " VALUES (%s, %s, %s, %s, 'intent', %s, %s, %s)"
                " ON CONFLICT (thread_id, key) DO UPDATE SET tries = agent_runs.tries + 1,"
                " lease_token = excluded.lease_token, started_at = clock_timestamp()",
                (self.thread_id, key, self.job.project_id, node, inputs_hash, self.job.id, self.job.lease_token),
            )
            if key not in self.intents:
                await self._append(tx, [EventDraft(type="node-started", payload={"node": node}, node=node)], None)
        self.intents.add(key)
        self._ring()

    async def commit(self, *, checkpoint_id: str | None, also: DomainWrite | None = None) -> None:
        """Commit everything in the outbox, and `also` (the checkpoint), under the lease.

        Raises: LeaseLost, RunCancelled; then nothing is written.
        """
        async with self.commit_lock:
            finished = tuple(self.outbox)
            async with self.database.project_transaction(self.job.project_id) as tx:
                held = await self.hold(tx)
                for done in finished:
                    await self._record(tx, done, checkpoint_id)
                    if done.key in self.intents and checkpoint_id is not None:
                        await events.place(tx, stream_id=self.thread_id, node=done.node, checkpoint_id=checkpoint_id)
                    if done.apply is not None:
                        await done.apply(tx)
                    await self._append(tx, done.drafts, checkpoint_id)
                if also is not None:
                    await also(tx)
                is_progress = bool(finished) and (held.lost_leases > 0 or held.failures > 0)
                if is_progress:
                    await jobs.note_progress(tx, self.job.lease)
            if is_progress:
                self.job = replace(self.job, failures=0, lost_leases=0)
            del self.outbox[: len(finished)]
            for done in finished:
                self.recorded[done.key] = done.output
        if finished or also is not None:
            self._ring()

    async def write(self, work: DomainWrite, *, heed_cancel: bool = False) -> None:
        """Run one domain write under the lease, outside any node.

        Raises: LeaseLost; RunCancelled, if that is to be heeded.
        """
        async with self.commit_lock, self.database.project_transaction(self.job.project_id) as tx:
            await self.hold(tx, heed_cancel=heed_cancel)
            await work(tx)
        self._ring()

    async def hold(self, tx: Tx, *, heed_cancel: bool = True) -> jobs.HeldLease:
        """Hold the right to write until this transaction ends.

        Raises: LeaseLost; RunCancelled, the end was asked for.
        """
        if self.is_fenced():
            raise LeaseLost(self.job.id, self.job.lease_token)
        held = await jobs.hold_lease(tx, self.job.lease)
        if held.cancel_requested and heed_cancel:
            raise RunCancelled
        return held

    async def append(self, tx: Tx, drafts: Sequence[EventDraft], *, checkpoint_id: str | None = None) -> None:
        """Append events of this run in the caller's transaction."""
        await self._append(tx, drafts, checkpoint_id)

    async def _append(self, tx: Tx, drafts: Sequence[EventDraft], checkpoint_id: str | None) -> None:
        await events.append(
            tx,
            project_id=self.job.project_id,
            stream_id=self.thread_id,
            run_id=self.job.id,
            drafts=drafts,
            checkpoint_id=checkpoint_id,
        )

    async def _record(self, tx: Tx, done: FinishedNode, checkpoint_id: str | None) -> None:
        await tx.execute(
            "INSERT INTO agent_runs (thread_id, key, project_id, node, status, inputs_hash, outputs_hash, output,"
            " job_id, lease_token, checkpoint_id, duration_ms, finished_at)"
            " VALUES (%s, %s, %s, %s, 'succeeded', %s, %s, %s, %s, %s, %s, %s, clock_timestamp())"
            " ON CONFLICT (thread_id, key) DO UPDATE SET status = 'succeeded', outputs_hash = excluded.outputs_hash,"
            " output = excluded.output, lease_token = excluded.lease_token, checkpoint_id = excluded.checkpoint_id,"
            " duration_ms = excluded.duration_ms, finished_at = excluded.finished_at"
            " WHERE agent_runs.status = 'intent'",
            (
                self.thread_id,
                done.key,
                self.job.project_id,
                done.node,
                done.inputs_hash,
                done.outputs_hash,
                Jsonb(dict(done.output)),
                self.job.id,
                self.job.lease_token,
                checkpoint_id,
                done.duration_ms,
            ),
        )

    def _ring(self) -> None:
        self.doorbell.ring(EVENTS_CHANNEL, str(self.thread_id))
