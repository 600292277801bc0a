"""One contestant on a database of its own: its commands, its worker processes, the marks that its jobs leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.peers.conditions import Conditions, look
from benchmarks.peers.contestants import NODE_MODULES, Contestant, Options
from benchmarks.peers.server import Server

_COMMAND_S = 1800
_LOOK_S = 0.02


class ProgramFailed(Exception):
    """A contestant's program ended with an error, or did not do its work in time."""


class Session:
    """A contestant with a fresh database; `folder` keeps its marks and the words of its workers."""

    def __init__(self, server: Server, contestant: Contestant, folder: Path) -> None:
        self.server = server
        self.contestant = contestant
        self._database = "bench_" + "".join(letter if letter.isalnum() else "_" for letter in contestant.name)
        self.url = server.fresh_database(self._database)
        self._marks = folder / f"{self._database}.marks"
        self._words = folder / f"{self._database}.log"
        self._marks.unlink(missing_ok=True)
        self.call("setup", {})

    def close(self) -> None:
        """Drop the database."""
        self.server.drop_database(self._database)

    def conditions(self) -> Conditions:
        """Disk and CPU, now."""
        return look(self.server)

    def call(self, command: str, options: Options) -> dict[str, Any]:
        """Run one command of the program to its end.

        Raises: ProgramFailed.
        """
        with self.running(command, options) as process:
            try:
                said, _ = process.communicate(timeout=_COMMAND_S)
            except subprocess.TimeoutExpired as error:
                raise ProgramFailed(f"{command} took more than {_COMMAND_S} s") from error
        lines = [line for line in said.splitlines() if line.startswith("{")]
        if process.returncode != 0 or not lines:
            raise ProgramFailed(f"{command}: {self._last_words() or f'exit code {process.returncode}'}")
        answer: dict[str, Any] = json.loads(lines[-1])
        return answer

    @contextmanager
    def running(self, command: str, options: Options) -> Iterator[subprocess.Popen[str]]:
        """A command while the block lasts; killed at its end."""
        process = self._start(command, options)
        try:
            yield process
        finally:
            _end(process)

    @contextmanager
    def workers(self, count: int, options: Options) -> Iterator[list[subprocess.Popen[str]]]:
        """Worker processes while the block lasts."""
        started = [self._start("work", options) for _ in range(count)]
        try:
            yield started
        finally:
            for process in started:
                _end(process)

    def start_worker(self, options: Options) -> subprocess.Popen[str]:
        """A worker that the caller ends."""
        return self._start("work", options)

    def marks(self, kind: str) -> list[list[str]]:
        """The lines of one kind that jobs left so far."""
        with suppress(FileNotFoundError):
            lines = self._marks.read_text(encoding="utf-8").splitlines()
            return [line.split()[1:] for line in lines if line.startswith(kind + " ")]
        return []

    def forget_marks(self) -> None:
        """Begin with an empty file; only while no worker runs."""
        self._marks.unlink(missing_ok=True)

    def await_marks(self, kind: str, count: int, *, timeout_s: float) -> list[list[str]] | None:
        """Wait until so many marks of a kind are there; None when they did not come."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = self.marks(kind)
            if len(found) >= count:
                return found
            time.sleep(_LOOK_S)
        return None

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def run_statements(self, statements: Sequence[str]) -> None:
        """Run statements, each in its own transaction."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def await_done(self, *, left: int = 0, timeout_s: float) -> float | None:
        """When no more than `left` jobs were unfinished; None when that did not happen in time."""
        deadline = time.monotonic() + timeout_s
        with psycopg.connect(self.url, autocommit=True) as connection:
            while time.monotonic() < deadline:
                statement = self.contestant.unfinished if left else self.contestant.is_done
                row = connection.execute(statement.encode(), prepare=True).fetchone()
                assert row is not None
                if (int(row[0]) <= left) if left else bool(row[0]):
                    return time.time()
                time.sleep(10 * _LOOK_S if left else _LOOK_S)
        return None

    def _start(self, command: str, options: Options) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "BENCH_URL": self.url,
            "BENCH_MARKS": str(self._marks),
            "BENCH_NODE_MODULES": str(NODE_MODULES),
        }
        with self._words.open("ab") as words:
            return subprocess.Popen(
                [*self.contestant.argv, command, json.dumps(dict(options))],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if command == "work" else subprocess.PIPE,
                stderr=words,
                text=True,
            )

    def _last_words(self) -> str:
        with suppress(FileNotFoundError):
            return self._words.read_text(encoding="utf-8", errors="replace").strip()[-600:]
        return ""


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
