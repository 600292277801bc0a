"""The platform as separate processes on one database: an API and any number of workers, each of which can be killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.conftest import ADMIN_TOKEN
from tests.crash.processes import Forked, Processes

TERMINAL = {"completed", "rejected", "cancelled", "failed", "blocked"}
CHECKS_TAKE_S = "CHECKS_TAKE_S"
_COMPARED = ("inputs_hash", "outputs_hash", "plan_hash", "status")
CHURN = (
    "I run a small invoicing SaaS alone: 20,000 customers in Postgres, 5 GB in total. Every Monday I want a churn score"
    " per customer for my CRM. I know Python. At most 50 dollars a month, AWS us-east-1."
)


class Running(Protocol):
    """A process, whether it was started by a command or forked."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


@dataclass
class Platform:
    """Processes on one database and one data directory; `stop` ends those that this object started, by their ids.

    Where `checks_all` is False its workers spare generated repositories the slow checks: other tests hold those.
    Where there are `forks` processes come from the warm fork server, else from the product's own commands.
    """

    database_url: str
    data_dir: Path
    checks_all: bool = True
    forks: Processes | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    processes: list[Running] = field(default_factory=list)
    port: int = 0

    def start_api(self) -> Running:
        """Start the API and wait until it answers."""
        self.port = self.port or free_port()
        settings = {"DECISIONWORKS_PORT": str(self.port)}
        if self.forks is None:
            api = self._start([sys.executable, "-m", "decisionworks_api"], settings)
        else:
            api = self._keep(Forked(self.forks.api(self.worker_environment() | settings, self._log())))
        wait_until(self._answers, "the API answers", timeout_s=30)
        return api

    def start_worker(self, *, module: str | None = None, arguments: tuple[str, ...] = (), **settings: str) -> Running:
        """Start a worker; settings are the names of environment variables without their prefix."""
        environment = {f"DECISIONWORKS_{name.upper()}": value for name, value in settings.items()}
        if self.forks is not None and module is None:
            entry = {} if self.checks_all else {"checks": "quick", "take_s": self.environment.get(CHECKS_TAKE_S, "0")}
            return self._keep(Forked(self.forks.worker(self.worker_environment() | environment, self._log(), **entry)))
        module = module or ("decisionworks_worker" if self.checks_all else "tests.scenarios.quick_worker")
        return self._start([sys.executable, "-m", module, *arguments], environment)

    def worker_environment(self) -> dict[str, str]:
        """The settings of a process of this platform."""
        return {
            "DATABASE_URL": self.database_url,
            "DECISIONWORKS_DATA_DIR": str(self.data_dir),
            "DECISIONWORKS_POLL_S": "0.2",
            "DECISIONWORKS_PREVIEW_AHEAD": "false",
            **self.environment,
        }

    @property
    def client(self) -> httpx.Client:
        """A client with the administrator's token."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/api/v1",
            headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
            timeout=20,
        )

    def ask(self, request: str = CHURN, **fields: Any) -> str:
        """Ask for a plan; the answer is the decision set's id."""
        body = {"request": request, "on_missing": "assume", **fields}
        with self.client as client:
            answer = client.post("/projects/default/decision-sets", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def get(self, decision_set_id: str) -> dict[str, Any]:
        """The decision set."""
        with self.client as client:
            return dict(client.get(f"/decision-sets/{decision_set_id}").raise_for_status().json())

    def events(self, decision_set_id: str) -> list[dict[str, Any]]:
        """Its whole timeline."""
        with self.client as client:
            answer = client.get(f"/decision-sets/{decision_set_id}/events", params={"limit": 500})
            return list(answer.raise_for_status().json()["items"])

    def wait_for(self, decision_set_id: str, *statuses: str, timeout_s: float = 60) -> dict[str, Any]:
        """Wait until it has one of the statuses; an end that is not among them fails at once."""

        def has_come() -> bool:
            status = self.get(decision_set_id)["status"]
            if status in statuses:
                return True
            assert status not in TERMINAL, f"ended as {status}: {self.get(decision_set_id).get('failure')}"
            return False

        wait_until(has_come, f"{decision_set_id} becomes {' or '.join(statuses)}", timeout_s=timeout_s)
        return self.get(decision_set_id)

    def wait_for_event(
        self, decision_set_id: str, type_: str, *, node: str | None = None, timeout_s: float = 60
    ) -> dict[str, Any]:
        """Wait until an event of a type (and node) is in the timeline."""
        found: list[dict[str, Any]] = []

        def has_come() -> bool:
            found[:] = [
                event
                for event in self.events(decision_set_id)
                if event["type"] == type_ and (node is None or event["node"] == node)
            ]
            return bool(found)

        wait_until(has_come, f"{type_} of {node or 'any node'}", timeout_s=timeout_s)
        return found[0]

    def approve(self, decision_set_id: str, **body: Any) -> httpx.Response:
        """Approve what waits at the gate."""
        with self.client as client:
            return client.post(f"/decision-sets/{decision_set_id}/approve", json=body)

    def complete(self, decision_set_id: str, *, timeout_s: float = 90) -> dict[str, Any]:
        """Wait for the gate, approve, wait for the end."""
        self.wait_for(decision_set_id, "gate_waiting", timeout_s=timeout_s)
        answer = self.approve(decision_set_id)
        assert answer.status_code == 200, answer.text
        return self.wait_for(decision_set_id, "completed", timeout_s=timeout_s)

    def stop(self) -> None:
        """End every process that is still running."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=12)
            if process.poll() is None:
                process.kill()
                process.wait()

    def _keep(self, process: Running) -> Running:
        self.processes.append(process)
        return process

    def _log(self) -> Path:
        return self.data_dir / f"process-{len(self.processes)}.log"

    def _start(self, command: list[str], environment: Mapping[str, str]) -> Running:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DECISIONWORKS_")}
        settings = {**self.worker_environment(), **environment}
        log = self._log().open("ab")
        process = subprocess.Popen(
            command,
            env={**inherited, **settings},
            stdout=log,
            stderr=log,
            cwd=Path(__file__).resolve().parents[2],
        )
        log.close()
        return self._keep(process)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


@contextlib.contextmanager
def running(
    database_url: str,
    data_dir: Path,
    *,
    workers: int = 0,
    checks_all: bool = True,
    forks: Processes | None = None,
    **environment: str,
) -> Iterator[Platform]:
    """An API and some workers, ended with the block."""
    data_dir.mkdir(parents=True, exist_ok=True)
    platform = Platform(
        database_url=database_url, data_dir=data_dir, checks_all=checks_all, forks=forks, environment=environment
    )
    try:
        platform.start_api()
        for _ in range(workers):
            platform.start_worker()
        yield platform
    finally:
        platform.stop()


def wait_until(condition: Callable[[], bool], what: str, *, timeout_s: float) -> None:
    """Wait for something to be seen, looking often; fails loudly."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
        time.sleep(0.02)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def story_of(events: list[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    """What happened, without when and by which attempt: equal for a disturbed and an undisturbed run.

    Of a payload only what has to be equal is kept: digests of a card's inputs and outputs, the plan's hash.
    """
    told = []
    for event in events:
        if event["type"] == "job-retried":
            continue
        payload = event["payload"]
        kept = {
            name: payload[name] for name in ("inputs_hash", "outputs_hash", "plan_hash", "status") if name in payload
        }
        told.append((event["type"], event["node"], json.dumps(kept, sort_keys=True)))
    return told


def numbers_of(events: list[dict[str, Any]]) -> list[int]:
    """The events' numbers."""
    return [event["seq"] for event in events]
