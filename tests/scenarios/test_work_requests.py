"""Work by request on a platform that freezes every worker without one: real processes, real signals."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from tests.conftest import ScratchDatabase
from tests.crash.processes import Processes
from tests.scenarios.running import Platform, Running, free_port, running, wait_until

SECRET = "shared-by-api-and-workers"
LEASE_S = 2.0


@dataclass
class Frozen:
    """A platform whose workers stand behind a front that freezes them."""

    platform: Platform
    workers: list[Running]
    port: int
    journal: Path

    def ask_sql(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Look into the database."""
        with psycopg.connect(self.platform.database_url, row_factory=dict_row) as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def running(self) -> list[dict[str, Any]]:
        """The jobs that run, with the process of their worker."""
        return self.ask_sql(
            "SELECT jobs.id, jobs.lost_leases, process_id FROM jobs LEFT JOIN workers USING (worker_id)"
            " WHERE state = 'running'"
        )

    def all_rest(self) -> bool:
        """Whether every worker is frozen; one that holds a job, a transaction or a LISTEN then fails the test."""
        frozen = {worker.pid for worker in self.workers if is_frozen(worker.pid)}
        if len(frozen) < len(self.workers):
            return False
        assert not self.running()
        held = self.held()
        if held:
            # The API is not frozen: its own look at the backlog is over soon, what a frozen worker holds stays.
            time.sleep(1)
            held &= self.held()
        assert not held
        return True

    def held(self) -> set[tuple[Any, ...]]:
        """The open transactions without work and the LISTENs, each with its process and its start."""
        rows = self.ask_sql(
            "SELECT pid, xact_start, query FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND application_name <> 'decisionworks-heartbeat'"
            " AND (state LIKE 'idle in%' OR query = 'LISTEN decisionworks_jobs')"
        )
        return {tuple(row.values()) for row in rows}

    def has_no_live_worker(self) -> bool:
        """Whether every worker's lease is over."""
        return not self.ask_sql("SELECT FROM workers WHERE beat_at >= clock_timestamp() - lease")

    def used(self) -> set[str]:
        """The places of the instances that had a request."""
        if not self.journal.exists():
            return set()
        return {line.split()[0] for line in self.journal.read_text(encoding="utf-8").splitlines()}


@pytest.fixture(scope="module")
def frozen(template_url: str, processes: Processes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frozen]:
    base = tmp_path_factory.mktemp("frozen")
    front_port, ports = free_port(), [free_port(), free_port()]
    settings = {
        "DECISIONWORKS_WORK_URL": f"http://127.0.0.1:{front_port}",
        "DECISIONWORKS_WORK_SECRET": SECRET,
        "DECISIONWORKS_WORK_LOOK_S": "0.5",
        "DECISIONWORKS_WORKER_SLOTS": "1",
        "DECISIONWORKS_LEASE_S": str(LEASE_S),
    }
    with (
        ScratchDatabase(template_url, is_copy=True) as url,
        running(url, base / "data", checks_all=False, forks=processes, **settings) as platform,
    ):
        workers = [platform.start_worker(worker_mode="on_request", worker_port=str(port)) for port in ports]
        journal = base / "journal"
        pairs = [f"{port}:{worker.pid}" for port, worker in zip(ports, workers, strict=True)]
        platform.start_worker(module="tests.fakes.app_runner", arguments=(str(front_port), str(journal), *pairs))
        made = Frozen(platform, workers, front_port, journal)
        wait_until(made.all_rest, "the front has frozen every worker", timeout_s=180)
        yield made


def test_a_request_is_planned_and_built_by_workers_that_are_frozen_without_work(frozen: Frozen) -> None:
    platform = frozen.platform

    asked = platform.ask()
    platform.wait_for(asked, "gate_waiting")
    wait_until(frozen.all_rest, "the workers rest at the gate", timeout_s=60)
    wait_until(frozen.has_no_live_worker, "their leases are over", timeout_s=30)
    assert platform.approve(asked).status_code == 200
    platform.wait_for(asked, "completed", timeout_s=120)
    wait_until(frozen.all_rest, "the workers rest at the end", timeout_s=60)

    [job] = frozen.ask_sql("SELECT lost_leases, outcome FROM jobs_finished WHERE subject_id = %s", asked)
    assert job == {"lost_leases": 0, "outcome": "succeeded"}


def test_a_backlog_wakes_more_than_one_worker(frozen: Frozen) -> None:
    platform = frozen.platform
    wait_until(frozen.all_rest, "all workers rest", timeout_s=60)
    frozen.journal.write_text("", encoding="utf-8")

    asked = [platform.ask() for _ in range(4)]
    for one in asked:
        platform.wait_for(one, "gate_waiting", timeout_s=90)
    wait_until(frozen.all_rest, "all workers rest", timeout_s=60)

    assert frozen.used() == {"0", "1"}


def test_a_worker_frozen_at_work_loses_its_job_to_another_and_does_no_harm(frozen: Frozen) -> None:
    platform = frozen.platform
    wait_until(frozen.all_rest, "all workers rest", timeout_s=60)

    asked, held = _frozen_at_work(frozen)

    def is_lost() -> bool:
        os.kill(held["process_id"], signal.SIGSTOP)  # again and again: the front thaws it for each new request
        query = "SELECT FROM job_attempts WHERE outcome = 'lost' AND job_id = %s"
        return bool(frozen.ask_sql(query, held["id"]))

    wait_until(is_lost, "another takes the job over", timeout_s=60)
    platform.wait_for(asked, "gate_waiting")
    os.kill(held["process_id"], signal.SIGCONT)
    wait_until(frozen.all_rest, "all workers rest", timeout_s=60)

    cards = [event["node"] for event in platform.events(asked) if event["type"] == "reason-card"]
    assert len(set(cards)) == len(cards) == 6
    assert len(frozen.ask_sql("SELECT FROM job_attempts WHERE outcome = 'lost' AND job_id = %s", held["id"])) == 1


def test_the_wrong_secret_opens_nothing(frozen: Frozen) -> None:
    url = f"http://127.0.0.1:{frozen.port}"

    answers = [
        httpx.post(f"{url}/work", headers={"Authorization": f"Bearer {SECRET}r"}, timeout=20),
        httpx.post(f"{url}/work", timeout=20),
        httpx.get(f"{url}/metrics", timeout=20),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


def _frozen_at_work(frozen: Frozen) -> tuple[str, dict[str, Any]]:
    """A request whose job a frozen worker holds; one that rested before the signal arrived is asked again."""
    for _ in range(8):
        asked = frozen.platform.ask()
        seen: list[dict[str, Any]] = []

        def is_held(seen: list[dict[str, Any]] = seen, asked: str = asked) -> bool:
            seen[:] = frozen.running()
            return bool(seen) or frozen.platform.get(asked)["status"] == "gate_waiting"

        wait_until(is_held, "a worker has the job", timeout_s=30)
        for held in seen:
            os.kill(held["process_id"], signal.SIGSTOP)
            time.sleep(0.3)  # what it had sent already is done by now
            if held in frozen.running():
                return asked, held
            os.kill(held["process_id"], signal.SIGCONT)
        frozen.platform.wait_for(asked, "gate_waiting")
    pytest.fail("no run was slow enough to be frozen")


def is_frozen(pid: int) -> bool:
    """Whether a process is stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "T"
