"""One try at a job: what it has recorded, what waits to be committed, and the one way to commit it.

A node's result, its events, its reason card, its domain write and the checkpoint behind it are one transaction, and
that transaction holds the lease. So a node has either happened with everything it says, or not at all, and a worker
that lost its lease writes nothing. What a node made is committed before the next one begins its work, or when the run
rests or ends, whichever comes first (docs/adr/0004-leases-and-one-commit-per-node.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from decisionworks import events, jobs
from decisionworks.engine.committer import Commit, Committer, commit_within
from decisionworks.engine.definition import Ending
from decisionworks.engine.errors import RunCancelled
from decisionworks.engine.measures import Measures
from decisionworks.engine.outbox import Intent, Outbox
from decisionworks.events import EVENTS_CHANNEL, Doorbell, EventDraft
from decisionworks.jobs import ClaimedJob, FinalOutcome, HeldLease, LeaseLost
from decisionworks.kit.db import Database, DatabaseUnavailable, Tx

DomainWrite = Callable[[Tx], Awaitable[None]]

_PAUSE_S = 0.3
_RUNS_OF = b"SELECT * FROM decisionworks_runs_of(%s, %s)"


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One worker's hold on one job, and the outbox of work that awaits its commit.

    `document` is the graph's own working copy of what it decides on; nodes read it, their commits bring it forward.
    """

    job: ClaimedJob
    graph_version: str
    database: Database
    committer: Committer
    doorbell: Doorbell
    is_fenced: Callable[[], bool]
    measures: Measures = field(default_factory=Measures)
    document: Any = None
    recorded: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    intents: set[str] = field(default_factory=set)
    outbox: Outbox = field(default_factory=Outbox)
    is_untouched: bool = False
    working: int = 0
    is_in_doubt: bool = False
    commit_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def thread_id(self) -> UUID:
        """The thread is the job's subject; a job without one is its own thread."""
        return self.job.subject_id or self.job.id

    async def begin(self) -> None:
        """Read what earlier attempts recorded, so that no node asks the database whether it ran.

        Raises: DatabaseUnavailable.
        """
        rows = await self.database.call(_RUNS_OF, (self.thread_id, self.job.project_id))
        for row in rows:
            if row["status"] == "succeeded":
                self.recorded[row["key"]] = row["output"]
            else:
                self.intents.add(row["key"])
        self.is_untouched = self.job.attempt == 1 and not rows

    async def intend(self, intent: Intent) -> None:
        """Commit that a node with outside effects begins, with whatever waits; on a later try, count the try.

        Raises: LeaseLost, RunCancelled.
        """
        is_new = intent.key not in self.intents
        drafts = [EventDraft(type="node-started", payload={"node": intent.node}, node=intent.node)] if is_new else []
        await self.commit(intent=intent, drafts=drafts)
        self.intents.add(intent.key)

    async def commit(
        self, *, also: DomainWrite | None = None, intent: Intent | None = None, drafts: Sequence[EventDraft] = ()
    ) -> None:
        """Commit everything in the outbox, and what is given, under the lease; nothing to commit is no transaction.

        Raises: LeaseLost, RunCancelled; then nothing is written.
        """
        async with self.commit_lock:
            if not self.outbox.nodes and also is None and intent is None and not drafts:
                return  # checkpoints behind which nothing happened ride along with the next node
            await self._commit(also, intent, drafts, heed_cancel=True)
        self._ring(at_once=also is not None)

    async def keep_finished(self) -> None:
        """Commit what nodes made before something else went wrong, so that a retry does not work it again.

        Raises: LeaseLost, RunCancelled, and what a node's own write raises.
        """
        async with self.commit_lock:
            if self.outbox.nodes:
                await self._commit(None, None, (), heed_cancel=True, is_again=True)

    async def end(self, ending: Ending) -> None:
        """Commit the job's good end, what the domain makes of it, and whatever waits.

        Raises: LeaseLost, and what the domain's write raises.
        """
        async with self.commit_lock:
            await self._commit(ending.write, None, ending.drafts, heed_cancel=False, ends_as="succeeded")
        self._ring(at_once=True)

    async def write(self, work: DomainWrite, *, heed_cancel: bool = False, may_be_lost: bool = False) -> None:
        """Run one domain write under the lease, outside any node, with whatever waits in the outbox.

        What `may_be_lost` in a crash of the server does not wait for the disk, unless something waits with it.
        Raises: LeaseLost; RunCancelled, if that is to be heeded.
        """
        async with self.commit_lock:
            await self._commit(work, None, (), heed_cancel=heed_cancel, may_be_lost=may_be_lost)
        self._ring(at_once=True)

    async def _commit(
        self,
        also: DomainWrite | None,
        intent: Intent | None,
        drafts: Sequence[EventDraft],
        *,
        heed_cancel: bool,
        is_again: bool = False,
        may_be_lost: bool = False,
        ends_as: FinalOutcome | None = None,
    ) -> None:
        """Commit now or, while the database is away, as soon as it answers again: what is worked is not worked twice.

        Whether a commit went through whose answer was lost is seen from what it recorded; one that also moved the job
        shows as a lost lease. What comes in while it is sent again waits for the next one: it cannot be known by it.
        """
        waiting = self.outbox.now()
        while True:
            if self.is_fenced():
                raise LeaseLost(self.job.id, self.job.lease_token)
            made = waiting.made(
                intents=self.intents,
                intent=intent,
                drafts=drafts,
                is_again=is_again or self.is_in_doubt,
                ends_as=ends_as,
            )
            began = time.perf_counter()
            try:
                await self._send(waiting, made, also, heed_cancel=heed_cancel, may_be_lost=may_be_lost)
                break
            except DatabaseUnavailable:
                is_again = self.is_in_doubt = True
                await asyncio.sleep(_PAUSE_S)
            except asyncio.CancelledError:
                self.is_in_doubt = True  # the commit may have gone through all the same
                raise
        self.is_in_doubt = False
        self.measures.commit.observe(time.perf_counter() - began)
        self.measures.events.inc(len(made["events"]))
        if waiting.nodes and (self.job.failures or self.job.lost_leases):
            self.job = replace(self.job, failures=0, lost_leases=0)
        self.outbox.drop(waiting)
        for done in waiting.nodes:
            self.recorded[done.key] = done.output

    async def _send(
        self,
        waiting: Outbox,
        made: Mapping[str, object],
        also: DomainWrite | None,
        *,
        heed_cancel: bool,
        may_be_lost: bool,
    ) -> None:
        job = self.job
        facts = Commit(job.id, job.lease_token, self.thread_id, job.project_id, heed_cancel, made)
        applies = [done.apply for done in waiting.nodes if done.apply is not None]
        if not applies and also is None:
            self._check(await self.committer.commit(facts), heed_cancel=heed_cancel)
            return
        is_durable = not may_be_lost or bool(waiting.nodes)
        async with self.database.project_transaction(job.project_id, is_durable=is_durable) as tx:
            row = await commit_within(tx, facts)
            self._check(row, heed_cancel=heed_cancel)
            for write in applies if row is not None and not row["is_known"] else ():
                await write(tx)
            if also is not None:
                await also(tx)

    def _check(self, row: Mapping[str, Any] | None, *, heed_cancel: bool) -> None:
        if row is None:
            raise LeaseLost(self.job.id, self.job.lease_token)
        if row["cancel_requested"] and heed_cancel:
            raise RunCancelled

    async def hold(self, tx: Tx, *, heed_cancel: bool = True) -> HeldLease:
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
        await events.append(
            tx,
            project_id=self.job.project_id,
            stream_id=self.thread_id,
            run_id=self.job.id,
            drafts=drafts,
            checkpoint_id=checkpoint_id,
        )

    def _ring(self, *, at_once: bool) -> None:
        """What a run rests or ends with, somebody waits for; of nodes one hears soon enough with the next ones."""
        self.doorbell.ring(EVENTS_CHANNEL, str(self.thread_id), at_once=at_once)
