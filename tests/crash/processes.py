"""Workers and APIs forked from a warm server: real processes with real ids, without the seconds that imports take."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

WARM = ["tests.crash.warm"]


class Processes:
    """Starts processes of the product; none outlives the block."""

    def __init__(self) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(WARM)
        self._started: list[ForkServerProcess] = []

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._started:
            end(process)

    def worker(self, settings: Mapping[str, str], log: Path, **entry: str) -> ForkServerProcess:
        """A worker; `entry` says what is different about it (see `tests.crash.worker_entry`)."""
        return self._start("worker", settings, log, entry)

    def api(self, settings: Mapping[str, str], log: Path) -> ForkServerProcess:
        """An API; it listens on DECISIONWORKS_PORT."""
        return self._start("api", settings, log, {})

    def _start(self, what: str, settings: Mapping[str, str], log: Path, entry: Mapping[str, str]) -> ForkServerProcess:
        self._started = [process for process in self._started if process.is_alive()]
        process = self._context.Process(target=_enter, args=(what, dict(settings), str(log), dict(entry)), daemon=True)
        process.start()
        self._started.append(process)
        return process


@dataclass(frozen=True, slots=True)
class Forked:
    """A forked process with the words of one that was started by a command."""

    process: ForkServerProcess

    @property
    def pid(self) -> int:
        """Its id."""
        assert self.process.pid is not None
        return self.process.pid

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; the answer is its exit code."""
        self.process.join(timeout)
        code = self.process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def end(process: ForkServerProcess, *, timeout_s: float = 10) -> None:
    """End a process at once and wait until it is gone."""
    if process.is_alive():
        process.kill()
    process.join(timeout_s)
    assert process.exitcode is not None, f"process {process.pid} does not end"


def was_killed(process: ForkServerProcess) -> bool:
    """Whether it ended as a killed process ends."""
    return process.exitcode == -signal.SIGKILL


def _enter(what: str, settings: dict[str, str], log: str, entry: dict[str, str]) -> None:
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    for name in [name for name in os.environ if name.startswith(("DECISIONWORKS_", "DATABASE_"))]:
        del os.environ[name]
    os.environ.update(settings)
    if what == "api":
        from decisionworks_api.__main__ import main
    else:
        from tests.crash.worker_entry import prepare

        prepare(entry)
        from decisionworks_worker.main import main
    sys.exit(main())
