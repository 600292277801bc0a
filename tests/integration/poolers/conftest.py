"""A real PgBouncer in transaction mode before the test's PostgreSQL; the engine's own tests run through it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pytest

from decisionworks.kit.db import Database
from decisionworks.kit.settings import Settings

# Few, so that every server connection soon serves another client.
SERVER_CONNECTIONS = 6


def _program() -> str | None:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server(url: str) -> dict[str, str]:
    """Where PostgreSQL is, in PgBouncer's words."""
    parts, extra = urlsplit(url), parse_qs(urlsplit(url).query)
    found = {
        "host": unquote(parts.hostname or extra.get("host", ["127.0.0.1"])[0]),
        "port": str(parts.port or extra.get("port", ["5432"])[0]),
        "user": unquote(parts.username or ""),
    }
    return found | ({"password": unquote(parts.password)} if parts.password else {})


def _unprivileged(server: dict[str, str]) -> int | None:
    """Who runs it: PgBouncer refuses root, and a socket in a folder is for the folder's owner."""
    if os.geteuid() != 0:
        return None
    return Path(server["host"]).stat().st_uid if server["host"].startswith("/") else 65534


@pytest.fixture(scope="session")
def pooler_port(server_url: str) -> Iterator[int]:
    program = _program()
    if program is None:
        pytest.skip("pgbouncer is not installed (Debian package pgbouncer)")
    server, port = _server(server_url), _free_port()
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as folder:
        # The folders above the socket's may be closed to its owner: it is entered by the parent, which may be root.
        has_socket = server["host"].startswith("/")
        near = server | ({"host": "/proc/self/cwd"} if has_socket else {})
        place = " ".join(f"{name}='{value}'" for name, value in near.items())
        (Path(folder) / "users.txt").write_text(f'"{server["user"]}" ""\n')
        (Path(folder) / "pgbouncer.ini").write_text(
            f"[databases]\n* = {place}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
            f"unix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users.txt\npool_mode = transaction\n"
            f"default_pool_size = {SERVER_CONNECTIONS}\nmax_client_conn = 200\n"
            # A server that was full for a moment is asked again soon.
            f"server_login_retry = 1\n"
        )
        user = _unprivileged(server)
        if user is not None:
            for path in (Path(folder), *Path(folder).iterdir()):
                os.chown(path, user, -1)
        with (Path(folder) / "log").open("wb") as output:
            process = subprocess.Popen(
                [program, "-q", f"{folder}/pgbouncer.ini"],
                stdout=output,
                stderr=output,
                user=user,
                cwd=server["host"] if has_socket else folder,
            )
        try:
            _wait_until_it_answers(port, process, Path(folder) / "log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"pgbouncer does not answer: {log.read_text()}")


@pytest.fixture
def pooled_url(clean_database: str, pooler_port: int) -> str:
    parts = urlsplit(clean_database)
    return f"postgresql://{parts.username}@127.0.0.1:{pooler_port}{parts.path}"


@pytest.fixture
async def database(pooled_url: str) -> AsyncIterator[Database]:
    opened = Database(pooled_url, pool_size=8, timeout_s=10.0, prepare=False)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(params=["listen direct", "listen absent"])
def worker_settings(request: pytest.FixtureRequest, pooled_url: str, clean_database: str) -> Settings:
    return Settings(
        database_url=pooled_url,
        is_direct=False,
        listen_url=clean_database if request.param == "listen direct" else None,
        lease_s=1.5,
        poll_s=0.05,
        worker_slots=2,
        drain_s=3.0,
    )


@pytest.fixture
def backends(clean_database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A direct look at the server, past the pooler."""
    with psycopg.connect(clean_database, autocommit=True) as connection:
        yield connection
