"""Transactions survive connections that died while they were idle."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from decisionworks.kit.db import Database, DatabaseUnavailable, connect_direct
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


async def test_a_transaction_that_stood_still_too_long_is_told_as_a_lost_connection(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with database.system_transaction() as tx:
            await tx.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
            backend = tx.info.backend_pid
            async with asyncio.timeout(30):
                while await _is_alive(database, backend):
                    await asyncio.sleep(0.02)
            await tx.execute("SELECT 1")


async def test_a_connection_to_what_became_a_standby_is_left(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with database.system_transaction() as tx:
            left = tx.info.backend_pid
            await tx.execute("SET TRANSACTION READ ONLY")
            await tx.execute("INSERT INTO projects (id, name) VALUES (gen_random_uuid(), 'too late')")

    async with asyncio.timeout(30):
        while await _is_alive(database, left):
            await asyncio.sleep(0.02)


async def test_what_is_too_large_is_no_server_that_is_away(database: Database) -> None:
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        await database.call(b"SELECT repeat('x', 2000000000)", ())


async def test_a_server_that_vanishes_without_a_word_is_found_out_by_every_connection(
    database: Database, database_url: str
) -> None:
    async with database.system_transaction() as tx:
        pooled = tx.info.get_parameters()
    async with await connect_direct(database_url) as connection:
        direct = connection.info.get_parameters()

    for told in (pooled, direct):
        assert (int(told["keepalives_idle"]), int(told["tcp_user_timeout"])) == (10, 30_000)


async def _is_alive(database: Database, backend: int) -> bool:
    async with database.system_transaction() as tx:
        cursor = await tx.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (backend,))
        return cursor.rowcount > 0


async def test_a_server_that_is_away_is_told_soon_and_with_a_remedy() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", pool_size=2, timeout_s=1.0)
    await away.open()

    with pytest.raises(DatabaseUnavailable) as told:
        async with away.system_transaction():
            pass

    assert told.value.remedy
    await away.close()
