"""Reading events after a cursor."""

from __future__ import annotations

from uuid import UUID

from decisionworks.events.model import StoredEvent
from decisionworks.kit.db import Tx


async def read(tx: Tx, *, stream_id: UUID, after: int = 0, limit: int = 500) -> list[StoredEvent]:
    """The events of a stream with a number above `after`, in order, at most `limit`."""
    cursor = await tx.execute(
        "SELECT stream_id, seq, type, node, run_id, checkpoint_id, payload, at FROM events"
        " WHERE stream_id = %s AND seq > %s ORDER BY seq LIMIT %s",
        (stream_id, after, limit),
    )
    return [StoredEvent(**row) for row in await cursor.fetchall()]


async def last_number(tx: Tx, *, stream_id: UUID) -> int:
    """The number of the newest event, 0 when there is none."""
    cursor = await tx.execute("SELECT last_seq FROM event_streams WHERE stream_id = %s", (stream_id,))
    row = await cursor.fetchone()
    return 0 if row is None else int(row["last_seq"])
