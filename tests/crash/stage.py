"""One database, one wire, one observing API: where a story is played again and again, each time with another death.

The victim talks to PostgreSQL through the wire, or ends itself at a call to the outside. Whoever goes on after it talks
to PostgreSQL directly: another worker, or an API to which the client sends the same request again.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from decisionworks.engine.migrate import migrate
from decisionworks.registry import install
from tests.conftest import ADMIN_TOKEN, ScratchDatabase
from tests.crash.outside import Call, recorded_calls
from tests.crash.points import IDLE, RUN, START, Point
from tests.crash.processes import Processes, end, was_killed
from tests.crash.stories import STORIES
from tests.crash.told import Told, broken_promises, differences, told_by
from tests.crash.wire.process import Wire
from tests.crash.wire.tap import Seen
from tests.crash.zombies import watch_for_zombies
from tests.scenarios.running import TERMINAL, free_port, wait_until

_PATIENCE_S = 90.0
_IDLE_S = 2.5
# Longer than any duty's pause: what a worker does by the clock comes within this time even when nothing is to be done.
_CLOCK_S = 8.0
# Alembic keeps its surroundings in globals: stages are made one after the other.
_MIGRATING = threading.Lock()
_WORKER = {"DECISIONWORKS_POLL_S": "30", "DECISIONWORKS_LEASE_S": "4.5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run came to; no fault means that it went as if nothing had happened."""

    reached: bool
    faults: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What else is to happen in a run than a death.

    `before` is called with the run's data directory, `answered` after each request with its phase, `on_held` when the
    wire holds the point's statement, `afterwards` when the story is over. What a run may tell of being tried again is
    `reasons`. Each of the victim's statements takes `slow_s` seconds longer. Entries say what is different about a
    worker (`tests.crash.worker_entry`).
    """

    before: Callable[[Path], None] | None = None
    answered: Callable[[str], None] | None = None
    on_held: Callable[[Victim], None] | None = None
    afterwards: Callable[[Victim], None] | None = None
    reasons: frozenset[str] = frozenset({"lost"})
    victim: Mapping[str, str] = field(default_factory=dict)
    successor: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    slow_s: float = 0.0


DEATH = Disturbance()


@dataclass(slots=True)
class Victim:
    """Who is watched or disturbed in the run that is under way; when it is given up, another goes on."""

    point: Point | None
    tap: str
    is_api: bool
    phase: str
    process: ForkServerProcess | None = None
    successor: ForkServerProcess | None = None
    port: int = 0
    was_held: bool = False
    is_given_up: bool = False
    data_dir: Path = Path()

    @property
    def process_id(self) -> int:
        """Its process."""
        assert self.process is not None
        assert self.process.pid is not None
        return self.process.pid


@dataclass(slots=True)
class Stage:
    """A platform of its own in a directory of its own; its database is new, or a copy of a migrated one."""

    server_url: str
    directory: Path
    processes: Processes
    is_copy: bool = False
    stack: ExitStack = field(default_factory=ExitStack)
    runs: int = 0
    url: str = ""
    port: int = 0
    standing: ForkServerProcess | None = None
    victim: Victim | None = None
    disturbance: Disturbance = DEATH

    def __enter__(self) -> Stage:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.url = self.stack.enter_context(ScratchDatabase(self.server_url, is_copy=self.is_copy))
        if not self.is_copy:
            with _MIGRATING:
                migrate(self.url)
            asyncio.run(install(self.url, ADMIN_TOKEN))
        watch_for_zombies(self.url)
        self.connection = self.stack.enter_context(
            psycopg.connect(self.url, autocommit=True, row_factory=dict_row)  # type: ignore[arg-type]
        )
        self.wire = Wire(self.url)
        self.stack.callback(self.wire.close)
        self.http = self.stack.enter_context(httpx.Client(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}))
        self.data_dir = self.directory / "data"
        self.port, api = self._start_api(self.url)
        self.stack.callback(end, api)
        return self

    def __exit__(self, *exc: object) -> None:
        if self.standing is not None:
            end(self.standing)
        self.stack.__exit__(*exc)

    # What a story sees of a stage.

    def post(self, phase: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request until it is answered; if it is the one to be disturbed, first to an API that may die of it."""
        key = str(uuid.uuid4())
        victim = self.victim
        port, was_cut, patience = self.port, False, 5
        if victim is not None and victim.is_api and victim.phase == phase:
            self.wire.phase(victim.tap, phase)
            self.wire.arm(victim.tap, None if victim.point is None else victim.point.armed())
            port = victim.port
        while True:
            try:
                answer = self.http.post(
                    f"http://127.0.0.1:{port}/api/v1{path}", json=body, headers={"Idempotency-Key": key}, timeout=20
                )
                if answer.status_code != 503 or patience == 0:
                    break
                patience -= 1  # a machine so busy that the database let go of a slow transaction
                time.sleep(float(answer.headers.get("Retry-After", "1")))
            except httpx.TransportError:
                if port == self.port or was_cut:
                    raise
                was_cut, (port, _) = True, self._start_api(self.url)
        # A decision that was taken and not answered is told as taken; what it did is seen in the story.
        assert answer.status_code in (200, 202) or (was_cut and answer.status_code == 409), answer.text
        if self.disturbance.answered is not None:
            self.disturbance.answered(phase)
        return dict(answer.json())

    def wait_for(self, decision_set_id: str, *statuses: str) -> dict[str, Any]:
        """Wait for a status, and start who goes on after a death."""
        row: dict[str, Any] = {}

        def has_come() -> bool:
            self._tend()
            found = self.connection.execute(
                "SELECT status, questions, failure FROM decision_sets WHERE id = %s", (decision_set_id,)
            ).fetchone()
            row.update(found or {})
            assert row["status"] in statuses or row["status"] not in TERMINAL, f"ended as {row}"
            return row["status"] in statuses

        wait_until(has_come, f"the decision set is {' or '.join(statuses)}", timeout_s=_PATIENCE_S)
        return row

    # What a suite does with a stage.

    def watch_worker(self, story: str, *, slow_s: float = 0.0) -> tuple[list[Seen], list[Call], list[Told]]:
        """An undisturbed run on one worker: what passed, which outside calls there were, what it left behind."""
        with self._run() as data_dir, self._worker_victim(None, data_dir) as victim:
            self._settle(victim.tap, IDLE, RUN)
            self.wire.slow(victim.tap, slow_s)
            told = self._tell(story, data_dir)
            return self.wire.passed(victim.tap), recorded_calls(data_dir / "calls"), told

    def watch_api(self, story: str, phase: str) -> tuple[list[Seen], list[Told]]:
        """An undisturbed run in which one request goes to an API of its own."""
        self.stand()
        with self._api_victim(None, phase) as victim:
            self._settle(victim.tap, IDLE, "ready")
            told = self._tell(story, self.data_dir)
            return [seen for seen in self.wire.passed(victim.tap) if seen.phase in (IDLE, phase)], told

    def kill_at(self, point: Point, calm: list[Told], *, slow_s: float = 0.0) -> Result:
        """Run a story with a death at the point, and compare what is left with the undisturbed run."""
        return self.disturb(point, calm, Disturbance(slow_s=slow_s))

    def disturb(
        self, point: Point | None, calm: list[Told], disturbance: Disturbance, *, story: str = "main"
    ) -> Result:
        """Run a story with a disturbance, and compare what is left with the undisturbed run."""
        began = time.monotonic()
        self.disturbance = disturbance
        reached = False
        try:
            story = story if point is None else point.story
            if point is not None and point.victim == "api":
                self.stand()
                with self._api_victim(point, point.phase) as victim:
                    told = self._tell(story, self.data_dir)
                    reached = self._was_reached(victim)
            else:
                with self._run() as data_dir, self._worker_victim(point, data_dir) as victim:
                    told = self._tell(story, data_dir)
                    reached = self._was_reached(victim)
            faults = [*differences(calm, told), *self._broken]
        except (AssertionError, psycopg.Error, httpx.HTTPError, TimeoutError) as error:
            faults = [f"{type(error).__name__}: {error}"]
        finally:
            self.disturbance = DEATH
        return Result(reached=reached, faults=tuple(faults), seconds=round(time.monotonic() - began, 2))

    _broken: list[str] = field(default_factory=list)
    connection: psycopg.Connection[dict[str, Any]] = field(init=False)
    wire: Wire = field(init=False)
    http: httpx.Client = field(init=False)
    data_dir: Path = field(init=False)

    def _tell(self, story: str, data_dir: Path) -> list[Told]:
        ids = STORIES[story](self)
        for one in ids:
            wait_until(lambda one=one: self.is_over(one), "the run has ended", timeout_s=_PATIENCE_S)  # type: ignore[misc]
        if self.victim is not None and self.disturbance.afterwards is not None:
            self.disturbance.afterwards(self.victim)
        self._broken = broken_promises(self.connection, ids, reasons=self.disturbance.reasons)
        return told_by(self.connection, ids, data_dir)

    def is_over(self, decision_set_id: str) -> bool:
        """Whether a decision set has no live job."""
        self._tend()
        return (
            self.connection.execute("SELECT 1 FROM jobs WHERE subject_id = %s", (decision_set_id,)).fetchone() is None
        )

    @contextlib.contextmanager
    def _run(self) -> Iterator[Path]:
        if self.standing is not None:
            end(self.standing)
            self.standing = None
        data_dir = self._fresh("run")
        yield data_dir
        shutil.rmtree(data_dir, ignore_errors=True)

    def _fresh(self, what: str) -> Path:
        self.runs += 1
        made = self.directory / f"{what}-{self.runs}"
        made.mkdir()
        return made

    @contextlib.contextmanager
    def _worker_victim(self, point: Point | None, data_dir: Path) -> Iterator[Victim]:
        tap = f"worker-{self.runs}"
        victim = self.victim = Victim(point, tap, is_api=False, phase=RUN, data_dir=data_dir)
        url = self.wire.open_tap(tap)
        entry = {"record": str(data_dir / "calls")} if point is None else {}
        if point is not None and point.is_call:
            entry["deadly"] = f"{point.name}\t{point.nth}\t{point.moment}"
        elif point is not None and point.phase == START:
            self.wire.arm(tap, point.armed())
        try:
            if self.disturbance.before is not None:
                self.disturbance.before(data_dir)
            victim.process = self._start_worker(url, data_dir, **entry, **self.disturbance.victim)
            self.wait_until_registered(victim.process)
            self.wire.slow(tap, self.disturbance.slow_s)
            if point is not None and not point.is_call and point.phase == RUN:
                self.wire.phase(tap, RUN)
                self.wire.arm(tap, point.armed("kill" if self.disturbance.on_held is None else "hold"))
            yield victim
        finally:
            self._end_run(victim)

    @contextlib.contextmanager
    def _api_victim(self, point: Point | None, phase: str) -> Iterator[Victim]:
        self.runs += 1
        tap = f"api-{self.runs}"
        victim = self.victim = Victim(point, tap, is_api=True, phase=phase)
        try:
            victim.port, victim.process = self._start_api(self.wire.open_tap(tap))
            self.wire.slow(tap, self.disturbance.slow_s)
            yield victim
        finally:
            self._end_run(victim)

    def _end_run(self, victim: Victim) -> None:
        self.victim = None
        self.wire.close_tap(victim.tap)
        for process in (victim.process, victim.successor):
            if process is not None:
                end(process)

    def _tend(self) -> None:
        """Do what is to be done at the point, and start who goes on after a death."""
        victim, deed = self.victim, self.disturbance.on_held
        if victim is None or victim.is_api or victim.process is None:
            return
        if deed is not None and not victim.was_held and self.wire.report(0) == ("held", victim.tap):
            victim.was_held = True
            deed(victim)
        if victim.successor is None and (victim.is_given_up or victim.process.exitcode is not None):
            victim.successor = self._start_worker(self.url, victim.data_dir, **self.disturbance.successor)

    def _was_reached(self, victim: Victim) -> bool:
        """Whether the point was reached; what comes by the clock is waited for a little."""
        process = victim.process
        assert process is not None
        if victim.point is None:
            return True
        if self.disturbance.on_held is not None:
            return victim.was_held
        process.join(0 if victim.point.is_call else _CLOCK_S)
        return was_killed(process)

    def _settle(self, tap: str, idle: str, then: str) -> None:
        self.wire.phase(tap, idle)
        time.sleep(_IDLE_S)
        self.wire.phase(tap, then)

    def start_worker(self, **settings: str) -> ForkServerProcess:
        """One more healthy worker; whoever starts it ends it."""
        self.disturbance = Disturbance(settings=settings)
        try:
            return self._start_worker(self.url, self.data_dir)
        finally:
            self.disturbance = DEATH

    def stand(self) -> None:
        """Have a healthy worker that lives from run to run."""
        if self.standing is None:
            self.standing = self._start_worker(self.url, self.data_dir)

    def wait_until_registered(self, process: ForkServerProcess) -> None:
        """Wait until the database knows a worker, or it is dead."""

        def is_known() -> bool:
            row = self.connection.execute("SELECT 1 FROM workers WHERE process_id = %s", (process.pid,)).fetchone()
            return row is not None or process.exitcode is not None

        wait_until(is_known, "the worker is known", timeout_s=30)

    def _start_worker(self, url: str, data_dir: Path, **entry: str) -> ForkServerProcess:
        data_dir.mkdir(parents=True, exist_ok=True)
        settings = {"DATABASE_URL": url, "DECISIONWORKS_DATA_DIR": str(data_dir), **_WORKER}
        settings.update(self.disturbance.settings)
        return self.processes.worker(settings, self.directory / "worker.log", checks="quick", **entry)

    def _start_api(self, url: str) -> tuple[int, ForkServerProcess]:
        port = free_port()
        settings = {
            "DATABASE_URL": url,
            "DECISIONWORKS_DATA_DIR": str(self.data_dir),
            "DECISIONWORKS_PORT": str(port),
            "DECISIONWORKS_RATE_LIMIT_PER_MINUTE": "1000000",
            "DECISIONWORKS_PREVIEW_AHEAD": "false",
        }
        process = self.processes.api(settings, self.directory / "api.log")

        def answers() -> bool:
            assert process.exitcode is None, f"the API ended with {process.exitcode}"
            with contextlib.suppress(httpx.TransportError):
                return self.http.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
            return False

        wait_until(answers, "the API answers", timeout_s=30)
        return port, process
