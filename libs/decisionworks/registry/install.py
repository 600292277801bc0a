"""What a migrated database needs before its first request: the default project and an administrator's token."""

from __future__ import annotations

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from decisionworks.kit.db import SYSTEM_ROLE
from decisionworks.kit.errors import RetryLater
from decisionworks.registry.ensure_admin_token import ensure_admin_token
from decisionworks.registry.projects import ensure_default_project


async def install(url: str, admin_token: str | None) -> str | None:
    """Make what is missing; returns the administrator's token only when it has just been made.

    Raises: InvalidToken, the given one cannot be used; RetryLater, the database cannot be reached.
    """
    try:
        async with await AsyncConnection.connect(
            url, row_factory=dict_row, connect_timeout=10, prepare_threshold=None
        ) as tx:
            await tx.execute(f"SET LOCAL ROLE {SYSTEM_ROLE}")
            await ensure_default_project(tx)
            return await ensure_admin_token(tx, given=admin_token)
    except psycopg.OperationalError as error:
        raise RetryLater(
            "the database cannot be reached to install the default project",
            remedy="check that PostgreSQL is running and that DATABASE_URL names it",
        ) from error
