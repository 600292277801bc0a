"""One embedded PostgreSQL per data directory, shared by the processes that use it.

    data_dir/
      lock         held exclusively while somebody starts or stops the server
      users        held shared by everyone who uses it; who can take it exclusively is the last and stops the server
      cluster/     the database itself; its socket lies inside
      server.log   bounded

Both locks are the kernel's, so that a killed process never leaves one behind. A server whose starter was killed goes on
and is taken over by the next start.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from decisionworks.kit.postgres import process
from decisionworks.kit.postgres.account import Account, choose_account
from decisionworks.kit.postgres.address import server_url
from decisionworks.kit.postgres.binaries import Binaries, find_binaries
from decisionworks.kit.postgres.cluster import ensure_cluster
from decisionworks.kit.postgres.errors import DataDirBusy, DataDirUnusable, ServerFailed
from decisionworks.kit.postgres.locks import exclusively, try_lock

_LOG_LIMIT_BYTES = 4_000_000
_LOOK_S = 0.02
# What PostgreSQL says while backends of a killed postmaster are still about; they notice and end by themselves.
_SURVIVORS = "shared memory block"


class EmbeddedPostgres:
    """A PostgreSQL server of our own in a directory of ours."""

    def __init__(
        self, data_dir: Path, *, database: str = "postgres", settings: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir.absolute()
        self._database = database
        self._settings = dict(settings or {})
        self._cluster_dir = self.data_dir / "cluster"
        self._child: subprocess.Popen[bytes] | None = None
        self._usage: int | None = None

    @property
    def url(self) -> str:
        """The database's URL; good while the server runs."""
        return server_url(self._cluster_dir, database=self._database)

    @property
    def log_path(self) -> Path:
        """Where the server writes what goes wrong."""
        return self.data_dir / "server.log"

    def start(self, timeout_s: float = 30.0) -> str:
        """Start the server, or join the one that runs on this directory, and return its URL.

        Units: `timeout_s` bounds the wait for others and the wait for the server, each.
        Raises: DataDirUnusable, DataDirBusy, ServerFailed.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with self._exclusively(timeout_s):
                if not self.is_running():
                    self._bring_up(time.monotonic() + timeout_s)
                self._hold_usage()
                self._ensure_database()
        except PermissionError as error:
            why = f"user {os.geteuid()} has no permission for {error.filename or 'it'}"
            raise DataDirUnusable(self.data_dir, why=why) from error
        except (FileExistsError, NotADirectoryError) as error:
            raise DataDirUnusable(self.data_dir, why=f"{error.filename} is not a directory") from error
        except OSError as error:
            raise DataDirUnusable(self.data_dir, why=str(error)) from error
        return self.url

    def stop(self, timeout_s: float = 20.0) -> None:
        """Let go of the server; the last one to do so ends it, cleanly.

        Raises: DataDirBusy, ServerFailed when it does not end in time.
        """
        if self._usage is None:
            return
        with self._exclusively(timeout_s):
            is_last = try_lock(self._usage, fcntl.LOCK_EX)
            os.close(self._usage)
            self._usage = None
            if is_last:
                self._end_server(timeout_s)
            else:
                self._leave_to_others()

    def is_running(self) -> bool:
        """Whether a server answers on this directory's socket."""
        if not self.is_alive():
            return False
        try:
            psycopg.connect(server_url(self._cluster_dir, database="postgres"), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def is_alive(self) -> bool:
        """Whether the server's process lives; cheap, asks only the operating system."""
        if self._child is not None and self._child.poll() is not None:
            self._child = None  # reaped, so that its number can be judged again
        pid = process.recorded_pid(self._cluster_dir)
        return pid is not None and process.is_postmaster(pid, self._cluster_dir)

    def trim_log(self) -> None:
        """Keep the server's log within bounds: what is too much moves to `server.log.1`."""
        if not self.log_path.exists() or self.log_path.stat().st_size < _LOG_LIMIT_BYTES:
            return
        with self.log_path.open("rb") as log:
            log.seek(-_LOG_LIMIT_BYTES, os.SEEK_END)
            self.log_path.with_suffix(".log.1").write_bytes(log.read())
        os.truncate(self.log_path, 0)  # the server appends, so that this is safe under its hands

    @contextmanager
    def _exclusively(self, timeout_s: float) -> Iterator[None]:
        try:
            with exclusively(self.data_dir / "lock", timeout_s=timeout_s):
                yield
        except TimeoutError as error:
            raise DataDirBusy(self.data_dir, pid=error.args[0]) from error

    def _bring_up(self, deadline: float) -> None:
        pid = process.recorded_pid(self._cluster_dir)
        if pid is not None and self._other_answers(pid, deadline):
            return
        account = choose_account(self._cluster_dir)
        binaries = find_binaries(account)
        ensure_cluster(self._cluster_dir, account=account, binaries=binaries)
        self.trim_log()
        while True:
            process.disown_stale_lock(self._cluster_dir)
            last_words = self._launch(account, binaries, deadline)
            if last_words is None:
                return
            if _SURVIVORS not in last_words or time.monotonic() > deadline:
                summary = (last_words.strip().splitlines() or ["it said nothing"])[-1]
                raise ServerFailed(f"the embedded PostgreSQL did not start: {summary}", log_tail=last_words)
            time.sleep(_LOOK_S)

    def _other_answers(self, pid: int, deadline: float) -> bool:
        """Wait for a server that lives but does not answer yet; False when it turns out to be dying or dead."""
        while process.is_postmaster(pid, self._cluster_dir):
            if self.is_running():
                return True
            if time.monotonic() > deadline:
                raise DataDirBusy(self.data_dir, pid=pid)
            time.sleep(_LOOK_S)
        return False

    def _launch(self, account: Account, binaries: Binaries, deadline: float) -> str | None:
        """Start the server and wait until it answers; its last words if it ended instead."""
        written = self.log_path.stat().st_size if self.log_path.exists() else 0
        child = process.spawn(
            self._cluster_dir, log_path=self.log_path, account=account, binaries=binaries, settings=self._settings
        )
        while child.poll() is None:
            if self.is_running():
                self._child = child
                return None
            if time.monotonic() > deadline:
                child.send_signal(signal.SIGQUIT)
                child.wait(10)
                raise ServerFailed("the embedded PostgreSQL did not answer in time", log_tail=self._log_after(written))
            time.sleep(_LOOK_S)
        return self._log_after(written)

    def _log_after(self, offset: int) -> str:
        with self.log_path.open("rb") as log:
            log.seek(offset)
            return log.read()[-4000:].decode("utf-8", errors="replace")

    def _hold_usage(self) -> None:
        if self._usage is None:
            self._usage = os.open(self.data_dir / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._usage, fcntl.LOCK_SH)

    def _ensure_database(self) -> None:
        if self._database == "postgres":
            return
        with psycopg.connect(server_url(self._cluster_dir, database="postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (self._database,)).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._database)))

    def _end_server(self, timeout_s: float) -> None:
        pid = self._child.pid if self._child is not None else process.recorded_pid(self._cluster_dir)
        if pid is None or not process.is_postmaster(pid, self._cluster_dir):
            return
        for how, patience_s in ((signal.SIGINT, timeout_s), (signal.SIGQUIT, 5.0)):
            process.end(pid, child=self._child, how=how)
            deadline = time.monotonic() + patience_s
            while time.monotonic() < deadline:
                if self._has_ended(pid):
                    self._child = None
                    return
                time.sleep(_LOOK_S)
        raise ServerFailed(f"the embedded PostgreSQL (pid {pid}) does not end")

    def _leave_to_others(self) -> None:
        """Whoever ends the server later, its process is collected by us, its parent."""
        if self._child is not None:
            threading.Thread(target=self._child.wait, name="embedded-postgres-reaper", daemon=True).start()
            self._child = None

    def _has_ended(self, pid: int) -> bool:
        if self._child is not None:
            return self._child.poll() is not None
        return not process.is_postmaster(pid, self._cluster_dir)
