"""The PostgreSQL of a run: the one that BENCH_DATABASE_URL names, else the system's binaries on a server of our own,
else the embedded one. Durable in every case: a server with fsync or synchronous_commit off is refused.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from decisionworks.kit.postgres import EmbeddedPostgres
from decisionworks.kit.postgres.account import Account, choose_account
from decisionworks.kit.postgres.binaries import clean_environment

_OLDEST = 14
_SHOWN = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
    "max_connections",
    "autovacuum",
    "jit",
)
# PostgreSQL's own defaults but for the number of connections.
_SETTINGS = {"max_connections": "200", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_START_S = 30.0


class NoServer(Exception):
    """No PostgreSQL can be had, or it is not durable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server and where it came from."""

    url: str
    origin: str

    def settings(self) -> dict[str, str]:
        """What it says of itself."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", (list(_SHOWN),)
            ).fetchall()
        found = {str(name): str(value) for name, value in rows}
        return {"origin": self.origin, **{name: found[name] for name in _SHOWN if name in found}}

    def fresh_database(self, name: str) -> str:
        """An empty database of that name and its URL; whoever was connected to the former one is cut off."""
        database = sql.Identifier(name)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
            connection.execute("CHECKPOINT")
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop_database(self, name: str) -> None:
        """Forget a database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A durable server for the length of a run.

    Raises: NoServer.
    """
    with _any_server(folder) as server:
        found = server.settings()
        weak = [name for name in ("fsync", "synchronous_commit", "full_page_writes") if found.get(name) != "on"]
        if weak:
            raise NoServer(f"{', '.join(weak)} of the server is off: its figures would say nothing")
        yield server


@contextmanager
def _any_server(folder: Path) -> Iterator[Server]:
    given, binaries = os.environ.get("BENCH_DATABASE_URL"), system_binaries()
    if given:
        yield Server(url=given, origin="BENCH_DATABASE_URL")
    elif binaries is not None:
        with _reachable(folder) as place, _own_server(place / "cluster", binaries) as url:
            yield Server(url=url, origin=f"system binaries in {binaries}, started for this run")
    else:
        server = EmbeddedPostgres(folder / "postgres", settings={"jit": "on"})
        url = server.start()
        try:
            yield Server(url=url, origin="embedded")
        finally:
            server.stop()


def system_binaries() -> Path | None:
    """The directory with the newest `initdb` and `postgres` of this machine, None where there are none."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        places.append(Path(on_path).resolve().parent)
    return next((one for one in places if (one / "initdb").exists() and _major(one) >= _OLDEST), None)


def _major(bin_dir: Path) -> int:
    try:
        argv = [str(bin_dir / "postgres"), "--version"]
        said = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


@contextmanager
def _reachable(folder: Path) -> Iterator[Path]:
    """Where the server's account may go: for root's stand-in a directory of its own on the disk of /var/tmp."""
    if not choose_account(folder / "cluster").is_switched:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="decisionworks-peers-", dir="/var/tmp") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@contextmanager
def _own_server(cluster: Path, binaries: Path) -> Iterator[str]:
    account = choose_account(cluster)
    cluster.mkdir(mode=0o700)
    if account.is_switched:
        os.chown(cluster, account.uid, account.gid)
    password = _initialise(cluster, binaries, account)
    port = free_port()
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    process = _spawn(cluster, binaries, account, port)
    try:
        _await_answer(url, process, cluster.with_name("server.log"))
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(10)


def _initialise(cluster: Path, binaries: Path, account: Account) -> str:
    password = secrets.token_hex(16)
    argv = [str(binaries / "initdb"), "-D", str(cluster), "-U", "postgres"]
    argv += ["--auth=scram-sha-256", "--pwfile=/dev/stdin", "--encoding=UTF8", "--locale=C"]
    with tempfile.NamedTemporaryFile("w+", dir=cluster.parent, suffix=".password") as file:
        file.write(password)
        file.seek(0)
        os.chown(file.name, account.uid, account.gid)  # initdb opens its standard input by name
        done = subprocess.run(
            argv,
            cwd=cluster,
            env=clean_environment(),
            stdin=file,
            capture_output=True,
            timeout=120,
            check=False,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    if done.returncode != 0:
        raise NoServer(f"initdb failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return password


def _spawn(cluster: Path, binaries: Path, account: Account, port: int) -> subprocess.Popen[bytes]:
    argv = [str(binaries / "postgres"), "-D", str(cluster)]
    settings = {**_SETTINGS, "listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    with cluster.with_name("server.log").open("ab") as log:
        return subprocess.Popen(
            argv,
            cwd=cluster,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )


def _await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=3).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)
        process.wait(10)
    raise NoServer(f"the server did not start: {log.read_text(errors='replace').strip()[-300:]}")


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
