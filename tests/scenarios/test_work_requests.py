"""Work by request on a platform that freezes every worker without one: real processes, real signals."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from tests.scenarios.conftest import StartPlatform
from tests.scenarios.running import Platform, free_port, wait_until

SECRET = "shared-by-api-and-workers"
LEASE_S = 2.0


@dataclass
class Frozen:
    """A platform whose workers stand behind a front that freezes them."""

    platform: Platform
    workers: list[subprocess.Popen[bytes]]
    ports: list[int]
    journal: Path

    def ask_sql(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Look into the database."""
        with psycopg.connect(self.platform.database_url, row_factory=dict_row) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def running(self) -> list[dict[str, Any]]:
        """The jobs that run, with the process of their worker."""
        return self.ask_sql(
            "SELECT jobs.id, jobs.lost_leases, process_id FROM jobs LEFT JOIN workers USING (worker_id)"
            " WHERE state = 'running'"
        )

    def all_rest(self) -> bool:
        """Whether every worker is frozen; a frozen one that holds a job, a lock or a LISTEN fails the test."""
        frozen = {worker.pid for worker in self.workers if is_frozen(worker.pid)}
        if len(frozen) < len(self.workers):
            return False
        assert not self.running()
        assert not self.ask_sql(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%%'"
            " AND application_name <> 'decisionworks-heartbeat'"
        )
        return True

    def used(self) -> set[str]:
        """The places of the instances that had a request."""
        if not self.journal.exists():
            return set()
        return {line.split()[0] for line in self.journal.read_text(encoding="utf-8").splitlines()}


@pytest.fixture
def start_frozen(start_platform: StartPlatform, tmp_path: Path) -> Iterator[Any]:
    fronts: list[subprocess.Popen[bytes]] = []

    def start(*, workers: int, slots: int) -> Frozen:
        front_port = free_port()
        platform = start_platform(
            DECISIONWORKS_WORK_URL=f"http://127.0.0.1:{front_port}",
            DECISIONWORKS_WORK_SECRET=SECRET,
            DECISIONWORKS_WORK_LOOK_S="0.5",
            DECISIONWORKS_WORKER_SLOTS=str(slots),
            DECISIONWORKS_LEASE_S=str(LEASE_S),
        )
        ports = [free_port() for _ in range(workers)]
        started = [platform.start_worker(worker_mode="on_request", worker_port=str(port)) for port in ports]
        journal = tmp_path / "journal"
        pairs = [f"{port}:{worker.pid}" for port, worker in zip(ports, started, strict=True)]
        fronts.append(
            platform.start_worker(module="tests.fakes.app_runner", arguments=(str(front_port), str(journal), *pairs))
        )
        frozen = Frozen(platform, started, ports, journal)
        wait_until(frozen.all_rest, "the front has frozen every worker", timeout_s=60)
        return frozen

    yield start
    for front in fronts:
        front.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            front.wait(timeout=10)


def test_a_request_is_planned_and_built_by_workers_that_are_frozen_without_work(start_frozen: Any) -> None:
    frozen = start_frozen(workers=1, slots=4)
    platform: Platform = frozen.platform

    asked = platform.ask()
    platform.wait_for(asked, "gate_waiting")
    wait_until(frozen.all_rest, "the worker rests at the gate", timeout_s=30)
    wait_until(lambda: _has_no_live_worker(frozen), "its lease is over", timeout_s=30)
    assert platform.approve(asked).status_code == 200
    platform.wait_for(asked, "completed", timeout_s=90)
    wait_until(frozen.all_rest, "the worker rests at the end", timeout_s=30)

    [job] = frozen.ask_sql("SELECT lost_leases, outcome FROM jobs_finished")
    assert job == {"lost_leases": 0, "outcome": "succeeded"}
    assert not frozen.ask_sql("SELECT FROM job_attempts WHERE outcome = 'lost'")


def test_a_backlog_wakes_more_workers_and_a_worker_frozen_at_work_loses_its_job_to_another(start_frozen: Any) -> None:
    frozen = start_frozen(workers=2, slots=1)
    platform: Platform = frozen.platform

    first = platform.ask()
    wait_until(lambda: bool(frozen.running()), "a worker has the job", timeout_s=30)
    [held] = frozen.running()
    os.kill(held["process_id"], signal.SIGSTOP)
    platform.wait_for(first, "gate_waiting")
    os.kill(held["process_id"], signal.SIGCONT)
    others = [platform.ask() for _ in range(3)]
    for one in others:
        platform.wait_for(one, "gate_waiting", timeout_s=60)
    wait_until(frozen.all_rest, "all workers rest", timeout_s=30)

    assert frozen.used() == {"0", "1"}
    cards = [event for event in platform.events(first) if event["type"] == "reason-card"]
    assert len({card["node"] for card in cards}) == len(cards) == 6
    assert len(frozen.ask_sql("SELECT FROM job_attempts WHERE outcome = 'lost'")) == 1


def test_the_door_and_the_counters_open_to_the_secret_only(start_platform: StartPlatform) -> None:
    platform = start_platform(DECISIONWORKS_WORK_SECRET=SECRET)
    port, loop_port = free_port(), free_port()
    platform.start_worker(worker_mode="on_request", worker_port=str(port))
    platform.start_worker(worker_port=str(loop_port))
    url, loop_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{loop_port}"
    right, wrong = {"Authorization": f"Bearer {SECRET}"}, {"Authorization": f"Bearer {SECRET}r"}
    wait_until(lambda: _is_up(url) and _is_up(loop_url), "both workers answer", timeout_s=60)

    refused = [httpx.post(f"{url}/work"), httpx.post(f"{url}/work", headers=wrong), httpx.get(f"{url}/metrics")]
    done = httpx.post(f"{url}/work", headers=right, timeout=20)
    counted = httpx.get(f"{url}/metrics", headers=right)
    by_itself = httpx.post(f"{loop_url}/work", headers=right)

    assert [answer.status_code for answer in refused] == [401, 401, 401]
    assert (done.status_code, done.json()) == (200, {"worked": 0, "has_more": False})
    assert "decisionworks_claim_seconds_count" in counted.text
    assert by_itself.status_code == 409
    assert by_itself.json()["title"] == "works-by-itself"


def is_frozen(pid: int) -> bool:
    """Whether a process is stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "T"


def _has_no_live_worker(frozen: Frozen) -> bool:
    return not frozen.ask_sql("SELECT FROM workers WHERE beat_at >= clock_timestamp() - lease")


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
