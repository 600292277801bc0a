"""LangGraph's checkpoints, saved in the transaction of the node that made them, under the lease.

LangGraph hands over task writes and checkpoints one by one. Checkpoints wait in the attempt's outbox and are committed
with the nodes before them. Task writes whose checkpoint has a successor are never needed again and are not stored.

Tables and serialisation are those of AsyncPostgresSaver; the moment of the commit is ours, and so are the channels'
versions, which are short: one worker at a time writes a thread, so that a random part, which tells forks apart, would
only be written to the disk again and again.
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
    CheckpointTuple,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncCursor
from psycopg.rows import DictRow

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.outbox import SavedCheckpoint
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class _TaskWrites:
    namespace: str
    checkpoint_id: str
    statement: str
    rows: list[tuple[Any, ...]]


class LeaseSaver(AsyncPostgresSaver):
    """A checkpointer for one attempt: reads from the database, writes with the attempt's commits."""

    def __init__(self, attempt: Attempt) -> None:
        # Only plain values may come back from a checkpoint: state is JSON, and nothing else is ever revived.
        super().__init__(cast("Any", None), serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._attempt = attempt
        self._writes: list[_TaskWrites] = []
        self._newest: dict[str, str] = {}
        self._read: dict[tuple[str, str | None], CheckpointTuple | None] = {}
        self.newest_id: str | None = None

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        if pipeline:
            raise Broken("a checkpoint write went past the lease")
        project_id = self._attempt.job.project_id
        async with self._attempt.database.project_transaction(project_id) as tx, tx.cursor(binary=True) as cursor:
            yield cursor

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint as it was when this attempt began; a thread that nobody has touched has none.

        LangGraph asks for a namespace only before it saves anything there.
        """
        if self._attempt.is_untouched:
            return None
        _, namespace, checkpoint_id = self._where(config)
        where = (namespace, checkpoint_id)
        if where not in self._read:
            self._read[where] = await super().aget_tuple(config)
        return self._read[where]

    def get_next_version(self, current: str | None, channel: None) -> str:
        """Eight digits that grow; they also sort behind the long versions of AsyncPostgresSaver."""
        return f"{int(str(current or 0).split('.')[0]) + 1:08}"

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Take a checkpoint; it is committed with the nodes before it."""
        thread_id, namespace, _ = self._where(config)
        outbox = self._attempt.outbox
        outbox.checkpoints.append(self._prepare(config, checkpoint, metadata, new_versions))
        outbox.stamp(checkpoint["id"])
        self._newest[namespace] = self.newest_id = checkpoint["id"]
        self._writes = [one for one in self._writes if one.checkpoint_id >= self._newest.get(one.namespace, "")]
        return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": checkpoint["id"]}}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Take the writes of one task; they are stored only if the run comes to rest before the next checkpoint."""
        thread_id, namespace, checkpoint_id = self._where(config)
        if checkpoint_id is None:
            raise Broken("task writes came without the checkpoint that they belong to")
        replaces = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        rows = self._dump_writes(thread_id, namespace, checkpoint_id, task_id, task_path, writes)
        statement = self.UPSERT_CHECKPOINT_WRITES_SQL if replaces else self.INSERT_CHECKPOINT_WRITES_SQL
        self._writes.append(
            _TaskWrites(namespace=namespace, checkpoint_id=checkpoint_id, statement=statement, rows=list(rows))
        )

    async def store_writes(self, tx: Tx) -> None:
        """Store the task writes that the resting run needs, in the caller's transaction, which holds the lease."""
        async with tx.cursor(binary=True) as cursor:
            for pending in self._writes:
                await cursor.executemany(pending.statement, pending.rows)

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
    ) -> SavedCheckpoint:
        thread_id, namespace, parent_id = self._where(config)
        inline = {k: v for k, v in checkpoint["channel_values"].items() if _fits_inline(v)}
        others = {k: v for k, v in checkpoint["channel_values"].items() if not _fits_inline(v)}
        versions = {k: v for k, v in new_versions.items() if k in others}
        blobs = self._dump_blobs(thread_id, namespace, others, versions) if versions else []
        return SavedCheckpoint(
            namespace=namespace,
            id=checkpoint["id"],
            parent_id=parent_id,
            checkpoint={**checkpoint, "channel_values": inline},
            metadata=dict(get_serializable_checkpoint_metadata(config, metadata)),
            blobs=[(channel, version, kind, blob) for _, _, channel, version, kind, blob in blobs],
        )


def _fits_inline(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
