from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from decisionworks import decisions, events, jobs
from decisionworks.decisions import DecisionSet, IdempotencyKeyReused, IllegalStatusChange, StaleDecisionSet, Status
from decisionworks.kit.db import Database
from decisionworks.kit.errors import Broken
from decisionworks.registry import Actor, create_project, ensure_default_project

ADA = Actor(id=UUID(int=7), name="ada", is_administrator=True, project_ids=None, identified_by="a test")


@pytest.fixture
async def project_id(database: Database) -> UUID:
    async with database.system_transaction() as tx:
        return (await ensure_default_project(tx)).id


async def asked(database: Database, project_id: UUID, **given: object) -> DecisionSet:
    async with database.project_transaction(project_id) as tx:
        return await decisions.request_plan(tx, project_id=project_id, actor=ADA, request="churn", **given)  # type: ignore[arg-type]


async def test_a_failed_commit_leaves_neither_decision_set_nor_job_nor_event(
    database: Database, project_id: UUID
) -> None:
    with pytest.raises(RuntimeError):
        async with database.project_transaction(project_id) as tx:
            made = await decisions.request_plan(tx, project_id=project_id, actor=ADA, request="churn")
            raise RuntimeError("the machine stops here")

    async with database.project_transaction(project_id) as tx:
        assert await decisions.list_newest(tx, project_id=project_id) == ([], None)
        assert await events.read(tx, stream_id=made.id) == []
    async with database.system_transaction() as tx:
        assert await jobs.list_jobs(tx) == []


async def test_of_two_writers_with_one_version_one_writes_and_the_other_is_told(
    database: Database, project_id: UUID
) -> None:
    made = await asked(database, project_id)

    async def write(language: str) -> int:
        async with database.project_transaction(project_id) as tx:
            return await decisions.update(tx, made.id, expected_version=1, changes={"language": language})

    results = await asyncio.gather(write("en"), write("de"), return_exceptions=True)

    versions = [one for one in results if isinstance(one, int)]
    stale = [one for one in results if isinstance(one, StaleDecisionSet)]
    assert versions == [2]
    assert [(one.expected_version, one.found_version) for one in stale] == [(1, 2)]


async def test_a_status_that_may_not_follow_is_refused_and_nothing_is_written(
    database: Database, project_id: UUID
) -> None:
    made = await asked(database, project_id)

    with pytest.raises(IllegalStatusChange):
        async with database.project_transaction(project_id) as tx:
            await decisions.update(tx, made.id, expected_version=1, changes={"status": "generating", "language": "en"})

    async with database.project_transaction(project_id) as tx:
        now = await decisions.load(tx, made.id)
    assert (now.status, now.version, now.language) == (Status.QUEUED, 1, None)


@pytest.mark.parametrize("changes", [{}, {"id": uuid4()}, {"request": "other"}, {"no_such_column": 1}])
async def test_columns_that_never_change_cannot_be_written(
    database: Database, project_id: UUID, changes: dict[str, object]
) -> None:
    made = await asked(database, project_id)

    with pytest.raises(Broken):
        async with database.project_transaction(project_id) as tx:
            await decisions.update(tx, made.id, expected_version=1, changes=changes)


async def test_a_decision_set_ends_once_and_run_complete_is_its_last_event(
    database: Database, project_id: UUID
) -> None:
    made = await asked(database, project_id)
    async with database.project_transaction(project_id) as tx:
        first = await decisions.finish(tx, made, status="failed", run_id=None, payload={"message": "no"})

    async with database.project_transaction(project_id) as tx:
        again = await decisions.finish(tx, made, status="completed", run_id=None)
        found = await events.read(tx, stream_id=made.id)
        now = await decisions.load(tx, made.id)

    assert (first, again) == (True, False)
    assert [event.type for event in found] == ["run-started", "run-failed", "run-complete"]
    assert found[-1].payload == {"status": "failed"}
    assert (now.status, now.failure) == (Status.FAILED, {"message": "no"})


async def test_two_ends_at_the_same_moment_are_one_end(database: Database, project_id: UUID) -> None:
    made = await asked(database, project_id)

    async def end(status: str) -> bool:
        async with database.project_transaction(project_id) as tx:
            return await decisions.finish(tx, made, status=status, run_id=None)

    results = await asyncio.gather(end("failed"), end("cancelled"))

    async with database.project_transaction(project_id) as tx:
        kinds = [event.type for event in await events.read(tx, stream_id=made.id)]
    assert sorted(results) == [False, True]
    assert kinds.count("run-complete") == 1
    assert kinds[-1] == "run-complete"


async def test_one_project_cannot_reach_anothers_decision_set(database: Database, project_id: UUID) -> None:
    made = await asked(database, project_id)
    async with database.system_transaction() as tx:
        other = (await create_project(tx, "other")).id

    with pytest.raises(decisions.DecisionSetNotFound):
        async with database.project_transaction(other) as tx:
            await decisions.update(tx, made.id, expected_version=1, changes={"language": "en"})

    with pytest.raises(decisions.DecisionSetNotFound):
        async with database.project_transaction(other) as tx:
            await decisions.load(tx, made.id)


async def test_a_key_with_another_body_is_refused_even_while_the_first_is_being_stored(
    database: Database, project_id: UUID
) -> None:
    async def ask(body: str) -> DecisionSet:
        return await asked(database, project_id, idempotency=(ADA.id, "key", body))

    results = await asyncio.gather(ask("a" * 64), ask("b" * 64), return_exceptions=True)

    assert sorted(type(one) for one in results if not isinstance(one, DecisionSet)) == [IdempotencyKeyReused]
    assert sum(isinstance(one, DecisionSet) for one in results) == 1


async def test_a_key_belongs_to_its_caller(database: Database, project_id: UUID) -> None:
    mine = await asked(database, project_id, idempotency=(UUID(int=1), "key", "a" * 64))
    theirs = await asked(database, project_id, idempotency=(UUID(int=2), "key", "b" * 64))

    assert mine.id != theirs.id
