"""A light job: one function, no graph, no gate; worked at least once, its writes fenced by its lease."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from decisionworks import jobs
from decisionworks.engine.lane import LaneParts
from decisionworks.jobs import ClaimedJob, LeaseLost
from decisionworks.kit.db import Tx


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One attempt at a light job."""

    job: ClaimedJob
    parts: LaneParts

    async def write(self, work: Callable[[Tx], Awaitable[None]]) -> None:
        """Run a domain write in the job's project, under the lease.

        Raises: LeaseLost; then nothing is written.
        """
        if self.parts.is_fenced():
            raise LeaseLost(self.job.id, self.job.lease_token)
        async with self.parts.database.project_transaction(self.job.project_id) as tx:
            await jobs.hold_lease(tx, self.job.lease)
            await work(tx)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """A kind of light job and the function that works it. It may run again after a crash: make it idempotent."""

    kind: str
    work: Callable[[TaskRun], Awaitable[None]]
