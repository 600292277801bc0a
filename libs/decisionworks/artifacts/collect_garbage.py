"""Remove bytes that nothing names any more, in two steps that lie days apart.

    kept ──(nothing names them, a week old)──> retired ──(a week more)──> gone
      ^                                           │
      └──────(named again, read, or put again)────┘

The store is listed first and the names are read after, so that what came in between is named. A run that puts bytes
which are there already makes them new, and a run whose bytes were retired at that very moment finds them among the
retired: it has a week to write the row that names them. Bytes of projects that this database does not know are left
alone: two installations may share a bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from decisionworks.artifacts.model import ContentStore, StoredBytes
from decisionworks.artifacts.places import project_of
from decisionworks.kit.db import Tx

GRACE = timedelta(days=7)
Step = Literal["retire", "restore", "discard", "keep", "foreign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """How many were moved which way. Units: `freed_bytes` counts what was discarded."""

    counts: Mapping[Step, int]
    freed_bytes: int
    unfinished_uploads: int


async def named_digests(tx: Tx) -> frozenset[str]:
    """Every digest that the project's decision sets name: their artifacts, and the work of runs that may go on."""
    cursor = await tx.execute(
        "SELECT sha256 FROM artifacts UNION"
        """ SELECT found[1] FROM agent_runs, regexp_matches(output::text, '"([0-9a-f]{64})"', 'g') AS found"""
        " WHERE NOT EXISTS (SELECT FROM decision_sets WHERE decision_sets.id = agent_runs.thread_id"
        " AND decision_sets.status IN ('completed', 'rejected', 'cancelled'))"
    )
    return frozenset(row["sha256"] for row in await cursor.fetchall())


def list_store(store: ContentStore) -> list[StoredBytes]:
    """What is in the store now; blocks.

    Raises: StoreUnavailable
    """
    return list(store.stored())


def next_step(
    stored: StoredBytes, named: Mapping[UUID, frozenset[str]], *, now: datetime, grace: timedelta = GRACE
) -> Step:
    """What becomes of some bytes; `named` holds every project that the database knows."""
    project_id = project_of(stored.prefix)
    if project_id is None or project_id not in named:
        return "foreign"
    is_named, is_old = stored.sha256 in named[project_id], now - stored.changed_at > grace
    if stored.is_retired:
        return "restore" if is_named else "discard" if is_old else "keep"
    return "retire" if is_old and not is_named else "keep"


def collect_garbage(
    store: ContentStore,
    listed: Iterable[StoredBytes],
    named: Mapping[UUID, frozenset[str]],
    *,
    now: datetime,
    grace: timedelta = GRACE,
    dry_run: bool = False,
) -> Collected:
    """Take each its next step; blocks.

    Raises: StoreUnavailable
    """
    counts: dict[Step, int] = {"retire": 0, "restore": 0, "discard": 0, "keep": 0, "foreign": 0}
    freed_bytes = 0
    for stored in listed:
        step = next_step(stored, named, now=now, grace=grace)
        counts[step] += 1
        freed_bytes += stored.size_bytes if step == "discard" else 0
        if not dry_run:
            _take(store, stored, step)
    unfinished = 0 if dry_run else store.drop_unfinished(before=now - grace)
    return Collected(counts=counts, freed_bytes=freed_bytes, unfinished_uploads=unfinished)


def _take(store: ContentStore, stored: StoredBytes, step: Step) -> None:
    match step:
        case "retire":
            store.retire(stored.sha256, prefix=stored.prefix)
        case "restore":
            store.restore(stored.sha256, prefix=stored.prefix)
        case "discard":
            store.discard(stored.sha256, prefix=stored.prefix)
        case "keep" | "foreign":
            pass
