"""A call that was paid for is in the account once."""

from __future__ import annotations

from decisionworks.engine.attempt import DomainWrite
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from decisionworks.llm import CallSite
from decisionworks.llm.ledger import CallRecord, record_call
from decisionworks.llm.model import Usage
from tests.factories.queue import a_project


async def test_a_call_whose_record_is_sent_again_is_counted_once(database: Database) -> None:
    project_id = await a_project(database)

    async def write(work: DomainWrite) -> None:
        for _ in ("and its answer was lost", "sent again"):
            async with database.project_transaction(project_id) as tx:
                await work(tx)

    async def keep(payload: bytes) -> str:
        return str(len(payload))

    site = CallSite(
        database=database, write=write, keep=keep, project_id=project_id, decision_set_id=new_id(), run_id=new_id(),
        node="planner", may_have_asked=False,
    )  # fmt: skip
    record = CallRecord(
        task="extract", question_key="k", attempt=1, provider="a", model="m", prompt_pack="p@1", outcome="answered",
        finish_reason="complete", usage=Usage(input_tokens=5, output_tokens=2), cost_usd=0.5, latency_ms=1, requests=1,
    )  # fmt: skip

    await record_call(site, record, place=None)

    async with database.project_transaction(project_id) as tx:
        rows = await (await tx.execute("SELECT calls, input_tokens, output_tokens FROM model_totals")).fetchall()
    assert [tuple(row.values()) for row in rows] == [(1, 5, 2), (1, 5, 2)]
