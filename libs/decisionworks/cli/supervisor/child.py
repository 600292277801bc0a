"""One process of the platform: started, watched, started again when it dies, ended with us."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import structlog

_LOG = structlog.get_logger(__name__)
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_STEADY_S = 10.0
_LOG_LIMIT_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork


class Child:
    """A supervised process in a session of its own, its output appended to a bounded log file."""

    def __init__(self, name: str, argv: Sequence[str], *, environment: Mapping[str, str], log_path: Path) -> None:
        self.name = name
        self.log_path = log_path
        self._argv = list(argv)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause_s = _FIRST_PAUSE_S
        self._due_at: float | None = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it lives."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def start(self) -> None:
        """Start the process; it dies with us, however we die (Linux)."""
        self.trim_log()
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGKILL, parent=os.getpid()),  # noqa: PLW1509 takes no lock
            )
        self._started_at = time.monotonic()
        self._due_at = None
        _LOG.info("process.started", name=self.name, pid=self._process.pid)

    def tend(self) -> int | None:
        """Start it again when it has died and its pause is over; its exit code in the moment it is found dead."""
        now = time.monotonic()
        if self._due_at is not None:
            if now >= self._due_at:
                self.start()
            return None
        if self._process is None or (code := self._process.poll()) is None:
            return None
        if now - self._started_at > _STEADY_S:
            self._pause_s = _FIRST_PAUSE_S
        self._due_at = now + self._pause_s
        _LOG.warning("process.died", name=self.name, exit_code=code, restart_in_s=self._pause_s, log=str(self.log_path))
        self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
        self._kill_group()
        return code

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for the end until a monotonic deadline, then kill; nothing of its session is left."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _LOG.warning("process.killed", name=self.name, pid=self._process.pid)
        self._kill_group()
        self._process.wait()

    def last_words(self) -> str:
        """The last line of its log."""
        try:
            lines = self.log_path.read_text(encoding="utf-8", errors="replace")[-8000:].strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""

    def trim_log(self) -> None:
        """Keep the log bounded; it is written with O_APPEND, so that truncating under the writer is safe."""
        if self.log_path.exists() and self.log_path.stat().st_size > _LOG_LIMIT_BYTES:
            self.log_path.with_suffix(".log.1").write_bytes(self.log_path.read_bytes()[-_LOG_LIMIT_BYTES:])
            os.truncate(self.log_path, 0)

    def _kill_group(self) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def die_with_parent(how: signal.Signals, *, parent: int | None = None) -> None:
    """Ask the kernel to send this process a signal when its parent dies (Linux; elsewhere nothing happens)."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if parent is not None and os.getppid() != parent:  # it died between the fork and the line above
        os._exit(1)
