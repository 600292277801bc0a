"""A storm: hundreds of jobs on a few workers, whose processes or whose PostgreSQL are killed at random; then the count.

Lost: a job without an end. Doubled: a node, a card or an end told twice, or a gap in the numbers. Zombie: a write of a
worker that did not hold the job (`tests.crash.zombies`). Recovery: from a kill until another worker claimed each of the
jobs of the killed one; from the death of PostgreSQL's old self until the first node is committed on the new one.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from decisionworks import jobs
from decisionworks.engine.migrate import migrate
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from decisionworks.registry import install
from tests.conftest import ADMIN_TOKEN, ScratchDatabase
from tests.crash.processes import Processes, end
from tests.crash.server import OwnServer
from tests.crash.storm.worker import KIND, NODES
from tests.crash.zombies import watch_for_zombies, zombie_writes
from tests.scenarios.running import wait_until

_BATCH = 25


@dataclass(slots=True, kw_only=True)
class Count:
    """What a storm came to. Units: seconds."""

    jobs: int = 0
    kills: int = 0
    restarts: int = 0
    lost: int = 0
    doubled: int = 0
    zombies: int = 0
    failed: int = 0
    attempts: int = 0
    seconds: float = 0.0
    recoveries_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        p50 = statistics.median(self.recoveries_s) if self.recoveries_s else float("nan")
        worst = max(self.recoveries_s, default=float("nan"))
        return (
            f"storm: {self.jobs} jobs, {self.kills} kills, {self.restarts} restarts in {self.seconds:.0f} s:"
            f" {self.lost} lost, {self.doubled} doubled, {self.zombies} zombie writes, {self.failed} failed,"
            f" {self.attempts} attempts; recovery p50 {p50:.2f} s, max {worst:.2f} s of {len(self.recoveries_s)}"
        )

    @property
    def is_harmless(self) -> bool:
        """Whether every job ended well, once."""
        return self.lost == self.doubled == self.zombies == self.failed == 0


@dataclass(slots=True)
class Storm:
    """The place of a storm: a database, workers, and somebody who hands in jobs."""

    server_url: str
    directory: Path
    processes: Processes
    node_s: float
    workers: list[ForkServerProcess] = field(default_factory=list)
    subjects: list[UUID] = field(default_factory=list)
    count: Count = field(default_factory=Count)
    stack: ExitStack = field(default_factory=ExitStack)
    url: str = ""
    project_id: UUID = field(init=False)

    def __enter__(self) -> Storm:
        self.url = self.stack.enter_context(ScratchDatabase(self.server_url))
        migrate(self.url)
        asyncio.run(install(self.url, ADMIN_TOKEN))
        watch_for_zombies(self.url)
        (self.directory / "effects").mkdir(parents=True)
        with self.connected() as connection:
            self.project_id = connection.execute("SELECT id FROM projects WHERE is_default").fetchall()[0]["id"]
        return self

    def __exit__(self, *exc: object) -> None:
        for worker in self.workers:
            end(worker)
        self.stack.__exit__(*exc)

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[dict[str, Any]]]:
        """A connection of the observer's."""
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            yield connection

    def start_worker(self) -> None:
        """One more worker."""
        settings = {"DATABASE_URL": self.url, "DECISIONWORKS_DATA_DIR": str(self.directory)}
        entry = {"graph": "storm", "node_s": str(self.node_s), "effects": str(self.directory / "effects")}
        self.workers.append(self.processes.worker(settings, self.directory / "worker.log", **entry))

    def hand_in(self, count: int) -> None:
        """Enqueue jobs as an API does, each in a transaction of its own."""
        asyncio.run(self._hand_in(count))

    async def _hand_in(self, count: int) -> None:
        database = Database(self.url, pool_size=2, timeout_s=30)
        await database.open()
        try:
            for _ in range(count):
                subject = new_id()
                async with database.project_transaction(self.project_id) as tx:
                    await jobs.enqueue(tx, project_id=self.project_id, kind=KIND, subject_id=subject, payload={})
                self.subjects.append(subject)
        finally:
            await database.close()
        self.count.jobs = len(self.subjects)

    def kill_one(self) -> None:
        """A random worker dies; another one comes."""
        victim = random.choice(self.workers)
        with self.connected() as connection:
            held = connection.execute(
                "SELECT id, lease_token FROM jobs JOIN crash.identities USING (worker_id)"
                " WHERE state = 'running' AND process_id = %s",
                (victim.pid,),
            ).fetchall()
            began = connection.execute("SELECT clock_timestamp() AS now").fetchall()[0]["now"]
        self.workers.remove(victim)
        end(victim)
        self._killed.append((began, [(row["id"], row["lease_token"]) for row in held]))
        self.count.kills += 1
        self.start_worker()

    def restart(self, server: OwnServer, *, at_once: bool) -> None:
        """PostgreSQL goes and comes; work goes on by itself."""
        began = time.monotonic()
        server.stop(at_once=at_once)
        server.start()
        with self.connected() as connection:
            committed = "SELECT count(*) AS runs FROM agent_runs WHERE status = 'succeeded'"
            before = connection.execute(committed).fetchall()[0]["runs"]
            wait_until(
                lambda: connection.execute(committed).fetchall()[0]["runs"] > before,
                "work goes on after a restart",
                timeout_s=60,
            )
        self.count.restarts += 1
        self.count.recoveries_s.append(time.monotonic() - began)

    def waiting(self) -> int:
        """Jobs that have not ended."""
        with self.connected() as connection:
            return int(connection.execute("SELECT count(*) AS left FROM jobs").fetchall()[0]["left"])

    def keep_busy(self, *, at_least: int) -> None:
        """Hand in more while there is too little to do."""
        if self.waiting() < at_least:
            self.hand_in(_BATCH)

    def judge(self) -> Count:
        """Wait for the end of every job, then look for harm."""
        wait_until(lambda: self.waiting() == 0, "every job has ended", timeout_s=600)
        with self.connected() as connection:
            self._judge(connection)
        return self.count

    _killed: list[tuple[Any, list[tuple[UUID, int]]]] = field(default_factory=list)

    def _judge(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        def number(statement: str) -> int:
            return int(connection.execute(statement.encode()).fetchall()[0]["n"])

        ended = {row["subject_id"] for row in connection.execute("SELECT subject_id FROM jobs_finished").fetchall()}
        self.count.lost = len(set(self.subjects) - ended)
        self.count.failed = number("SELECT count(*) AS n FROM jobs_finished WHERE outcome <> 'succeeded'")
        self.count.attempts = number("SELECT count(*) AS n FROM crash.claims")
        twice = number(
            "SELECT count(*) AS n FROM (SELECT FROM events WHERE type <> 'job-retried'"
            " GROUP BY stream_id, type, node HAVING count(*) > 1) AS told"
        )
        gaps = number(
            "SELECT count(*) AS n FROM (SELECT FROM events GROUP BY stream_id"
            " HAVING count(*) <> max(seq) OR min(seq) <> 1) AS stream"
        )
        unfinished = number(
            f"SELECT count(*) AS n FROM (SELECT FROM events GROUP BY stream_id HAVING"
            f" count(*) FILTER (WHERE type = 'node-completed') <> {NODES}"
            f" OR (array_agg(type ORDER BY seq DESC))[1] <> 'run-complete') AS stream"
        )
        self.count.doubled = twice + gaps + unfinished
        self.count.zombies = len(zombie_writes(connection))
        for began, held in self._killed:
            for job_id, token in held:
                row = connection.execute(
                    "SELECT extract(epoch FROM min(at) - %s)::float8 AS s FROM crash.claims"
                    " WHERE job_id = %s AND lease_token > %s",
                    (began, job_id, token),
                ).fetchall()[0]
                if row["s"] is not None:
                    self.count.recoveries_s.append(row["s"])


def storm_of_kills(storm: Storm, *, kills: int, jobs_at_least: int, workers: int) -> Count:
    """Workers die at random while they are busy."""
    began = time.monotonic()
    for _ in range(workers):
        storm.start_worker()
    storm.hand_in(jobs_at_least)
    for _ in range(kills):
        time.sleep(random.uniform(0.2, 1.0))
        storm.keep_busy(at_least=_BATCH)
        storm.kill_one()
    count = storm.judge()
    count.seconds = time.monotonic() - began
    return count


def storm_of_restarts(storm: Storm, server: OwnServer, *, restarts: int, jobs_at_least: int, workers: int) -> Count:
    """PostgreSQL is stopped, in turn cleanly and at once, and started again while the workers are busy."""
    began = time.monotonic()
    for _ in range(workers):
        storm.start_worker()
    storm.hand_in(jobs_at_least)
    for number in range(restarts):
        time.sleep(random.uniform(0.3, 1.5))
        storm.keep_busy(at_least=_BATCH)
        storm.restart(server, at_once=number % 2 == 1)
    count = storm.judge()
    count.seconds = time.monotonic() - began
    return count
