"""What is paid for once, written down, refused before it is sent, and shared between workers."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from decisionworks import decisions
from decisionworks.kit.ids import new_id
from decisionworks.llm import BudgetExceeded, CallSite, forget_answers
from decisionworks.llm.admission import Admission
from decisionworks.llm.errors import FaultKind
from decisionworks.llm.line import Heard
from decisionworks.llm.model import VendorClient, VendorPrompt
from decisionworks.registry import Actor
from tests.contracts.models.conftest import GOOD, Desk, colour_question


async def test_tokens_of_both_vendors_mean_the_same_in_the_account(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD}], openai=[{"answer": GOOD}])

    for models in ("anthropic/claude-sonnet-5-5", "openai/gpt-6.1-sol"):
        await desk.ladder(models).answer(colour_question(), desk.site())

    kinds = ("input_tokens", "cache_read_tokens", "output_tokens")
    assert [[call[kind] for kind in kinds] for call in await desk.calls()] == [[1000, 200, 50]] * 2


async def test_an_answer_that_was_recorded_is_used_again_after_a_crash(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"fault": "wrong-schema"}, {"answer": GOOD}])
    first = await desk.ladder().answer(colour_question(), desk.site())

    second = await desk.ladder().answer(colour_question(), desk.site(may_have_asked=True))

    assert second.content == first.content
    assert second.cost_usd == first.cost_usd
    assert len(desk.vendors.calls()) == 2


async def test_another_pack_or_another_text_is_another_question(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD}])
    await desk.ladder().answer(colour_question(), desk.site())

    await desk.ladder().answer(colour_question(untrusted={"thing": "a brick"}), desk.site(may_have_asked=True))

    assert len(desk.vendors.calls()) == 2


async def test_the_commit_of_a_node_forgets_what_was_held_for_it(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD}])
    answer = await desk.ladder().answer(colour_question(), desk.site())

    async with desk.database.project_transaction(desk.project_id) as tx:
        await forget_answers(tx, decision_set_id=desk.decision_set_id, question_keys=[str(answer.question_key)])

    [call] = await desk.calls()
    assert (call["held_answer"], call["kept_answer"], call["kept_prompt"]) == (None, None, None)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
async def test_the_end_of_a_run_forgets_what_is_still_held_for_it(desk: Desk, status: str) -> None:
    actor = Actor(id=new_id(), name="ada", is_administrator=True, project_ids=None, identified_by="a test")
    async with desk.database.project_transaction(desk.project_id) as tx:
        asked = await decisions.request_plan(tx, project_id=desk.project_id, actor=actor, request="churn")
    desk.decision_set_id = asked.id
    desk.vendors.script(anthropic=[{"answer": GOOD}])
    await desk.ladder().answer(colour_question(), desk.site())
    before = [call["held_answer"] is not None for call in await desk.calls()]

    async with desk.database.project_transaction(desk.project_id) as tx:
        await decisions.finish(tx, asked, status=status, run_id=desk.run_id)

    assert before == [True]
    assert [call["held_answer"] for call in await desk.calls()] == [None]


async def test_texts_are_kept_redacted_where_the_project_allows_it(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": {"colour": "green", "reasons": ["ask bob@example.com"]}}])
    async with desk.database.system_transaction() as tx:
        await tx.execute("UPDATE projects SET keeps_model_texts = true WHERE id = %s", (desk.project_id,))
    thing = "a meadow behind AKIAIOSFODNN7EXAMPLE"

    await desk.ladder().answer(colour_question(untrusted={"thing": thing}), desk.site())

    [call] = await desk.calls()
    assert "[redacted aws-key-id]" in call["kept_prompt"]
    assert "[redacted email]" in call["kept_answer"]
    assert "AKIAIOSFODNN7EXAMPLE" not in desk.vendors.calls()[0]["prompt"]


@pytest.mark.parametrize(
    ("budget", "scope"),
    [
        ({"model_budget_call_usd": 0.000001}, "call"),
        ({"model_budget_call_tokens": 10}, "call"),
        ({"model_budget_run_usd": 0.000001, "model_budget_call_usd": 0}, "run"),
        ({"model_budget_run_tokens": 10}, "run"),
        ({"model_budget_month_usd": 0.000001}, "project and month"),
        ({"model_budget_month_tokens": 10}, "project and month"),
    ],
)
async def test_a_call_beyond_a_budget_is_refused_by_name_and_not_sent(
    desk: Desk, budget: dict[str, Any], scope: str, record_property: Any
) -> None:
    ladder = desk.ladder(models_required="extract", **budget)
    began = time.monotonic()

    with pytest.raises(BudgetExceeded) as refused:
        await ladder.answer(colour_question(), desk.site())

    row = {"fault": f"over the budget per {scope} ({next(iter(budget)).rpartition('_')[-1]})", "provider": "anthropic"}
    seconds = round(time.monotonic() - began, 2)
    for name, value in (row | {"happened": "refused", "requests": 0, "seconds": seconds, "usd": 0.0}).items():
        record_property(name, value)

    assert refused.value.scope == scope
    assert "was not sent" in refused.value.message
    assert desk.vendors.calls() == []


async def test_what_is_under_way_counts_against_the_budget_of_a_run(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD, "delay_s": 0.3}])
    ladder = desk.ladder(model_budget_run_usd=0.011)

    answers = await asyncio.gather(*(ladder.answer(colour_question(), desk.site()) for _ in range(4)))

    assert sum(not answer.is_offline for answer in answers) == 1
    assert len(desk.vendors.calls()) == 1


async def test_two_workers_share_one_limit_of_requests_at_a_time(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD, "delay_s": 0.3}])
    workers = [desk.ladder(model_at_once=1, model_rate_per_s=0) for _ in range(2)]

    await asyncio.gather(*(worker.answer(colour_question(), desk.site()) for worker in workers for _ in range(2)))

    moments = sorted(call["at"] for call in desk.vendors.calls())
    assert len(moments) == 4
    assert all(later - earlier >= 0.29 for earlier, later in pairwise(moments))


async def test_parallel_runs_on_two_workers_never_exceed_a_vendors_limit_and_all_are_answered(desk: Desk) -> None:
    # The whole of it, fifty runs at the limit itself: `make models-load`. Here a busy machine may hold up a request.
    desk.vendors.script(anthropic=[{"answer": GOOD}], rate_per_s=5)
    workers = [desk.ladder(model_rate_per_s=4, model_at_once=0, model_deadline_s=150.0) for _ in range(2)]

    answers = await asyncio.gather(
        *(worker.answer(colour_question(), desk.site(run_id=new_id())) for worker in workers for _ in range(12))
    )

    assert [answer.provider for answer in answers] == ["anthropic"] * 24
    assert len(desk.vendors.calls()) == 24
    assert not any(call["is_over"] for call in desk.vendors.calls())


async def test_who_wakes_up_late_gives_the_moment_up_for_a_new_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD}])
    overslept = iter([1.0])
    sleep = asyncio.sleep

    async def sleep_long(self: Admission, site: CallSite, place_id: UUID, wait_s: float) -> None:
        await sleep(wait_s + next(overslept, 0.0))

    monkeypatch.setattr(Admission, "_sleep", sleep_long)
    ladder = desk.ladder(model_rate_per_s=1, model_at_once=0)

    await asyncio.gather(*(ladder.answer(colour_question(), desk.site(run_id=new_id())) for _ in range(3)))

    moments = sorted(call["at"] for call in desk.vendors.calls())
    assert all(later - earlier > 0.6 for earlier, later in pairwise(moments))


async def test_loading_an_sdk_is_no_part_of_a_calls_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD}])
    ladder = desk.ladder(model_deadline_s=60.0)
    [line] = ladder._lines
    make, ask = line._make_client, line.ask
    moments: dict[str, float] = {}

    def make_slowly() -> VendorClient:
        client = make()
        time.sleep(0.2)
        moments["loaded"] = time.monotonic()
        return client

    async def ask_until(prompt: VendorPrompt, site: CallSite, *, deadline: float) -> Heard:
        moments["deadline"] = deadline
        return await ask(prompt, site, deadline=deadline)

    monkeypatch.setattr(line, "_make_client", make_slowly)
    monkeypatch.setattr(line, "ask", ask_until)

    answer = await ladder.answer(colour_question(), desk.site())

    assert answer.provider == "anthropic"
    assert moments["deadline"] - moments["loaded"] >= 60.0


async def test_a_pause_that_the_vendor_asks_of_one_worker_is_kept_by_the_other(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"fault": "429", "retry_after": 30}, {"answer": GOOD}])
    await desk.ladder(model_deadline_s=2.0).answer(colour_question(), desk.site())

    other = await desk.ladder(model_deadline_s=2.0).answer(colour_question(), desk.site())

    assert other.switches[0].reason.startswith(FaultKind.BUSY)
    assert len(desk.vendors.calls()) == 1


async def test_totals_of_the_run_and_of_the_month_are_kept(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD}])
    for _ in range(2):
        await desk.ladder().answer(colour_question(), desk.site())

    async with desk.database.project_transaction(desk.project_id) as tx:
        rows = await (await tx.execute("SELECT scope, calls, input_tokens FROM model_totals ORDER BY scope")).fetchall()

    assert [row["scope"].partition(":")[0] for row in rows] == ["month", "run"]
    assert {(row["calls"], row["input_tokens"]) for row in rows} == {(2, 2400)}
