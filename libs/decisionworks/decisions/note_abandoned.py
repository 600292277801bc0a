"""Nobody watches any more; the run goes on."""

from __future__ import annotations

from uuid import UUID

from decisionworks.decisions.model import TERMINAL
from decisionworks.kit.db import Tx


async def note_abandoned(tx: Tx, decision_set_id: UUID) -> bool:
    """Note that a watcher went away before the end; never cancels anything and does not touch the version."""
    cursor = await tx.execute(
        "UPDATE decision_sets SET stream_abandoned_at = clock_timestamp() WHERE id = %s AND status <> ALL(%s)",
        (decision_set_id, sorted(status.value for status in TERMINAL)),
    )
    return cursor.rowcount == 1
