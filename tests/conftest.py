"""A real PostgreSQL for the tests: DATABASE_URL, else a container where Docker answers, else the embedded one.

server_url      a server to make databases on                                  (session)
template_url    a migrated database that others are copied from: nobody connects (session)
database_url    one migrated database for this test process                    (session)
clean_database  that database with no rows but the default project; its URL    (test)
new_database    makes further migrated databases, for tests that start processes (test)
processes       starts processes of the product from a warm fork server        (session)
database        the opened `Database` over `clean_database`                    (test, async)
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from decisionworks.engine.migrate import migrate
from decisionworks.kit.db import Database
from decisionworks.kit.postgres import EmbeddedPostgres
from decisionworks.registry import install
from tests.crash.processes import Processes

ADMIN_TOKEN = "dw_00000000000a_tests-tests-tests-tests-tests-tests"
# Processes are killed in these tests, machines are not.
_TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "300"}
_KEPT_TABLES = ("alembic_version", "checkpoint_migrations")


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    container = _container()
    if container is not None:
        with container:
            yield container.get_connection_url(driver=None)
        return
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    server = EmbeddedPostgres(shared / "postgres", settings=_TEST_SETTINGS)
    yield server.start(timeout_s=60)
    server.stop()


@pytest.fixture(scope="session")
def template_url(server_url: str) -> Iterator[str]:
    with ScratchDatabase(server_url) as url:
        migrate(url)
        asyncio.run(install(url, ADMIN_TOKEN))
        yield url


@pytest.fixture(scope="session")
def database_url(template_url: str) -> Iterator[str]:
    with ScratchDatabase(template_url, is_copy=True) as url:
        yield url


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    with Processes() as started:
        yield started


@pytest.fixture
def clean_database(database_url: str) -> str:
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            (list(_KEPT_TABLES),),
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in sorted(rows))
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))
    asyncio.run(install(database_url, ADMIN_TOKEN))
    return database_url


@pytest.fixture
def new_database(template_url: str) -> Iterator[Callable[[], str]]:
    with ExitStack() as made:
        yield lambda: made.enter_context(ScratchDatabase(template_url, is_copy=True))


@pytest.fixture
async def database(clean_database: str) -> AsyncIterator[Database]:
    opened = Database(clean_database, pool_size=8, timeout_s=10.0)
    await opened.open()
    yield opened
    await opened.close()


class ScratchDatabase:
    """A database of its own on a server, empty or a copy, dropped at the end whoever is still connected."""

    def __init__(self, url: str, *, is_copy: bool = False) -> None:
        parts = urlsplit(url)
        self._model = parts.path.lstrip("/") if is_copy else "template1"
        # A database is copied only while nobody is connected to it.
        self._server_url = urlunsplit(parts._replace(path="/postgres")) if is_copy else url
        self._name = f"test_{uuid.uuid4().hex[:12]}"

    def __enter__(self) -> str:
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (self._name, self._model))))
        return urlunsplit(urlsplit(self._server_url)._replace(path=f"/{self._name}"))

    def __exit__(self, *_: object) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self._name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(statement)


def _container():  # type: ignore[no-untyped-def]
    """A PostgreSQL container, None where Docker does not answer."""
    if not (os.environ.get("DOCKER_HOST") or Path("/var/run/docker.sock").exists()):
        return None
    import docker
    from testcontainers.postgres import PostgresContainer

    try:
        docker.from_env(timeout=5).ping()
    except (OSError, docker.errors.DockerException):
        return None
    return PostgresContainer("postgres:18-alpine")
