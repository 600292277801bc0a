"""Counting what reaches the disk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from decisionworks.kit.db import Database


@pytest.fixture
def new_commits(database: Database) -> Callable[[], Awaitable[Callable[[], Awaitable[int]]]]:
    """Counts transactions that wrote something: each of them, and nothing else, takes a transaction number."""

    async def number() -> int:
        async with database.system_transaction() as tx:
            row = await (
                await tx.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS n")
            ).fetchone()
            return int(row["n"]) if row is not None else 0

    async def begin() -> Callable[[], Awaitable[int]]:
        before = await number()

        async def since() -> int:
            return await number() - before

        return since

    return begin
