"""Bringing a database to the schema that this version needs; safe when several instances start at once.

A session advisory lock, polled, lets one instance migrate while the others wait: waiting inside the server would
deadlock with the CREATE INDEX CONCURRENTLY in LangGraph's own migrations.
"""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from langgraph.checkpoint.postgres import PostgresSaver
from psycopg.rows import dict_row
from sqlalchemy import create_engine

from decisionworks.kit.errors import Broken, Invalid, RetryLater

OLDEST_SERVER = 14
LOCK_KEY = 0x6465636973  # "decis"


def migrate(url: str, *, timeout_s: float = 120.0) -> None:
    """Run the migrations, LangGraph's and the grants; does nothing where all is done.

    Units: `timeout_s` bounds the wait for another instance that migrates.
    Raises: Invalid, the server is too old or the URL is wrong; RetryLater, it cannot be reached or the lock is held.
    """
    with _connect(url) as connection:
        _require_version(connection)
        _take_turn(connection, timeout_s=timeout_s)
        try:
            _run_versions(url)
            PostgresSaver(connection).setup()
            connection.execute((_folder() / "versions" / "grants.sql").read_bytes(), prepare=False)
        except psycopg.errors.InsufficientPrivilege as error:
            raise Invalid(
                f"the migrating user lacks a right: {error.diag.message_primary}",
                remedy="let DATABASE_MIGRATION_URL name the owner of the database, with CREATEROLE or with the roles "
                "decisionworks_app and decisionworks_system made and granted beforehand",
            ) from error
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK_KEY,))


def _connect(url: str) -> psycopg.Connection[dict[str, object]]:
    try:
        return psycopg.connect(url, autocommit=True, prepare_threshold=None, row_factory=dict_row, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise RetryLater(
            f"cannot connect to PostgreSQL: {str(error).strip().splitlines()[0]}",
            remedy="check that the server runs and that DATABASE_URL names it",
        ) from error
    except psycopg.ProgrammingError as error:
        raise Invalid(
            f"DATABASE_URL is not a PostgreSQL URL: {error}", remedy="use postgresql://USER:PASSWORD@HOST:5432/NAME"
        ) from error


def _require_version(connection: psycopg.Connection[dict[str, object]]) -> None:
    major = connection.info.server_version // 10_000
    if major < OLDEST_SERVER:
        raise Invalid(
            f"PostgreSQL {major} is too old; {OLDEST_SERVER} or newer is needed",
            remedy="upgrade the server, or unset DATABASE_URL to use the embedded one",
        )


def _take_turn(connection: psycopg.Connection[dict[str, object]], *, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (LOCK_KEY,)).fetchone()
        if row is not None and row["mine"]:
            return
        if time.monotonic() > deadline:
            raise RetryLater(f"another instance has been migrating for more than {timeout_s:.0f} s")
        time.sleep(0.05)


def _run_versions(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_folder()))
    engine = create_engine(_sqlalchemy_url(url), connect_args={"prepare_threshold": None})
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engine.dispose()


def _sqlalchemy_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in ("postgres", "postgresql") else url


def _folder() -> Path:
    here = Path(__file__).resolve()
    for candidate in (here.parents[3] / "migrations", here.parents[1] / "_migrations"):
        if (candidate / "env.py").is_file():
            return candidate
    raise Broken("the migrations folder is missing from this installation", remedy="install the package again")
