"""Short transactions on PostgreSQL under a role that owns nothing.

Every transaction names its scope: one project (row-level security shows that project's rows and no others) or the
system (the queue across projects, keys, liveness; no tenant content). Scope is set with `SET LOCAL` in the round trip
that begins the transaction, so it works behind a transaction pooler and can never leak into the next transaction.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from decisionworks.kit.errors import RetryLater

Tx = AsyncConnection[DictRow]

APP_ROLE = "decisionworks_app"
SYSTEM_ROLE = "decisionworks_system"
PROJECT_SETTING = "decisionworks.project_id"
# A process that freezes inside a transaction keeps its locks, and with them its jobs, as long as the server lets it.
LONGEST_PAUSE_S = 5
_BEGIN = f"BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{LONGEST_PAUSE_S}s'; SET LOCAL ROLE"
# A connection whose other end has vanished, with no word from it, is found out within these: its user would wait for a
# quarter of an hour, and whoever only listens for ever.
_VANISHES: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_LOOSE = {True: "", False: "; SET LOCAL synchronous_commit = off"}


# How a server that is away shows: also to a process that stood still in a transaction, and after a failover, where the
# connection still leads to what has become a standby.
_LOST = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.ReadOnlySqlTransaction,
)
# Operational by name; but what is too large once is too large whenever it is sent.
_TOO_MUCH = (psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)


class DatabaseUnavailable(RetryLater):
    """PostgreSQL cannot be reached now."""

    code = "database-unavailable"


class Database:
    """A bounded pool of connections and the two scopes of a transaction.

    Units: `timeout_s` is the longest wait for a free connection.
    """

    def __init__(self, url: str, *, pool_size: int, timeout_s: float, prepare: bool = True) -> None:
        self._timeout_s = timeout_s
        self._pool: AsyncConnectionPool[Tx] = AsyncConnectionPool(
            url,
            open=False,
            min_size=1,
            max_size=pool_size,
            timeout=timeout_s,
            max_idle=60.0,
            reconnect_timeout=30.0,
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "prepare_threshold": 3 if prepare else None,
                "connect_timeout": max(2, int(timeout_s)),
                "application_name": "decisionworks",
                **_VANISHES,
            },
        )

    async def open(self) -> None:
        """Open the pool; does not wait for the first connection."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close(timeout=2.0)

    @asynccontextmanager
    async def project_transaction(self, project_id: UUID, *, is_durable: bool = True) -> AsyncIterator[Tx]:
        """One transaction that sees and touches the rows of one project only.

        One that is not durable does not wait for the disk: a crash of the server may lose it, for as long as nothing
        durable was committed after it.
        Raises: DatabaseUnavailable.
        """
        begin = f"{_BEGIN} {APP_ROLE}; SET LOCAL {PROJECT_SETTING} = '{UUID(str(project_id))}'{_LOOSE[is_durable]}"
        async with self._transaction(begin) as tx:
            yield tx

    async def call(self, statement: bytes, parameters: Sequence[object] | Mapping[str, object]) -> list[DictRow]:
        """Run one statement that enters its own scope, as a transaction of its own: one round trip.

        Raises: DatabaseUnavailable.
        """
        async with self._connection() as connection:
            return await (await connection.execute(statement, parameters)).fetchall()

    @asynccontextmanager
    async def system_transaction(self, *, is_durable: bool = True) -> AsyncIterator[Tx]:
        """One transaction across projects, over the queue, keys and liveness; tenant content is not visible in it.

        Raises: DatabaseUnavailable.
        """
        async with self._transaction(f"{_BEGIN} {SYSTEM_ROLE}{_LOOSE[is_durable]}") as tx:
            yield tx

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[Tx]:
        async with self._connection(begin.encode()) as connection:
            try:
                yield connection
            except BaseException:  # a cancelled caller too leaves no transaction open
                await _roll_back(connection)
                raise
            await connection.execute(b"COMMIT", prepare=False)

    @asynccontextmanager
    async def _connection(self, begin: bytes | None = None) -> AsyncIterator[Tx]:
        try:
            connection = await self._pool.getconn() if begin is None else await self._begun(begin)
            try:
                yield connection
            except psycopg.errors.ReadOnlySqlTransaction:
                await connection.close()  # the pool opens another one, and finds the new primary
                raise
            finally:
                await self._pool.putconn(connection)
        except _TOO_MUCH:
            raise
        except (PoolTimeout, *_LOST) as error:
            # The server has been away: the other idle connections are as dead, and each would cost its user an error.
            with contextlib.suppress(psycopg.Error, PoolTimeout):
                await self._pool.check()
            raise DatabaseUnavailable(
                "the database cannot be reached or closed the connection",
                retry_after_s=1.0,
                remedy="check that PostgreSQL is running and that DATABASE_URL names it",
            ) from error

    async def _begun(self, begin: bytes) -> Tx:
        """A connection with its transaction begun.

        Connections are not tried out beforehand, which would cost a round trip every time: when the beginning fails,
        the server has been away, so every idle connection is tried out and the beginning is made once more.
        """
        try:
            return await self._begin_once(begin)
        except _LOST:
            await self._pool.check()
            return await self._begin_once(begin)

    async def _begin_once(self, begin: bytes) -> Tx:
        connection = await self._pool.getconn()
        try:
            await connection.execute(begin, prepare=False)
        except BaseException:  # a cancelled caller too gives its connection back
            await self._pool.putconn(connection)
            raise
        return connection


async def _roll_back(connection: Tx) -> None:
    if not connection.closed and not connection.broken:
        await connection.execute(b"ROLLBACK", prepare=False)


async def connect_direct(url: str, *, timeout_s: float = 10.0) -> AsyncConnection[Any]:
    """One autocommit connection outside the pool, for LISTEN and NOTIFY.

    Raises: psycopg.OperationalError.
    """
    return await AsyncConnection.connect(
        url,
        autocommit=True,
        connect_timeout=max(2, int(timeout_s)),
        application_name="decisionworks-bell",
        **_VANISHES,
    )
