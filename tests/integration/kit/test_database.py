"""Transactions survive connections that died while they were idle."""

from __future__ import annotations

import psycopg
import pytest

from decisionworks.kit.db import Database, DatabaseUnavailable
from decisionworks.kit.ids import new_id


async def _backend(database: Database) -> int:
    async with database.system_transaction() as tx:
        row = await (await tx.execute("SELECT pg_backend_pid() AS pid")).fetchone()
        return int(row["pid"]) if row is not None else 0


async def test_a_transaction_begins_on_a_fresh_connection_when_the_idle_one_was_cut(
    database: Database, database_url: str
) -> None:
    cut = await _backend(database)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (cut,))

    assert await _backend(database) != cut


async def test_a_cut_within_a_transaction_is_told_and_commits_nothing(database: Database, database_url: str) -> None:
    project_id = new_id()

    with pytest.raises(DatabaseUnavailable):
        async with database.system_transaction() as tx:
            await tx.execute("INSERT INTO projects (id, name) VALUES (%s, 'cut')", (project_id,))
            row = await (await tx.execute("SELECT pg_backend_pid() AS pid")).fetchone()
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(%s)", (row["pid"] if row else 0,))
            await tx.execute("SELECT 1")

    async with database.system_transaction() as tx:
        found = await (await tx.execute("SELECT 1 FROM projects WHERE id = %s", (project_id,))).fetchone()
    assert found is None


async def test_a_server_that_is_away_is_told_soon_and_with_a_remedy() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", pool_size=2, timeout_s=1.0)
    await away.open()

    with pytest.raises(DatabaseUnavailable) as told:
        async with away.system_transaction():
            pass

    assert told.value.remedy
    await away.close()
