"""What holds for every vendor, the fake ones and, where a key is set, the real ones; without a key they say skipped.

DECISIONWORKS_TEST_ANTHROPIC_API_KEY and DECISIONWORKS_TEST_OPENAI_API_KEY are for this only, so that no test run spends
a key that somebody has in their environment for other reasons. A whole run costs a few cents.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from decisionworks.llm.errors import FaultKind
from decisionworks.llm.ladder import ModelLadder
from tests.contracts.models.conftest import GOOD, Desk, colour_question

REAL = {
    "anthropic": "anthropic/claude-haiku-5-5",
    "openai": "openai/gpt-6-luna",
}
FAKE = {
    "fake anthropic": {"models": "anthropic/claude-haiku-5-5"},
    "fake openai": {"models": "openai/gpt-6-luna"},
    "fake openai chat": {"models": "openai/gpt-4.1", "openai_protocol": "chat"},
}


def _vendors() -> list[Any]:
    params = [pytest.param(name, id=name) for name in FAKE]
    for name in REAL:
        variable = f"DECISIONWORKS_TEST_{name.upper()}_API_KEY"
        without = pytest.mark.skipif(not os.environ.get(variable), reason=f"{variable} is not set")
        params.append(pytest.param(name, id=f"real {name}", marks=without))
    return params


every_vendor = pytest.mark.parametrize("vendor", _vendors())


def asking(desk: Desk, vendor: str, *steps: dict[str, Any], **settings: Any) -> ModelLadder:
    """The ladder of one model; a fake is told its steps, a real one does as it likes."""
    if vendor in FAKE:
        desk.vendors.script(**{vendor.split()[1]: list(steps)})
        return desk.ladder(**FAKE[vendor], **settings)
    real = {
        f"{vendor}_api_key": os.environ[f"DECISIONWORKS_TEST_{vendor.upper()}_API_KEY"],
        f"{vendor}_base_url": {"anthropic": "https://api.anthropic.com", "openai": "https://api.openai.com/v1"}[vendor],
        "model_request_s": 60.0,
        "model_pause_s": 30.0,
    }
    return desk.ladder(REAL[vendor], **(real | settings))


@every_vendor
async def test_a_question_is_answered_in_its_schema_and_accounted(desk: Desk, vendor: str) -> None:
    answer = await asking(desk, vendor, {"answer": GOOD}).answer(colour_question(), desk.site())

    [call] = await desk.calls()
    assert set(answer.content) == {"colour", "reasons"}
    assert (answer.is_offline, call["outcome"], call["finish_reason"]) == (False, "answered", "complete")
    assert answer.usage.total_input > 50
    assert answer.usage.output_tokens > 0
    assert 0 < answer.cost_usd < 0.05
    assert call["request_id"]


@every_vendor
async def test_an_answer_that_the_asker_refuses_is_asked_for_again(desk: Desk, vendor: str) -> None:
    looks: list[Any] = []

    def refused_once(answer: Any) -> list[str]:
        looks.append(answer)
        return ["name a shade of the colour, too"] if len(looks) == 1 else []

    answer = await asking(desk, vendor, {"answer": GOOD}).answer(colour_question(check=refused_once), desk.site())

    assert answer.tries == 2
    assert [call["outcome"] for call in await desk.calls()] == ["invalid", "answered"]


@every_vendor
async def test_a_wrong_key_is_left_at_once(desk: Desk, vendor: str) -> None:
    provider = vendor.rsplit(maxsplit=1)[-1] if vendor in REAL else vendor.split()[1]
    wrong = {f"{provider}_api_key": "sk-wrong-000000000000000000"}

    answer = await asking(desk, vendor, {"fault": "401"}, **wrong).answer(colour_question(), desk.site())

    assert answer.switches[0].reason.startswith(FaultKind.UNAUTHORIZED)
    assert [call["requests"] for call in await desk.calls()] == [1]
