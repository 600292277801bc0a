"""Commits that come while another is under way go together, each judged as if alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from decisionworks.engine import attempt as attempt_module
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.committer import Commit, Committer, commit_within
from decisionworks.engine.outbox import FinishedNode, Intent, Outbox
from decisionworks.events import Doorbell, EventDraft
from decisionworks.jobs import ClaimedJob
from decisionworks.kit.canonical import sha256_hex
from decisionworks.kit.db import Database, DatabaseUnavailable, Tx
from tests.factories.queue import a_job, a_project, a_worker, claimed, until_somebody_waits_for_a_lock

PATIENCE_S = 30


class Held:
    """A database whose first commit, and then whose first group, waits until it is let go; it notes its calls."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let_go, self.let_group_go = asyncio.Event(), asyncio.Event()
        self.began, self.group_began = asyncio.Event(), asyncio.Event()
        self.calls: list[bytes] = []
        original = database.call

        async def call(statement: bytes, parameters: Any) -> Any:
            self.calls.append(statement)
            if len(self.calls) == 1:
                self.began.set()
                await self.let_go.wait()
            if b"together" in statement:
                self.group_began.set()
                await self.let_group_go.wait()
            return await original(statement, parameters)

        monkeypatch.setattr(database, "call", call)


@pytest.fixture
async def running(database: Database) -> list[ClaimedJob]:
    """Four claimed jobs of two projects."""
    worker_id = await a_worker(database)
    for project_id in (await a_project(database), await a_project(database)):
        for _ in range(2):
            await a_job(database, project_id)
    return await claimed(database, worker_id, free=4)


@pytest.fixture
def held(running: list[ClaimedJob], database: Database, monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(database, monkeypatch)


def a_node(key: str = "node") -> FinishedNode:
    return FinishedNode(
        node="step",
        key=key if key == "not a digest" else sha256_hex(key),
        inputs_hash="in",
        outputs_hash="out",
        output={"n": 1},
        drafts=[EventDraft(type="reason-card", payload={"big": 2**70}, node="step")],
        duration_ms=1,
        apply=None,
    )


def a_commit(job: ClaimedJob, key: str = "node") -> Commit:
    outbox = Outbox([a_node(key)])
    made = outbox.made(intents=set(), intent=None, drafts=(), is_again=False)
    return Commit(job.id, job.lease_token, job.subject_id or job.id, job.project_id, True, made)


async def committed_together(committer: Committer, held: Held, commits: Sequence[Commit]) -> list[Any]:
    """The first alone, and the others while it is under way."""
    first = asyncio.create_task(committer.commit(commits[0]))
    await held.began.wait()
    others = [asyncio.create_task(committer.commit(one)) for one in commits[1:]]
    await asyncio.sleep(0)
    held.let_go.set()
    held.let_group_go.set()
    async with asyncio.timeout(PATIENCE_S):
        return await asyncio.gather(first, *others, return_exceptions=True)


async def told(database: Database, job: ClaimedJob) -> int:
    async with database.project_transaction(job.project_id) as tx:
        cursor = await tx.execute("SELECT count(*) AS n FROM events WHERE run_id = %s", (job.id,))
        row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def test_what_comes_while_a_commit_is_under_way_is_one_transaction_in_each_one_s_project(
    database: Database, running: list[ClaimedJob], held: Held
) -> None:
    rows = await committed_together(Committer(database), held, [a_commit(job) for job in running])

    assert [row["is_known"] for row in rows] == [False] * 4
    assert len(held.calls) == 2
    assert [await told(database, job) for job in running] == [1, 1, 1, 1]


async def test_a_lost_lease_in_a_group_writes_nothing_and_the_others_do(
    database: Database, running: list[ClaimedJob], held: Held
) -> None:
    stale = replace(running[2], lease_token=running[2].lease_token - 1)
    commits = [a_commit(job) for job in (running[0], running[1], stale, running[3])]

    rows = await committed_together(Committer(database), held, commits)

    assert [row is None for row in rows] == [False, False, True, False]
    assert [await told(database, job) for job in running] == [1, 1, 0, 1]


async def test_what_is_refused_in_a_group_fails_alone(
    database: Database, running: list[ClaimedJob], held: Held
) -> None:
    commits = [a_commit(running[0]), a_commit(running[1], "not a digest"), *map(a_commit, running[2:])]

    rows = await committed_together(Committer(database), held, commits)

    assert isinstance(rows[1], psycopg.errors.CheckViolation)
    assert [await told(database, job) for job in running] == [1, 0, 1, 1]


async def test_a_job_that_somebody_holds_keeps_only_its_own_commit_waiting(
    database: Database, running: list[ClaimedJob], held: Held
) -> None:
    committer = Committer(database)
    async with database.system_transaction() as tx:
        await tx.execute("SELECT FROM jobs WHERE id = %s FOR UPDATE", (running[3].id,))
        first = asyncio.create_task(committer.commit(a_commit(running[0])))
        await held.began.wait()
        others = [asyncio.create_task(committer.commit(a_commit(job))) for job in running[1:]]
        await asyncio.sleep(0)
        held.let_go.set()
        held.let_group_go.set()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(first, *others[:2])
        was_waiting = not others[2].done()
    async with asyncio.timeout(PATIENCE_S):
        row = await others[2]

    assert was_waiting
    assert row is not None
    assert [await told(database, job) for job in running] == [1, 1, 1, 1]


async def test_while_a_job_is_held_the_others_commit_again_and_again(
    database: Database, running: list[ClaimedJob]
) -> None:
    committer = Committer(database)
    async with database.system_transaction() as tx:
        await tx.execute("SELECT FROM jobs WHERE id = %s FOR UPDATE", (running[0].id,))
        waiting = asyncio.create_task(committer.commit(a_commit(running[0])))
        await until_somebody_waits_for_a_lock(database)
        async with asyncio.timeout(PATIENCE_S):
            for number in range(3):
                commits = [a_commit(job, f"node {number}") for job in running[1:]]
                await asyncio.gather(*map(committer.commit, commits))
        was_waiting = not waiting.done()
    async with asyncio.timeout(PATIENCE_S):
        await waiting

    assert was_waiting
    assert [await told(database, job) for job in running] == [1, 3, 3, 3]


async def test_what_cannot_be_written_as_json_fails_alone(
    database: Database, running: list[ClaimedJob], held: Held
) -> None:
    unfit = a_commit(running[1])._replace(made={"runs": [object()]})
    commits = [a_commit(running[0]), unfit, *map(a_commit, running[2:])]

    rows = await committed_together(Committer(database), held, commits)

    assert isinstance(rows[1], TypeError)
    assert [await told(database, job) for job in running] == [1, 0, 1, 1]


@pytest.mark.parametrize("what", ["node", "intent"])
async def test_a_commit_sent_again_while_its_first_sending_is_under_way_is_told_once(
    database: Database, running: list[ClaimedJob], what: str
) -> None:
    intent = Intent(node="step", key=sha256_hex("intent"), inputs_hash="in") if what == "intent" else None
    started = EventDraft(type="node-started", payload={})
    first, again = (
        a_commit(running[0])._replace(
            made=Outbox([a_node()] if intent is None else []).made(
                intents=set(), intent=intent, drafts=[] if intent is None else [started], is_again=is_again
            )
        )
        for is_again in (False, True)
    )
    async with database.project_transaction(running[0].project_id) as tx:
        await commit_within(tx, first)
        sending = asyncio.create_task(Committer(database).commit(again))
        await until_somebody_waits_for_a_lock(database)
    async with asyncio.timeout(PATIENCE_S):
        row = await sending

    assert row is not None
    assert row["is_known"]
    assert await told(database, running[0]) == 1


async def test_a_first_sending_that_arrives_after_the_second_is_not_told_again(
    database: Database, running: list[ClaimedJob]
) -> None:
    committer, first = Committer(database), a_commit(running[0])
    await committer.commit(first._replace(made={**first.made, "is_again": True}))

    row = await committer.commit(first)

    assert row is not None
    assert row["is_known"]
    assert await told(database, running[0]) == 1


async def test_an_attempt_that_is_stopped_while_its_commit_is_under_way_tells_it_once(
    database: Database, running: list[ClaimedJob], held: Held
) -> None:
    committer = Committer(database)
    attempts = [an_attempt(job, database, committer) for job in running]
    for attempt in attempts:
        attempt.outbox.nodes.append(a_node())
    working = [asyncio.create_task(attempt.commit()) for attempt in attempts]
    await held.began.wait()
    await asyncio.sleep(0.05)
    held.let_go.set()
    await held.group_began.wait()
    working[3].cancel()
    await asyncio.sleep(0.05)
    was_undecided = not working[3].done()
    held.let_group_go.set()
    async with asyncio.timeout(PATIENCE_S):
        results = await asyncio.gather(*working, return_exceptions=True)
        await attempts[3].write(_nothing)

    assert was_undecided
    assert isinstance(results[3], asyncio.CancelledError)
    assert [await told(database, job) for job in running] == [1, 1, 1, 1]


async def test_an_attempt_that_is_stopped_before_it_sends_a_commit_again_tells_it_once(
    database: Database, running: list[ClaimedJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt_module, "_PAUSE_S", 600.0)
    original, is_lost = database.call, asyncio.Event()

    async def call(statement: bytes, parameters: Any) -> Any:
        rows = await original(statement, parameters)
        if not is_lost.is_set():
            is_lost.set()
            raise DatabaseUnavailable("the answer was lost on its way")
        return rows

    monkeypatch.setattr(database, "call", call)
    attempt = an_attempt(running[0], database)
    attempt.outbox.nodes.append(a_node())

    working = asyncio.create_task(attempt.commit())
    await is_lost.wait()
    await asyncio.sleep(0.05)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    async with asyncio.timeout(PATIENCE_S):
        await attempt.write(_nothing)

    assert await told(database, running[0]) == 1


def an_attempt(job: ClaimedJob, database: Database, committer: Committer | None = None) -> Attempt:
    return Attempt(
        job=job,
        graph_version="1",
        database=database,
        committer=committer or Committer(database),
        doorbell=Doorbell(None),
        is_fenced=lambda: False,
    )


async def _nothing(_: Tx) -> None:
    """What an attempt writes when it gives its job back."""
