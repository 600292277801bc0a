"""No query sees another project's rows, even one that forgets its filter."""

from __future__ import annotations

import psycopg
import pytest

from decisionworks import events
from decisionworks.events import EventDraft
from decisionworks.kit.db import APP_ROLE, SYSTEM_ROLE, Database
from decisionworks.kit.ids import new_id
from tests.factories.queue import a_job, a_project

SHARED = {"alembic_version", "checkpoint_migrations", "model_rates", "workers"}


async def test_a_forgotten_filter_shows_one_project_only(database: Database) -> None:
    mine, other = await a_project(database), await a_project(database)
    await a_job(database, mine)
    await a_job(database, other)

    async with database.project_transaction(mine) as tx:
        cursor = await tx.execute("SELECT DISTINCT project_id FROM jobs")
        seen = [row["project_id"] for row in await cursor.fetchall()]

    assert seen == [mine]


async def test_a_row_cannot_be_written_into_another_project(database: Database) -> None:
    mine, other = await a_project(database), await a_project(database)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.project_transaction(mine) as tx:
            draft = EventDraft(type="forged", payload={})
            await events.append(tx, project_id=other, stream_id=new_id(), run_id=None, drafts=[draft])


async def test_the_system_scope_reads_no_tenant_content(database: Database) -> None:
    for table in ("events", "agent_runs", "gates", "model_calls", "checkpoints"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.system_transaction() as tx:
                await tx.execute(f"SELECT * FROM {table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.system_transaction() as tx:
            await tx.execute("SELECT request FROM decision_sets")


async def test_a_scope_ends_with_its_transaction(database: Database) -> None:
    project_id = await a_project(database)
    async with database.project_transaction(project_id) as tx:
        await tx.execute("SELECT 1")

    async with database.system_transaction() as tx:
        cursor = await tx.execute(
            "SELECT current_user AS role, current_setting('decisionworks.project_id', true) AS project"
        )
        row = await cursor.fetchone()

    assert row is not None
    assert (row["role"], row["project"] or "") == (SYSTEM_ROLE, "")


def test_the_roles_own_nothing_and_every_tenant_table_forces_its_policy(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        owned = connection.execute(
            "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = ANY(%s)",
            ([APP_ROLE, SYSTEM_ROLE],),
        ).fetchall()
        powers = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcanlogin)",
            ([APP_ROLE, SYSTEM_ROLE],),
        ).fetchall()
        unforced = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND NOT relforcerowsecurity"
        ).fetchall()

    assert owned == []
    assert powers == []
    assert {name for (name,) in unforced} == SHARED
