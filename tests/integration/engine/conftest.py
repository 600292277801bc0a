"""Counting what reaches the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from psycopg.rows import DictRow

from decisionworks.kit.db import Database, Tx


class CountingDatabase(Database):
    """Counts the transactions that wrote something: they, and no others, were given a transaction number."""

    writes = 0

    async def call_once(self, statement: bytes, parameters: Sequence[object]) -> DictRow | None:
        self.writes += 1
        return await super().call_once(statement, parameters)

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[Tx]:
        async with super()._transaction(begin) as tx:
            yield tx
            row = await (await tx.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS wrote")).fetchone()
            self.writes += bool(row is not None and row["wrote"])


@pytest.fixture
async def counting_database(clean_database: str) -> AsyncIterator[CountingDatabase]:
    opened = CountingDatabase(clean_database, pool_size=4, timeout_s=10.0)
    await opened.open()
    yield opened
    await opened.close()
