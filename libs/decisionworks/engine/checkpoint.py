"""LangGraph's checkpoints, saved in the transaction of the node that made them, under the lease.

LangGraph hands over task writes and checkpoints one by one. A checkpoint behind which a node finished is committed at
once, with that node; one behind which nothing happened (the input, the way out of a subgraph) waits and rides along.
Task writes whose checkpoint has a successor are never needed again and are not stored.

The statements and the serialisation are those of AsyncPostgresSaver; only the moment of the commit is ours.
Source: docs/adr/0004-leases-and-one-commit-per-node.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncCursor
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from decisionworks.engine.attempt import Attempt
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    namespace: str
    checkpoint_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _TaskWrites:
    at: _Position
    statement: str
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    at: _Position
    blobs: list[tuple[Any, ...]]
    row: tuple[Any, ...]


class LeaseSaver(AsyncPostgresSaver):
    """A checkpointer for one attempt: reads from the database, writes with the attempt's commits."""

    def __init__(self, attempt: Attempt) -> None:
        # Only plain values may come back from a checkpoint: state is JSON, and nothing else is ever revived.
        super().__init__(cast("Any", None), serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._attempt = attempt
        self._writes: list[_TaskWrites] = []
        self._checkpoints: list[_Saved] = []
        self.newest_id: str | None = None

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        if pipeline:
            raise Broken("a checkpoint write went past the lease")
        project_id = self._attempt.job.project_id
        async with self._attempt.database.project_transaction(project_id) as tx, tx.cursor(binary=True) as cursor:
            yield cursor

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Take a checkpoint; commit it now if a node finished before it.

        Raises: LeaseLost, RunCancelled.
        """
        thread_id, namespace, _ = self._where(config)
        self._checkpoints.append(self._prepare(config, checkpoint, metadata, new_versions))
        self.newest_id = checkpoint["id"]
        if self._attempt.outbox:
            await self._attempt.commit(checkpoint_id=checkpoint["id"], also=self.write_pending)
        return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": checkpoint["id"]}}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Take the writes of one task; they are stored only if the run comes to rest before the next checkpoint."""
        thread_id, namespace, checkpoint_id = self._where(config)
        if checkpoint_id is None:
            raise Broken("task writes came without the checkpoint that they belong to")
        replaces = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        at = _Position(namespace=namespace, checkpoint_id=checkpoint_id)
        rows = self._dump_writes(thread_id, namespace, checkpoint_id, task_id, task_path, writes)
        statement = self.UPSERT_CHECKPOINT_WRITES_SQL if replaces else self.INSERT_CHECKPOINT_WRITES_SQL
        self._writes.append(_TaskWrites(at=at, statement=statement, rows=list(rows)))

    @property
    def has_pending(self) -> bool:
        """Whether something waits to be stored."""
        return bool(self._checkpoints or self._writes)

    async def write_pending(self, tx: Tx) -> None:
        """Write what waits, in the caller's transaction, which holds the lease."""
        newest: dict[str, str] = {}
        for saved in self._checkpoints:
            newest[saved.at.namespace] = max(saved.at.checkpoint_id, newest.get(saved.at.namespace, ""))
        async with tx.cursor(binary=True) as cursor:
            for saved in self._checkpoints:
                if saved.blobs:
                    await cursor.executemany(self.UPSERT_CHECKPOINT_BLOBS_SQL, saved.blobs)
                await cursor.execute(self.UPSERT_CHECKPOINTS_SQL, saved.row)
            for pending in self._writes:
                if pending.at.checkpoint_id >= newest.get(pending.at.namespace, ""):
                    await cursor.executemany(pending.statement, pending.rows)
        self._checkpoints.clear()
        self._writes.clear()

    def _where(self, config: RunnableConfig) -> tuple[str, str, str | None]:
        configurable = config["configurable"]
        thread_id = str(configurable["thread_id"])
        if thread_id != str(self._attempt.thread_id):
            raise Broken(f"a checkpoint of thread {thread_id} was handed to the attempt at {self._attempt.thread_id}")
        return thread_id, configurable.get("checkpoint_ns", ""), configurable.get("checkpoint_id")

    def _prepare(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> _Saved:
        thread_id, namespace, parent_id = self._where(config)
        inline = {k: v for k, v in checkpoint["channel_values"].items() if _fits_inline(v)}
        others = {k: v for k, v in checkpoint["channel_values"].items() if not _fits_inline(v)}
        versions = {k: v for k, v in new_versions.items() if k in others}
        stored = checkpoint.copy()
        stored["channel_values"] = inline
        return _Saved(
            at=_Position(namespace=namespace, checkpoint_id=checkpoint["id"]),
            blobs=list(self._dump_blobs(thread_id, namespace, others, versions)) if versions else [],
            row=(
                thread_id,
                namespace,
                checkpoint["id"],
                parent_id,
                Jsonb(stored),
                Jsonb(get_serializable_checkpoint_metadata(config, metadata)),
            ),
        )


def _fits_inline(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
