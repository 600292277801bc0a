"""Counting what reaches the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from psycopg.rows import DictRow

from decisionworks.kit.db import Database, Tx


class CountingDatabase(Database):
    """Counts the transactions that wrote something: they, and no others, were given a transaction number."""

    writes = 0

    async def call(self, statement: bytes, parameters: Any) -> list[DictRow]:
        self.writes += b"commit" in statement or b"claim" in statement
        return await super().call(statement, parameters)

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
