from __future__ import annotations

from uuid import UUID

import pytest

from decisionworks import decisions, gates, jobs
from decisionworks.decisions import DecisionSet
from decisionworks.gates import AlreadyDecided, AnotherGateOpen, NotAtGate
from decisionworks.kit.db import Database
from decisionworks.registry import Actor, ensure_default_project

ADA = Actor(id=UUID(int=7), name="ada", is_administrator=True, project_ids=None, identified_by="a test")
HASH = "a" * 64


@pytest.fixture
async def waiting(database: Database) -> DecisionSet:
    async with database.system_transaction() as tx:
        project_id = (await ensure_default_project(tx)).id
    async with database.project_transaction(project_id) as tx:
        made = await decisions.request_plan(tx, project_id=project_id, actor=ADA, request="churn")
        await tx.execute("UPDATE jobs SET state = 'parked' WHERE subject_id = %s", (made.id,))
        planned = {"status": "planning", "plan": {"patterns": []}, "plan_hash": HASH}
        version = await decisions.update(tx, made.id, expected_version=1, changes=planned)
        await decisions.update(tx, made.id, expected_version=version, changes={"status": "gate_waiting"})
        await open_approval(tx, made)
        return await decisions.load(tx, made.id)


async def open_approval(tx, made: DecisionSet, *, interrupt_id: str = "i1") -> UUID:  # type: ignore[no-untyped-def]
    return await gates.open_gate(
        tx,
        project_id=made.project_id,
        decision_set_id=made.id,
        kind="approval",
        interrupt_id=interrupt_id,
        plan_hash=HASH,
    )


async def test_opening_the_same_gate_again_is_the_same_gate(database: Database, waiting: DecisionSet) -> None:
    async with database.project_transaction(waiting.project_id) as tx:
        first = await open_approval(tx, waiting)
        again = await open_approval(tx, waiting)

    assert first == again


async def test_a_second_gate_beside_an_open_one_is_refused(database: Database, waiting: DecisionSet) -> None:
    with pytest.raises(AnotherGateOpen):
        async with database.project_transaction(waiting.project_id) as tx:
            await open_approval(tx, waiting, interrupt_id="i2")


async def test_the_answer_is_there_once_somebody_decided(database: Database, waiting: DecisionSet) -> None:
    async with database.project_transaction(waiting.project_id) as tx:
        before = await gates.answer_of(tx, decision_set_id=waiting.id, interrupt_id="i1")
        await gates.approve(tx, waiting.id, actor=ADA, comment="go")
        after = await gates.answer_of(tx, decision_set_id=waiting.id, interrupt_id="i1")

    assert before is None
    assert after is not None
    assert (after["decision"], after["by"], after["comment"]) == ("approved", "ada", "go")


async def test_a_decision_is_kept_for_ever_and_says_on_which_plan(database: Database, waiting: DecisionSet) -> None:
    async with database.project_transaction(waiting.project_id) as tx:
        await gates.approve(tx, waiting.id, actor=ADA)

    async with database.project_transaction(waiting.project_id) as tx:
        row = await (await tx.execute("SELECT * FROM gate_decisions")).fetchone()

    assert row is not None
    assert (row["decision"], row["decided_by"], row["identified_by"]) == ("approved", "ada", "a test")
    assert (row["plan_hash"], row["version"]) == (HASH, waiting.version)


async def test_a_refused_approval_leaves_the_job_parked(database: Database, waiting: DecisionSet) -> None:
    with pytest.raises(gates.StalePlan):
        async with database.project_transaction(waiting.project_id) as tx:
            await gates.approve(tx, waiting.id, actor=ADA, plan_hash="b" * 64)

    async with database.system_transaction() as tx:
        assert [job["state"] for job in await jobs.list_jobs(tx)] == ["parked"]


async def test_after_a_decision_the_next_is_told_who_decided(database: Database, waiting: DecisionSet) -> None:
    async with database.project_transaction(waiting.project_id) as tx:
        await gates.reject(tx, waiting.id, actor=ADA, comment="no")

    with pytest.raises(AlreadyDecided) as refused:
        async with database.project_transaction(waiting.project_id) as tx:
            await gates.approve(tx, waiting.id, actor=ADA)

    assert (refused.value.decision, refused.value.by) == ("rejected", "ada")


async def test_answers_do_not_fit_an_approval_gate(database: Database, waiting: DecisionSet) -> None:
    with pytest.raises(NotAtGate):
        async with database.project_transaction(waiting.project_id) as tx:
            await gates.answer_questions(tx, waiting.id, {"budget_usd_month": 5}, actor=ADA)
