"""What each fault of a vendor leads to, for each protocol: one table, and every line of it is a test."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from decisionworks.llm import AnswerQuarantined
from decisionworks.llm.errors import FaultKind
from tests.contracts.models.conftest import GOOD, Desk, colour_question

PROTOCOLS = {
    "anthropic": {"models": "anthropic/claude-sonnet-5-5"},
    "openai": {"models": "openai/gpt-6.1-sol"},
    "openai-chat": {"models": "openai/gpt-4.1", "openai_protocol": "chat"},
}
# fault, steps of the script, requests sent, tries, what happened, how it ended
TABLE: list[tuple[str, list[dict[str, Any]], int, str]] = [
    ("none", [{"answer": GOOD}], 1, "answered"),
    ("429 with Retry-After", [{"fault": "429", "retry_after": 0.2}, {"answer": GOOD}], 2, "retried"),
    ("429 without Retry-After", [{"fault": "429"}, {"answer": GOOD}], 2, "retried"),
    ("500", [{"fault": "500"}, {"answer": GOOD}], 2, "retried"),
    ("529", [{"fault": "529"}, {"answer": GOOD}], 2, "retried"),
    ("cut off", [{"answer": GOOD, "fault": "cut"}, {"answer": GOOD}], 2, "retried"),
    ("hang", [{"fault": "hang", "hang_s": 3}, {"answer": GOOD}], 2, "retried"),
    ("slow first byte", [{"answer": GOOD, "delay_s": 0.5}], 1, "answered"),
    ("400", [{"fault": "400"}], 1, "fell back"),
    ("401", [{"fault": "401"}], 1, "fell back"),
    ("402", [{"fault": "402"}], 1, "fell back"),
    ("404", [{"fault": "404"}], 1, "fell back"),
    ("529 for ever", [{"fault": "529"}], 4, "fell back"),
    ("refusal", [{"fault": "refusal"}], 1, "fell back"),
    ("truncated JSON", [{"answer": GOOD, "fault": "truncated"}, {"answer": GOOD}], 2, "asked again"),
    ("wrong schema", [{"fault": "wrong-schema"}, {"answer": GOOD}], 2, "asked again"),
    ("empty", [{"fault": "empty"}, {"answer": GOOD}], 2, "asked again"),
    ("over-long", [{"answer": GOOD, "fault": "over-long"}, {"answer": GOOD}], 2, "asked again"),
    ("wrong language", [{"answer": {"colour": "vert", "reasons": []}}, {"answer": GOOD}], 2, "asked again"),
    ("wrong schema for ever", [{"fault": "wrong-schema"}], 3, "quarantined"),
    ("empty for ever", [{"fault": "empty"}], 3, "quarantined"),
]


def in_english(answer: Any) -> list[str]:
    return [] if answer.colour in ("green", "grey") else ["the colour is not named in English"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(("fault", "steps", "requests", "ends"), TABLE, ids=[row[0] for row in TABLE])
async def test_a_fault_of_a_vendor_leads_to_what_the_table_says(
    desk: Desk,
    protocol: str,
    fault: str,
    steps: list[dict[str, Any]],
    requests: int,
    ends: str,
    record_property: Any,
) -> None:
    vendor = protocol.partition("-")[0]
    desk.vendors.script(**{vendor: steps})
    ladder = desk.ladder(**PROTOCOLS[protocol])
    began = time.monotonic()

    happened, answer = "", None
    try:
        answer = await ladder.answer(colour_question(check=in_english), desk.site())
    except AnswerQuarantined:
        happened = "quarantined"

    calls = await desk.calls()
    if answer is not None:
        was_retried = calls[-1]["requests"] > 1
        happened = (
            "fell back" if answer.switches
            else "asked again" if answer.tries > 1
            else "retried" if was_retried
            else "answered"
        )  # fmt: skip
    spent = float(sum(call["cost_usd"] for call in calls))
    for name, value in (("fault", fault), ("provider", protocol), ("happened", happened), ("usd", round(spent, 6)),
                        ("seconds", round(time.monotonic() - began, 2)), ("requests", requests)):  # fmt: skip
        record_property(name, value)
    assert happened == ends
    assert len(desk.vendors.calls(vendor)) == requests
    if ends == "fell back":
        assert answer is not None
        assert (answer.provider, answer.content["colour"]) == ("offline", "grey")
    if ends == "quarantined":
        assert desk.kept[0]["errors"]
        assert desk.kept[0]["prompt_pack"].startswith("extract@1-")
    if ends in ("answered", "retried", "asked again"):
        assert answer is not None
        assert answer.content == GOOD
        assert spent > 0


async def test_the_feedback_names_what_was_wrong_and_carries_the_former_text(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"fault": "wrong-schema"}, {"answer": GOOD}])

    await desk.ladder().answer(colour_question(), desk.site())

    turns = desk.vendors.calls("anthropic")[1]["body"]["messages"]
    assert turns[-2] == {"role": "assistant", "content": '{"surprise": true}'}
    assert "/colour: Field required" in turns[-1]["content"]


async def test_a_request_that_the_vendor_wants_later_than_the_deadline_is_not_waited_for(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"fault": "429", "retry_after": 600}])
    began = time.monotonic()

    answer = await desk.ladder().answer(colour_question(), desk.site())

    assert time.monotonic() - began < 5
    assert answer.switches[0].reason.startswith(FaultKind.RATE_LIMITED)


async def test_a_breaker_opens_after_failed_series_and_one_probe_closes_it_again(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"fault": "500"}])
    ladder = desk.ladder(model_requests=1, model_breaker_failures=2, model_breaker_rest_s=3.0)
    for _ in range(2):
        await ladder.answer(colour_question(), desk.site())

    left = await ladder.answer(colour_question(), desk.site())
    sent_while_open = len(desk.vendors.calls())
    desk.vendors.script(anthropic=[{"answer": GOOD}])
    deadline = time.monotonic() + 30
    answer = left
    while answer.is_offline and time.monotonic() < deadline:
        answer = await ladder.answer(colour_question(), desk.site())

    assert left.switches[0].reason.startswith(FaultKind.BREAKER_OPEN)
    assert sent_while_open == 2
    assert answer.provider == "anthropic"


@pytest.mark.parametrize("protocol", ["openai", "openai-chat"])
async def test_an_answer_that_comes_whole_may_take_longer_than_a_pause(desk: Desk, protocol: str) -> None:
    desk.vendors.script(openai=[{"answer": GOOD, "delay_s": 1.0}])
    ladder = desk.ladder(**PROTOCOLS[protocol], model_pause_s=0.3, model_request_s=30.0)

    answer = await ladder.answer(colour_question(), desk.site())

    assert (answer.provider, len(desk.vendors.calls())) == ("openai", 1)


async def test_one_call_alone_finds_out_whether_a_model_is_back(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"fault": "500"}])
    limits = {"model_pause_s": 30.0, "model_request_s": 60.0}
    ladder = desk.ladder(model_requests=1, model_breaker_failures=1, model_breaker_rest_s=0.5, **limits)
    await ladder.answer(colour_question(), desk.site())
    desk.vendors.script(anthropic=[{"answer": GOOD, "delay_s": 2}])
    await asyncio.sleep(0.6)  # the rest is over

    answers = await asyncio.gather(*(ladder.answer(colour_question(), desk.site()) for _ in range(4)))

    assert sorted(answer.provider for answer in answers) == ["anthropic", "offline", "offline", "offline"]
    assert len(desk.vendors.calls()) == 2


async def test_a_slow_answer_is_hedged_only_where_that_is_switched_on(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"answer": GOOD, "delay_s": 0.8}, {"answer": GOOD}])

    hedged = await desk.ladder(model_hedge_after_s=0.1).answer(colour_question(), desk.site())

    assert hedged.content == GOOD
    assert len(desk.vendors.calls()) == 2


async def test_a_plan_that_starts_on_one_model_goes_on_with_the_next_and_names_the_switch(desk: Desk) -> None:
    desk.vendors.script(anthropic=[{"fault": "529"}], openai=[{"answer": GOOD}])
    ladder = desk.ladder("anthropic/claude-sonnet-5-5,openai/gpt-6.1-sol", model_requests=2)

    answer = await ladder.answer(colour_question(), desk.site())

    assert (answer.provider, answer.model) == ("openai", "gpt-6.1-sol")
    assert [(one.provider, one.name) for one in answer.switches] == [("anthropic", "claude-sonnet-5-5")]
