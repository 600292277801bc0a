"""Runs of a graph under leases: worked once, resumed where they were, written by the owner only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from langgraph.runtime import RunControl

from decisionworks import events, jobs
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.outbox import FinishedNode, Intent
from decisionworks.engine.outcome import Lost, Parked, Succeeded, outcome_of
from decisionworks.engine.run_graph import conclude, run_graph
from decisionworks.events import Doorbell, EventDraft
from decisionworks.jobs import LeaseLost
from decisionworks.kit.db import Database, DatabaseUnavailable, Tx
from tests.factories.queue import a_project, a_worker, let_lease_end, rescued
from tests.factories.toy_run import ToyRun
from tests.integration.engine.conftest import CountingDatabase


@pytest.fixture
async def bench(database: Database) -> ToyRun:
    made = ToyRun(database, await a_project(database), await a_worker(database))
    await made.enqueue()
    return made


async def test_a_run_parks_at_each_gate_and_ends_with_every_node_worked_once(bench: ToyRun) -> None:
    first = await bench.work(await bench.claim())
    await bench.answer("blue")
    second = await bench.work(await bench.claim())
    await bench.answer("yes")
    third = await bench.work(await bench.claim())

    assert isinstance(first, Parked)
    assert isinstance(second, Parked)
    assert isinstance(third, Succeeded)
    assert bench.toy.life.asked == ["ask", "approve"]
    assert third.state["steps"] == ["first", "second", "third", "fourth"]
    assert (third.state["question"], third.state["decision"]) == ("blue", "yes")
    assert dict(bench.toy.worked) == {"first": 1, "second": 1, "third": 1, "fourth": 1}


async def test_a_gate_and_an_end_are_rung_at_once_and_nodes_with_what_follows(
    bench: ToyRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(Doorbell, "ring", lambda *_, at_once=False: rung.append(at_once))

    for answer in ("blue", "yes", None):
        await bench.work(await bench.claim())
        assert rung[-1] is True
        if answer is not None:
            await bench.answer(answer)

    assert rung.count(True) == 3
    assert rung.count(False) >= 1


async def test_a_finished_node_is_stored_with_its_checkpoint_and_its_card(bench: ToyRun) -> None:
    await bench.work(await bench.claim())

    async with bench.database.project_transaction(bench.project_id) as tx:
        [run] = await (await tx.execute("SELECT * FROM agent_runs")).fetchall()
        cards = [event for event in await events.read(tx, stream_id=bench.subject_id) if event.type == "reason-card"]
        saved = await (await tx.execute("SELECT checkpoint_id FROM checkpoints")).fetchall()
    assert [card.checkpoint_id for card in cards] == [run["checkpoint_id"]]
    assert run["checkpoint_id"] in {row["checkpoint_id"] for row in saved}
    assert run["outputs_hash"] == cards[0].payload["outputs_hash"]


async def test_a_second_worker_takes_over_and_repeats_no_finished_node(bench: ToyRun) -> None:
    await bench.work(await bench.claim())
    await bench.answer("blue")
    healthy = await a_worker(bench.database)
    gone = await bench.claim()

    async def freeze(_attempt: Attempt) -> None:
        bench.toy.before.clear()
        await let_lease_end(bench.database, bench.worker_id)
        await rescued(bench.database, healthy)
        raise ConnectionError("the machine is gone")

    bench.toy.before["third"] = freeze
    with pytest.raises(ConnectionError):
        await run_graph(bench.definition, gone, RunControl())
    outcome = await bench.work(await bench.claim(healthy))

    assert isinstance(outcome, Parked)
    assert dict(bench.toy.worked) == {"first": 1, "second": 1, "third": 1}
    told = await bench.told()
    assert told.count(("node-started", "third")) == 1
    assert await bench.retries() == [{"attempt": 3, "reason": "lost"}]


async def test_a_frozen_worker_that_wakes_can_write_nothing(bench: ToyRun) -> None:
    healthy = await a_worker(bench.database)
    frozen = await bench.claim()

    async def freeze(_attempt: Attempt) -> None:
        bench.toy.before.clear()
        await let_lease_end(bench.database, bench.worker_id)
        await rescued(bench.database, healthy)
        taken_over.set_result(await bench.claim(healthy))

    taken_over: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()
    bench.toy.before["first"] = freeze

    with pytest.raises(LeaseLost) as lost:
        await run_graph(bench.definition, frozen, RunControl())

    assert await bench.count("SELECT count(*) AS n FROM agent_runs") == 0
    assert await bench.count("SELECT count(*) AS n FROM checkpoints") == 0
    assert await bench.told() == []
    outcome = outcome_of(lost.value, frozen.job)
    assert outcome == Lost()
    await conclude(bench.definition, frozen, outcome)
    assert isinstance(await bench.work(await taken_over), Parked)
    assert (await bench.told()).count(("reason-card", "first")) == 1


async def test_a_takeover_passes_over_a_job_whose_commit_is_under_way(bench: ToyRun) -> None:
    healthy = await a_worker(bench.database)
    attempt = await bench.claim()
    while_committing: list[jobs.LostJob] = []

    async def look(_tx: Tx) -> None:
        await let_lease_end(bench.database, bench.worker_id)
        while_committing.extend(await rescued(bench.database, healthy))

    await attempt.write(look)
    afterwards = await rescued(bench.database, healthy)

    assert while_committing == []
    assert [lost.id for lost in afterwards] == [attempt.job.id]


async def test_a_takeover_passes_over_a_job_whose_attempt_holds_it_outside_a_commit(bench: ToyRun) -> None:
    healthy = await a_worker(bench.database)
    attempt = await bench.claim()

    async with bench.database.project_transaction(bench.project_id) as tx:
        await attempt.hold(tx)
        await let_lease_end(bench.database, bench.worker_id)
        while_held = await rescued(bench.database, healthy)
    afterwards = await rescued(bench.database, healthy)

    assert while_held == []
    assert [lost.id for lost in afterwards] == [attempt.job.id]


async def test_a_commit_whose_answer_was_lost_is_sent_again_and_told_once(
    bench: ToyRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.work(await bench.claim())
    await bench.answer("blue")
    original, calls = bench.database.call, [0]

    async def call(statement: bytes, parameters: Any) -> Any:
        rows = await original(statement, parameters)
        if b"commit" in statement:
            calls[0] += 1
            if calls[0] == 1:
                raise DatabaseUnavailable("the answer was lost on its way")
        return rows

    monkeypatch.setattr(bench.database, "call", call)

    await bench.work(await bench.claim())

    told = await bench.told()
    assert calls[0] == 2
    assert (told.count(("reason-card", "second")), told.count(("node-started", "third"))) == (1, 1)
    assert await bench.count("SELECT max(seq) - count(*) AS n FROM events") == 0


async def test_an_announcement_whose_answer_was_lost_is_told_once(
    bench: ToyRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await bench.claim()
    lose_the_answer_to_the_first_commit(bench.database, monkeypatch)

    await attempt.intend(Intent(node="third", key="a" * 64, inputs_hash="b" * 64))

    assert await bench.told() == [("node-started", "third")]
    assert await bench.count("SELECT sum(tries) AS n FROM agent_runs") == 1


async def test_what_a_neighbour_finished_while_a_commit_is_sent_again_is_not_taken_for_committed(
    bench: ToyRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await bench.claim()
    lose_the_answer_to_the_first_commit(
        bench.database, monkeypatch, meanwhile=lambda: attempt.outbox.nodes.append(a_node("b" * 64, "neighbour"))
    )
    attempt.outbox.nodes.append(a_node("a" * 64, "node"))

    await attempt.commit()
    await attempt.commit()

    assert await bench.told() == [("reason-card", "node"), ("reason-card", "neighbour")]
    assert await bench.count("SELECT count(*) AS n FROM agent_runs WHERE status = 'succeeded'") == 2


def a_node(key: str, node: str) -> FinishedNode:
    card = EventDraft(type="reason-card", payload={}, node=node)
    return FinishedNode(
        node=node, key=key, inputs_hash="in", outputs_hash="out", output={}, drafts=[card], duration_ms=1, apply=None
    )


def lose_the_answer_to_the_first_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object] = lambda: None
) -> None:
    original, calls = database.call, [0]

    async def call(statement: bytes, parameters: Any) -> Any:
        rows = await original(statement, parameters)
        if b"commit" in statement:
            calls[0] += 1
            if calls[0] == 1:
                meanwhile()
                raise DatabaseUnavailable("the answer was lost on its way")
        return rows

    monkeypatch.setattr(database, "call", call)


async def test_a_retry_whose_lease_is_lost_again_is_not_told(bench: ToyRun) -> None:
    healthy = await a_worker(bench.database)
    await bench.claim()
    await let_lease_end(bench.database, bench.worker_id)
    await rescued(bench.database, healthy)
    second = await bench.claim(healthy)
    last = await a_worker(bench.database)
    await let_lease_end(bench.database, healthy)
    await rescued(bench.database, last)

    with pytest.raises(LeaseLost):
        await run_graph(bench.definition, second, RunControl())

    assert await bench.told() == []


async def test_a_worker_that_lost_its_lease_announces_no_outside_effect(bench: ToyRun) -> None:
    healthy = await a_worker(bench.database)
    frozen = await bench.claim()
    await let_lease_end(bench.database, bench.worker_id)
    await rescued(bench.database, healthy)
    await bench.claim(healthy)

    with pytest.raises(LeaseLost):
        await frozen.intend(Intent(node="third", key="a" * 64, inputs_hash="b" * 64))

    assert await bench.count("SELECT count(*) AS n FROM agent_runs") == 0
    assert await bench.told() == []


@pytest.mark.parametrize(("waits", "commit"), [(False, "off"), (True, "on")])
async def test_a_write_that_may_be_lost_waits_for_the_disk_where_a_nodes_result_goes_with_it(
    bench: ToyRun, waits: bool, commit: str
) -> None:
    attempt = await bench.claim()
    hashes = {"key": "a" * 64, "inputs_hash": "b" * 64, "outputs_hash": "c" * 64}
    if waits:
        attempt.outbox.nodes.append(
            FinishedNode(node="first", output={}, drafts=[], duration_ms=1, apply=None, **hashes)
        )
    seen: list[Any] = []

    async def look(tx: Tx) -> None:
        seen.append(await (await tx.execute("SHOW synchronous_commit")).fetchone())

    await attempt.write(look, may_be_lost=True)

    assert seen == [{"synchronous_commit": commit}]
    assert await bench.count("SELECT count(*) AS n FROM agent_runs WHERE status = 'succeeded'") == int(waits)


async def test_a_wake_without_an_answer_parks_again_and_asks_nobody_twice(bench: ToyRun) -> None:
    await bench.work(await bench.claim())
    async with bench.database.project_transaction(bench.project_id) as tx:
        await jobs.wake(tx, subject_id=bench.subject_id)

    again = await bench.work(await bench.claim())

    assert isinstance(again, Parked)
    assert bench.toy.life.asked == ["ask"]
    assert (await bench.told()).count(("gate-waiting", None)) == 1


async def test_a_drained_run_goes_on_at_the_next_node_elsewhere(bench: ToyRun) -> None:
    control = RunControl()

    async def drain(_attempt: Attempt) -> None:
        control.request_drain("test")

    bench.toy.before["first"] = drain
    attempt = await bench.claim()
    released = await run_graph(bench.definition, attempt, control)
    await conclude(bench.definition, attempt, released)
    bench.toy.before.clear()
    parked = await bench.work(await bench.claim())

    assert isinstance(parked, Parked)
    assert bench.toy.worked["first"] == 1


async def test_a_cancelled_run_commits_nothing_more(bench: ToyRun) -> None:
    attempt = await bench.claim()

    async def cancel(_attempt: Attempt) -> None:
        async with bench.database.project_transaction(bench.project_id) as tx:
            assert await jobs.request_cancel(tx, subject_id=bench.subject_id) == "running"

    bench.toy.before["first"] = cancel
    with pytest.raises(Exception, match="cancelled") as ended:
        await run_graph(bench.definition, attempt, RunControl())
    await conclude(bench.definition, attempt, outcome_of(ended.value, attempt.job))

    assert bench.toy.life.ends == [("cancelled", None)]
    assert await bench.count("SELECT count(*) AS n FROM agent_runs") == 0
    assert await bench.count("SELECT count(*) AS n FROM jobs_finished WHERE outcome = 'cancelled'") == 1


async def test_a_run_takes_about_one_commit_per_node(counting_database: CountingDatabase) -> None:
    bench = ToyRun(counting_database, await a_project(counting_database), await a_worker(counting_database))
    await bench.enqueue()
    before = counting_database.writes

    await bench.work(await bench.claim())
    await bench.answer("blue")
    await bench.work(await bench.claim())
    await bench.answer("yes")
    await bench.work(await bench.claim())

    # Three claims, two answers; a node with each gate, one with the next one's intent, one with the end.
    assert counting_database.writes - before == 9


async def test_every_event_of_a_finished_node_names_its_checkpoint(bench: ToyRun) -> None:
    await bench.work(await bench.claim())
    await bench.answer("blue")
    await bench.work(await bench.claim())

    async with bench.database.project_transaction(bench.project_id) as tx:
        told = await events.read(tx, stream_id=bench.subject_id)
        saved = await (await tx.execute("SELECT checkpoint_id FROM checkpoints")).fetchall()
    assert ("node-started", "third") in {(event.type, event.node) for event in told}
    assert {event.checkpoint_id for event in told} <= {row["checkpoint_id"] for row in saved}
