"""A worker killed in each node in turn: the run still ends once, tells the same story and makes the same bytes."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from decisionworks.engine.migrate import migrate
from decisionworks.registry import install
from tests.conftest import ADMIN_TOKEN, ScratchDatabase
from tests.crash.dying_worker import COMMITTED, WORKED, WORKING
from tests.crash.forked import fork_server, start_forked
from tests.scenarios.running import Platform, numbers_of, running, story_of

BEFORE_GATE = ("extract_constraints", "coverage_check", "planner", "critic_tech", "critic_cost", "policy_eval")
AFTER_GATE = ("process_approval_feedback", "codegen", "validators", "diff_and_persist")
QUESTIONS = "adaptive_questioner"
MOMENTS = (WORKING, WORKED, COMMITTED)

StartWorker = Callable[..., ForkServerProcess]
Calm = tuple[list[tuple[str, str | None, str]], str]


@pytest.fixture(scope="module")
def module_database(server_url: str) -> Iterator[Callable[[], str]]:
    """Databases that live as long as this module's platform."""
    with ExitStack() as made:

        def make() -> str:
            url = made.enter_context(ScratchDatabase(server_url))
            migrate(url)
            asyncio.run(install(url, ADMIN_TOKEN))
            return url

        yield make


@pytest.fixture(scope="module")
def platform(module_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running(module_database(), tmp_path_factory.mktemp("crash") / "data") as started:
        yield started


@pytest.fixture(scope="module")
def warm() -> ForkServerContext:
    """Loads the worker's modules once for all of them."""
    return fork_server()


@pytest.fixture
def start_worker(platform: Platform, warm: ForkServerContext) -> Iterator[StartWorker]:
    """Starts a worker that kills itself at one moment of one node, or a healthy one; none outlives its test."""
    started: list[ForkServerProcess] = []

    def start(victim: str = "", moment: str = "") -> ForkServerProcess:
        log = platform.data_dir / "workers.log"
        started.append(start_forked(warm, platform.worker_environment(), log, victim=victim, moment=moment))
        return started[-1]

    yield start
    for worker in started:
        if worker.is_alive():
            worker.kill()
            worker.join(10)


@pytest.fixture(scope="module")
def calm(module_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """The undisturbed run: its story and the digest of its repository."""
    directory: Path = tmp_path_factory.mktemp("calm") / "data"
    with running(module_database(), directory, workers=1) as quiet:
        asked = quiet.ask()
        document = quiet.complete(asked)
        return story_of(quiet.events(asked)), _digest(document)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("node", BEFORE_GATE)
def test_a_kill_before_the_gate_changes_nothing_that_is_told(
    platform: Platform, start_worker: StartWorker, calm: Calm, node: str, moment: str
) -> None:
    dying = start_worker(node, moment)
    asked = platform.ask()

    _dies(dying, timeout_s=60)
    healthy = start_worker()
    platform.wait_for(asked, "gate_waiting")

    story = story_of(platform.events(asked))
    assert story == calm[0][: len(story)]
    _is_whole(platform, asked, at_gate=True)
    _end(healthy)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("node", AFTER_GATE)
def test_a_kill_after_the_gate_gives_the_same_repository(
    platform: Platform, start_worker: StartWorker, calm: Calm, node: str, moment: str
) -> None:
    dying = start_worker(node, moment)
    asked = platform.ask()
    platform.wait_for(asked, "gate_waiting")
    platform.approve(asked)

    _dies(dying, timeout_s=90)
    healthy = start_worker()
    done = platform.wait_for(asked, "completed", timeout_s=90)

    assert _digest(done) == calm[1]
    assert story_of(platform.events(asked)) == calm[0]
    _is_whole(platform, asked)
    _end(healthy)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_while_questions_are_put_asks_them_once(
    platform: Platform, start_worker: StartWorker, moment: str
) -> None:
    dying = start_worker(QUESTIONS, moment)
    asked = platform.ask("We want churn scores every night.", on_missing="ask")

    _dies(dying, timeout_s=60)
    healthy = start_worker()
    platform.wait_for(asked, "needs_input")

    told = Counter(event["type"] for event in platform.events(asked))
    assert told["questions-asked"] == 1
    _is_whole(platform, asked, at_gate=True)
    _end(healthy)


def _is_whole(platform: Platform, decision_set_id: str, *, at_gate: bool = False) -> None:
    events = platform.events(decision_set_id)
    assert numbers_of(events) == list(range(1, len(events) + 1))
    cards = Counter((e["node"], e["payload"]["inputs_hash"]) for e in events if e["type"] == "reason-card")
    assert set(cards.values()) == {1}
    ends = [event["seq"] for event in events if event["type"] == "run-complete"]
    assert ends == ([] if at_gate else [len(events)])
    assert [e["payload"]["reason"] for e in events if e["type"] == "job-retried"] == ["lost"]


def _digest(document: dict[str, object]) -> str:
    artifacts: list[dict[str, str]] = document["artifacts"]  # type: ignore[assignment]
    [digest] = [one["sha256"] for one in artifacts if one["kind"] == "repository"]
    return digest


def _dies(worker: ForkServerProcess, *, timeout_s: float) -> None:
    worker.join(timeout_s)
    assert worker.exitcode == -signal.SIGKILL


def _end(worker: ForkServerProcess) -> None:
    worker.terminate()
    worker.join(15)
    assert worker.exitcode == 0
