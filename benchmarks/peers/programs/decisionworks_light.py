"""The light jobs of the benchmarks, and the worker that knows them and the ten-node run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import marks
from decisionworks_graphs import ten_nodes

from decisionworks import jobs
from decisionworks.decisions import JOB_KIND
from decisionworks.engine.task import TaskDefinition, TaskRun
from decisionworks.engine.worker import Worker
from decisionworks.jobs import Order
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.ids import new_id
from decisionworks.kit.settings import Settings, read_settings

KINDS = ("noop", "stamp", "slow")


def queue_of(kind: str) -> str:
    """Where a job of a kind waits."""
    return jobs.TASK_QUEUE if kind in KINDS else jobs.DEFAULT_QUEUE


async def hand_in(at: Tx | Database, *, project_id: UUID, kind: str, arguments: dict[str, Any]) -> None:
    """One job; a run is about a thread of its own, a task is about nothing."""
    subject_id = None if kind in KINDS else new_id()
    await jobs.enqueue(
        at, project_id=project_id, kind=kind, subject_id=subject_id, payload=arguments, queue=queue_of(kind)
    )


async def hand_in_many(tx: Tx, *, project_id: UUID, kind: str, arguments: list[dict[str, Any]]) -> None:
    """A batch."""
    orders = [Order(payload=one, subject_id=None if kind in KINDS else new_id()) for one in arguments]
    await jobs.enqueue_many(tx, orders, project_id=project_id, kind=kind, queue=queue_of(kind))


def settings_for(url: str, *, slots: int, task_slots: int) -> Settings:
    """The product's settings, but for the slots."""
    return read_settings(database_url=url, worker_slots=slots, worker_task_slots=task_slots)


def make_worker(settings: Settings, database: Database) -> Worker:
    """A worker of the product that knows the jobs of the benchmarks; ten nodes are also what a decision set runs."""
    tasks = {kind: TaskDefinition(kind=kind, work=_work) for kind in KINDS}
    graphs = {kind: ten_nodes(kind) for kind in ("ten", JOB_KIND)}
    return Worker(settings, graphs, database, tasks=tasks)


async def _work(run: TaskRun) -> None:
    match run.job.kind:
        case "noop":
            marks.noop()
        case "stamp":
            marks.stamp(run.job.payload["sent_at"])
        case "slow":
            await marks.slow(run.job.payload["seconds"])
