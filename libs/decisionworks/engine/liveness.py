"""The heartbeat: a thread with a connection of its own, so that a busy event loop never costs a lease.

The worker's row is the lease of all its jobs. On a direct connection the session also holds an advisory lock: when the
process dies, the server frees it, and others know within a second. The worker judges itself by its monotonic clock:
no beat for a lease less its margin, and it counts as fenced before anybody takes its jobs.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from uuid import UUID

import psycopg
import structlog

from decisionworks.jobs.statements import statement
from decisionworks.kit.db import SYSTEM_ROLE
from decisionworks.kit.ids import new_id

log = structlog.get_logger(__name__)


class Liveness:
    """Keeps this process known as a live worker.

    Units: `lease_s` seconds; a beat is sent every third of it.
    `on_lost` is called from the thread when the worker was taken for dead; a new identity follows by itself.
    """

    def __init__(self, url: str, *, lease_s: float, slots: int, is_direct: bool, on_lost: Callable[[], None]) -> None:
        self._url = url
        self._lease_s = lease_s
        self._slots = slots
        self._is_direct = is_direct
        self._on_lost = on_lost
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._alive_until = 0.0
        self._worker_id: UUID | None = None
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """End the heartbeat; the worker's row is deleted by `forget_worker` beforehand."""
        self._stop.set()
        self._thread.join(timeout=2.0)

    @property
    def worker_id(self) -> UUID | None:
        """Who this worker is now; None while it is not registered."""
        return None if self.is_fenced() else self._worker_id

    def is_fenced(self) -> bool:
        """True when others may have taken this worker's jobs."""
        return time.monotonic() >= self._alive_until

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._live()
            except psycopg.Error as error:
                log.warning("heartbeat.broken", error=str(error).strip())
            self._lose()
            self._stop.wait(0.5)

    def _live(self) -> None:
        with self._connect() as connection:
            worker_id = new_id()
            lock_key = worker_id.int & 0x7FFF_FFFF_FFFF_FFFF if self._is_direct else None
            if lock_key is not None:
                connection.execute("SELECT pg_advisory_lock(%s)", (lock_key,))
            began = time.monotonic()
            self._execute(
                connection,
                "register_worker",
                {
                    "worker_id": worker_id,
                    "lease_s": self._lease_s,
                    "lock_key": lock_key,
                    "slots": self._slots,
                    "host": socket.gethostname(),
                    "process_id": os.getpid(),
                },
            )
            self._worker_id = worker_id
            self._prolong(began)
            log.info("worker.registered", worker_id=str(worker_id))
            while not self._stop.wait(self._lease_s / 3):
                began = time.monotonic()
                if not self._execute(connection, "beat", {"worker_id": worker_id}):
                    log.warning("worker.taken_for_dead", worker_id=str(worker_id))
                    return
                self._prolong(began)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        timeout_ms = max(500, int(self._lease_s * 1000 / 3))
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=2,
            application_name="decisionworks-heartbeat",
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
            tcp_user_timeout=max(1000, int(self._lease_s * 1000)),
        )
        if self._is_direct:
            # The second is for a worker that freezes inside a beat: nobody could bury it while its row is locked.
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                connection.execute(f"SET {name} = {timeout_ms}".encode())
        return connection

    def _execute(self, connection: psycopg.Connection[tuple[object, ...]], name: str, facts: dict[str, object]) -> bool:
        with connection.transaction():
            connection.execute(f"SET LOCAL ROLE {SYSTEM_ROLE}".encode())
            cursor = connection.execute(statement(name), facts)
            return cursor.rowcount > 0

    def _prolong(self, began: float) -> None:
        # Counted from before the beat was sent: the database saw it later, so we end before it does.
        self._alive_until = began + self._lease_s * 0.8
        self._ready.set()

    def _lose(self) -> None:
        if self._stop.is_set():
            return
        self._alive_until = 0.0
        if self._worker_id is not None:
            self._worker_id = None
            self._on_lost()
