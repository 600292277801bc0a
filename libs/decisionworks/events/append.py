"""Writing events, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from decisionworks.events.model import EventDraft
from decisionworks.kit.db import Tx

# The stream's row is locked from the first append of a transaction to its commit: numbers have no gap (a rollback
# gives them back) and are visible in the order in which they were handed out.
_APPEND = """
WITH given AS (
    SELECT * FROM unnest(%(types)s::text[], %(nodes)s::text[], %(payloads)s::jsonb[]) WITH ORDINALITY
        AS given (type, node, payload, nth)
), numbered AS (
    INSERT INTO event_streams AS stream (stream_id, project_id, last_seq)
    VALUES (%(stream_id)s, %(project_id)s, %(count)s)
    ON CONFLICT (stream_id) DO UPDATE SET last_seq = stream.last_seq + %(count)s
    RETURNING last_seq
)
INSERT INTO events (stream_id, seq, project_id, type, node, run_id, checkpoint_id, payload)
SELECT %(stream_id)s, numbered.last_seq - %(count)s + given.nth, %(project_id)s, given.type, given.node,
    %(run_id)s, %(checkpoint_id)s, given.payload
FROM given, numbered ORDER BY given.nth
RETURNING seq
"""


async def append(
    tx: Tx,
    *,
    project_id: UUID,
    stream_id: UUID,
    run_id: UUID | None,
    drafts: Sequence[EventDraft],
    checkpoint_id: str | None = None,
) -> None:
    """Append events in the order given; ring the doorbell after the commit."""
    if not drafts:
        return
    await tx.execute(
        _APPEND,
        {
            "stream_id": stream_id,
            "project_id": project_id,
            "run_id": run_id,
            "checkpoint_id": checkpoint_id,
            "count": len(drafts),
            "types": [draft.type for draft in drafts],
            "nodes": [draft.node for draft in drafts],
            "payloads": [Jsonb(dict(draft.payload)) for draft in drafts],
        },
    )


async def place(tx: Tx, *, stream_id: UUID, node: str, checkpoint_id: str) -> None:
    """Name the checkpoint behind a node's events that were told before it existed; nothing else of an event changes."""
    await tx.execute(
        "UPDATE events SET checkpoint_id = %s WHERE stream_id = %s AND node = %s AND checkpoint_id IS NULL",
        (checkpoint_id, stream_id, node),
    )
