"""Who takes part: how each is started, its best documented settings, and what its tables say of its jobs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers.figures import OURS

PROGRAMS = Path(__file__).parent / "programs"
_BENCH_VENV = Path(__file__).parents[2] / ".venv-bench"
PEERS_PYTHON = _BENCH_VENV / "bin" / "python"
NODE_MODULES = _BENCH_VENV / "node"
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Where finished jobs stay, so that one of them can be multiplied; `fresh` are the columns that must differ."""

    table: str
    fresh: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsAt:
    """Durable runs of ten steps at a concurrency; `options` go to the program."""

    concurrency: int
    n: int
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One queue or engine.

    `is_done`, `unfinished`: SQL that says whether, and how many, jobs wait or run.
    `owner`: SQL that shows who owns a job, and its end.
    `jobs`: enough for seconds of throughput; 0 for one that has no queue.
    `runs_in_workers`: its durable runs are jobs of real worker processes.
    """

    name: str
    argv: Sequence[str]
    is_done: str = ""
    unfinished: str = ""
    owner: str = ""
    tables: Sequence[str] = ()
    finished: Sequence[Finished] = ()
    work: Mapping[str, Options] = field(default_factory=dict)
    crash: Options | None = None
    jobs: int = 0
    enqueue_one: int = 2000
    has_batches: bool = True
    runs: Sequence[RunsAt] = ()
    runs_in_workers: bool = False
    patience_s: float = 45.0

    @property
    def idle(self) -> Mapping[str, Options]:
        """Settings that make a difference to an idle worker: the best, and how often a queue that only polls polls."""
        best = list(self.work)[-1]
        return {name: options for name, options in self.work.items() if name == best or "poll_s" in options}

    @property
    def best(self) -> Options:
        """The last of its settings is its fastest."""
        return list(self.work.values())[-1]

    def missing(self) -> str | None:
        """Why it cannot take part, None when it can."""
        program = self.argv[0]
        if self.name == OURS:
            return None
        if program == "node":
            if shutil.which("node") is None:
                return "Node.js is not installed"
            return (
                None if (NODE_MODULES / "node_modules").is_dir() else "npm could not install it (.venv-bench/node.log)"
            )
        return None if Path(program).exists() else "its environment is missing: run `make bench-peers`"


def _python(name: str) -> tuple[str, str]:
    return str(PEERS_PYTHON), str(PROGRAMS / f"{name}_peer.py")


def _done(table: str, where: str) -> tuple[str, str]:
    return f"SELECT NOT EXISTS (SELECT FROM {table} WHERE {where})", f"SELECT count(*) FROM {table} WHERE {where}"


def _ours() -> Contestant:
    is_done, unfinished = _done("jobs", "true")
    return Contestant(
        name=OURS,
        argv=(sys.executable, str(PROGRAMS / "decisionworks_engine.py")),
        is_done=is_done,
        unfinished=unfinished,
        owner="SELECT id, state, lease_token, worker_id FROM jobs",
        tables=("jobs", "job_attempts"),
        finished=(Finished(table="jobs_finished", fresh={"id": "gen_random_uuid()"}),),
        work={
            "100 task slots (default)": {"slots": 8},
            "1000 task slots": {"slots": 8, "task_slots": 1000},
        },
        jobs=60_000,
        runs=(RunsAt(concurrency=1, n=300), RunsAt(concurrency=8, n=400)),
        runs_in_workers=True,
    )


def _pgqueuer() -> Contestant:
    is_done, unfinished = _done("pgqueuer", "true")
    return Contestant(
        name="pgqueuer",
        argv=_python("pgqueuer"),
        is_done=is_done,
        unfinished=unfinished,
        owner="SELECT id, status::text FROM pgqueuer",
        tables=("pgqueuer", "pgqueuer_log"),
        finished=(Finished(table="pgqueuer_log", fresh={"id": ""}),),
        work={"batch 10": {"batch_size": 10}, "batch 250": {"batch_size": 250}},
        jobs=60_000,
    )


def _procrastinate() -> Contestant:
    is_done, unfinished = _done("procrastinate_jobs", "status IN ('todo', 'doing')")
    return Contestant(
        name="procrastinate",
        argv=_python("procrastinate"),
        is_done=is_done,
        unfinished=unfinished,
        owner="SELECT id, status::text, attempts FROM procrastinate_jobs WHERE task_name = 'slow'",
        tables=("procrastinate_jobs", "procrastinate_events"),
        finished=(Finished(table="procrastinate_jobs", fresh={"id": ""}),),
        work={"concurrency 30": {"concurrency": 30}},
        crash={"concurrency": 30, "rescue": True},
        jobs=3000,
    )


def _dbos() -> Contestant:
    is_done, unfinished = _done("dbos.workflow_status", "status IN ('ENQUEUED', 'PENDING')")
    return Contestant(
        name="dbos",
        argv=_python("dbos"),
        is_done=is_done,
        unfinished=unfinished,
        owner="SELECT workflow_uuid, status, executor_id FROM dbos.workflow_status WHERE name = 'slow'",
        tables=("dbos.workflow_status", "dbos.operation_outputs"),
        finished=(Finished(table="dbos.workflow_status", fresh={"workflow_uuid": "gen_random_uuid()::text"}),),
        work={"poll 1 s (default)": {"poll_s": 1.0}, "poll 0.05 s": {"poll_s": 0.05}},
        jobs=3000,
        enqueue_one=1000,
        has_batches=False,
        runs=(RunsAt(concurrency=8, n=300), RunsAt(concurrency=32, n=300)),
    )


def _graphile() -> Contestant:
    is_done, unfinished = _done("graphile_worker._private_jobs", "true")
    return Contestant(
        name="graphile-worker",
        argv=("node", str(PROGRAMS / "graphile_peer.mjs")),
        is_done=is_done,
        unfinished=unfinished,
        owner="SELECT id, locked_by, attempts FROM graphile_worker._private_jobs",
        tables=("graphile_worker._private_jobs",),
        work={
            "concurrency 24": {"concurrency": 24, "pool": 10},
            "local queue 500": {"concurrency": 24, "pool": 10, "localQueue": 500},
        },
        jobs=60_000,
    )


def _langgraph() -> Contestant:
    return Contestant(
        name="langgraph sync",
        argv=_python("langgraph"),
        has_batches=False,
        runs=(RunsAt(concurrency=1, n=300), RunsAt(concurrency=8, n=400)),
    )


def all_contestants() -> tuple[Contestant, ...]:
    """Ours first."""
    return (_ours(), _pgqueuer(), _procrastinate(), _dbos(), _graphile(), _langgraph())
