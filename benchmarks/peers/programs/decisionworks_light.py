"""The light jobs of the benchmarks: tasks where the engine has them, else graphs of one node."""

from __future__ import annotations

import importlib.util
from typing import Any
from uuid import UUID

import marks
from decisionworks_graphs import one_node, ten_nodes

from decisionworks import jobs
from decisionworks.engine.worker import Worker
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.ids import new_id
from decisionworks.kit.settings import Settings, read_settings

KINDS = ("noop", "stamp", "slow")
HAS_TASKS = importlib.util.find_spec("decisionworks.engine.task") is not None


def queue_of(kind: str) -> str:
    """Where a job of a kind waits."""
    return jobs.TASK_QUEUE if HAS_TASKS and kind in KINDS else jobs.DEFAULT_QUEUE


async def hand_in(tx: Tx, *, project_id: UUID, kind: str, arguments: dict[str, Any]) -> None:
    """One job; a run is about a thread of its own, a task is about nothing."""
    subject_id = None if queue_of(kind) != jobs.DEFAULT_QUEUE else new_id()
    await jobs.enqueue(
        tx, project_id=project_id, kind=kind, subject_id=subject_id, payload=arguments, queue=queue_of(kind)
    )


async def hand_in_many(tx: Tx, *, project_id: UUID, kind: str, arguments: list[dict[str, Any]]) -> None:
    """A batch."""
    if not HAS_TASKS:
        for one in arguments:
            await hand_in(tx, project_id=project_id, kind=kind, arguments=one)
        return
    is_task = kind in KINDS
    orders = [jobs.Order(payload=one, subject_id=None if is_task else new_id()) for one in arguments]
    await jobs.enqueue_many(tx, orders, project_id=project_id, kind=kind, queue=queue_of(kind))


def settings_for(url: str, *, slots: int, task_slots: int) -> Settings:
    """The product's settings, but for the slots."""
    more = {"worker_task_slots": task_slots} if HAS_TASKS else {}
    return read_settings(database_url=url, worker_slots=slots, **more)


def make_worker(settings: Settings, database: Database) -> Worker:
    """A worker of the product that knows the jobs of the benchmarks."""
    runs = {"ten": ten_nodes()}
    if not HAS_TASKS:
        return Worker(settings, runs | {kind: one_node(kind) for kind in KINDS}, database)
    from decisionworks.engine.task import TaskDefinition

    return Worker(settings, runs, database, tasks={kind: TaskDefinition(kind=kind, work=_work) for kind in KINDS})


async def _work(run: Any) -> None:
    match run.job.kind:
        case "noop":
            marks.noop()
        case "stamp":
            marks.stamp(run.job.payload["sent_at"])
        case "slow":
            await marks.slow(run.job.payload["seconds"])
