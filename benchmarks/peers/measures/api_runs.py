"""Ten durable nodes over HTTP, one run at a time: from the request to the news that they are done."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.main_job import events_of
from benchmarks.peers.conditions import look
from benchmarks.peers.contestants import PEERS_PYTHON, PROGRAMS
from benchmarks.peers.figures import OURS, Figure
from benchmarks.peers.measures.plan import WARM_S, Plan, percentile
from benchmarks.peers.servers import Api, langgraph_api, serving_api
from benchmarks.peers.session import ProgramFailed

API_RUNS = "api_runs"
_RUNS = 200
_WARM_RUNS = 10
_PAUSE_S = 0.02


def api_runs(plan: Plan) -> list[Figure]:
    """p50 and p99 for our API with one worker beside it, and for LangGraph in the process that answers.

    Raises: ProgramFailed.
    """
    with serving_api(plan.server, plan.folder, "bench_api_runs") as api, _one_worker(api, plan.folder):
        time.sleep(WARM_S)
        figures = _measured(plan, OURS, lambda: _our_run(api))
    if not PEERS_PYTHON.exists():
        raise ProgramFailed("the peers' environment is missing")
    with langgraph_api(plan.server, plan.folder) as client:
        figures += _measured(plan, "langgraph", lambda: client.post("/runs").raise_for_status())
    return figures


def _our_run(api: Api) -> None:
    body = {"request": "A churn score for each customer."}
    made = api.client.post(f"/projects/{api.project_id}/decision-sets", json=body).raise_for_status().json()
    for kind, _ in events_of(api.client, made["id"]):
        if kind == "run-complete":
            return
    raise ProgramFailed("the stream ended before the run")


def _measured(plan: Plan, name: str, run: Callable[[], object]) -> list[Figure]:
    for _ in range(_WARM_RUNS):
        run()
    count = plan.less(_RUNS)
    seen = look(plan.server)
    took_ms: Sequence[float] = [_timed(run) for _ in range(count)]
    return [
        Figure(
            measure=API_RUNS,
            what=f"ten nodes over the API, {what} from the request to its end",
            contestant=name,
            value=round(percentile(took_ms, share), 1),
            unit="ms",
            better="lower",
            conditions=seen,
            facts={"n": count},
        )
        for what, share in (("p50", 0.5), ("p99", 0.99))
    ]


def _timed(run: Callable[[], object]) -> float:
    time.sleep(_PAUSE_S)
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


@contextmanager
def _one_worker(api: Api, folder: Path) -> Iterator[None]:
    environment = {**os.environ, "BENCH_URL": api.url, "BENCH_MARKS": str(folder / "api_runs.marks")}
    with (folder / "api_runs.log").open("ab") as words:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAMS / "decisionworks_engine.py"), "work", "{}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
        )
    try:
        yield
    finally:
        process.kill()
        process.wait()
