"""The order in which the parts come up, the watch over them, and the reverse order in which they go down."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from decisionworks.cli.supervisor.address import FILE_NAME, ServerAddress, write_address
from decisionworks.cli.supervisor.child import Child
from decisionworks.cli.supervisor.database import embedded_database, prepare_database
from decisionworks.cli.supervisor.errors import PlatformFailed
from decisionworks.cli.supervisor.ports import claim_port, http_url, reachable_host
from decisionworks.cli.supervisor.readiness import ready_workers
from decisionworks.cli.supervisor.signals import Signals
from decisionworks.cli.supervisor.stamp import is_prepared, remember
from decisionworks.cli.supervisor.token import admin_token
from decisionworks.kit.errors import DecisionworksError
from decisionworks.kit.postgres import DataDirBusy, DataDirUnusable, EmbeddedPostgres
from decisionworks.kit.postgres.locks import try_lock

_LOG = structlog.get_logger(__name__)
_READY_WITHIN_S = 90.0
_DEATHS_BEFORE_READY = 3
_CHILDREN_END_WITHIN_S = 6.5
_POSTGRES_ENDS_WITHIN_S = 2.0
_CHILDREN_DRAIN_S = 5
_LOOK_S = 0.5
_TRIM_EVERY_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformOptions:
    """What to run and where; the children inherit `environment`."""

    host: str
    port: int
    data_dir: Path
    workers: int
    environment: dict[str, str]
    admin_token: str | None = None


class Platform:
    """Database, API and workers of one data directory."""

    def __init__(self, options: PlatformOptions, *, signals: Signals) -> None:
        self._options = options
        self._signals = signals
        self._data_dir = options.data_dir.absolute()
        self._postgres: EmbeddedPostgres | None = None
        self._children: list[Child] = []
        self._lock: int | None = None
        self._port = options.port

    def start(self) -> ServerAddress | None:
        """Bring everything up; None when a signal came first.

        Raises: PortTaken, DataDirUnusable, DataDirBusy, DatabaseNotReady, DatabaseUnusable, ServerFailed,
        PlatformFailed.
        """
        self._port = claim_port(self._options.host, self._options.port)
        self._occupy_data_dir()
        token = admin_token(self._data_dir, given=self._options.admin_token)
        environment = self._environment()
        self._prepare(environment, token)
        if self._signals.is_ending():
            return None
        self._children = self._make_children(environment)
        for child in self._children:
            child.start()
        self._await_ready()
        if self._signals.is_ending():
            return None
        address = ServerAddress(url=http_url(self._options.host, self._port), token=token)
        write_address(self._data_dir, address)
        _LOG.info("platform.ready", url=address.url, docs=f"{address.url}/docs", logs=str(self._data_dir / "logs"))
        return address

    def watch(self) -> None:
        """Start again what dies, until a signal says to end."""
        trim_at = time.monotonic() + _TRIM_EVERY_S
        while not self._signals.is_ending():
            self._signals.wait(_LOOK_S if all(child.pid for child in self._children) else 0.05)
            if self._signals.is_ending():
                return
            self._tend_postgres()
            for child in self._children:
                child.tend()
            if time.monotonic() > trim_at:
                trim_at = time.monotonic() + _TRIM_EVERY_S
                self._trim_logs()

    def stop(self) -> None:
        """End everything, the database last; nothing is left running."""
        deadline = time.monotonic() + _CHILDREN_END_WITHIN_S
        for child in self._children:
            child.ask_to_end()
        for child in self._children:
            child.end(deadline)
        if self._postgres is not None:
            self._postgres.stop(timeout_s=_POSTGRES_ENDS_WITHIN_S)
        if self._lock is not None:
            (self._data_dir / FILE_NAME).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def _occupy_data_dir(self) -> None:
        try:
            (self._data_dir / "logs").mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._data_dir / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            why = f"{error.strerror} ({error.filename})" if error.filename else str(error)
            raise DataDirUnusable(self._data_dir, why=why) from error
        if not try_lock(self._lock, fcntl.LOCK_EX):
            holder = os.pread(self._lock, 32, 0)
            os.close(self._lock)
            self._lock = None
            raise DataDirBusy(self._data_dir, pid=int(holder) if holder.isdigit() else None)
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def _environment(self) -> dict[str, str]:
        environment = {
            "DECISIONWORKS_DRAIN_S": str(_CHILDREN_DRAIN_S),
            **self._options.environment,
            "DECISIONWORKS_DATA_DIR": str(self._data_dir),
            "DECISIONWORKS_HOST": self._options.host,
            "DECISIONWORKS_PORT": str(self._port),
            "PYTHONUNBUFFERED": "1",
        }
        environment.pop("DECISIONWORKS_ADMIN_TOKEN", None)
        if not environment.get("DATABASE_URL"):
            self._postgres = embedded_database(self._data_dir)
            environment["DATABASE_URL"] = self._postgres.start()
        return environment

    def _prepare(self, environment: dict[str, str], token: str) -> None:
        url = environment["DATABASE_URL"]
        if is_prepared(self._data_dir, url, token=token):
            return
        prepare_database({**environment, "DECISIONWORKS_ADMIN_TOKEN": token}, signals=self._signals)
        if not self._signals.is_ending():
            remember(self._data_dir, url, token=token)

    def _make_children(self, environment: dict[str, str]) -> list[Child]:
        modules = {"api": "decisionworks_api"}
        modules |= {f"worker-{number}": "decisionworks_worker" for number in range(1, self._options.workers + 1)}
        return [
            Child(
                name,
                [sys.executable, "-m", module],
                environment=environment,
                log_path=self._data_dir / "logs" / f"{name}.log",
            )
            for name, module in modules.items()
        ]

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        deaths = dict.fromkeys((child.name for child in self._children), 0)
        host = reachable_host(self._options.host)
        while not self._signals.is_ending():
            found = ready_workers(host, self._port)
            if found is not None and found >= self._options.workers and all(child.pid for child in self._children):
                return
            for child in self._children:
                deaths[child.name] += child.tend() is not None
                if deaths[child.name] >= _DEATHS_BEFORE_READY:
                    raise PlatformFailed(
                        f"{child.name} does not start: {child.last_words()}", remedy=str(child.log_path)
                    )
            if time.monotonic() > deadline:
                raise PlatformFailed(
                    f"not ready after {_READY_WITHIN_S:.0f} s", remedy=f"see {self._data_dir / 'logs'}"
                )
            self._signals.wait(0.1)

    def _tend_postgres(self) -> None:
        if self._postgres is None or self._postgres.is_alive():
            return
        _LOG.warning("postgres.died", data_dir=str(self._postgres.data_dir))
        try:
            self._postgres.start()
            _LOG.info("postgres.started", data_dir=str(self._postgres.data_dir))
        except DecisionworksError as error:
            _LOG.error("postgres.start-failed", reason=error.message)

    def _trim_logs(self) -> None:
        for child in self._children:
            child.trim_log()
        if self._postgres is not None:
            self._postgres.trim_log()
