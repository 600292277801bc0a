"""Whole runs with models that answer, fall silent and come back, over real processes and HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.vendors.client import FakeVendors, fake_vendors
from tests.scenarios.conftest import StartPlatform
from tests.scenarios.running import CHURN

# Workers load the SDKs of vendors at the first question, which takes its time on a busy machine.
pytestmark = pytest.mark.timeout(420)


@pytest.fixture
def vendors() -> Iterator[FakeVendors]:
    with fake_vendors() as fake:
        yield fake


def cards(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {event["payload"]["node"]: event["payload"] for event in events if event["type"] == "reason-card"}


def a_reading(field: str, value: object, quote: str) -> dict[str, object]:
    return {"field": field, "value": value, "quote": quote, "is_stated": True, "confidence": 0.9}


def test_a_model_reads_the_request_beside_the_rules_and_the_card_says_who_and_for_how_much(
    start_platform: StartPlatform, vendors: FakeVendors
) -> None:
    readings = [
        a_reading("budget_usd_month", 50, "At most 50 dollars a month"),
        a_reading("team_size", 7, "words that are nowhere"),
    ]
    vendors.script(anthropic=[{"when": "You read requests", "answer": {"readings": readings}}, {"answer": {}}])
    platform = start_platform(workers=1, **vendors.environment())

    shown = platform.wait_for(platform.ask(CHURN), "gate_waiting", timeout_s=120)

    card = cards(platform.events(shown["id"]))["extract_constraints"]
    budget = shown["constraints"]["budget_usd_month"]
    assert (card["model"]["provider"], card["model"]["name"]) == ("anthropic", "claude-sonnet-5-5")
    assert card["model"]["switches"] == []
    assert card["cost_usd"] > 0
    assert card["tokens"] == {"input": 1200, "output": 50}
    assert card["model"]["prompt_pack"].startswith("extract@1-")
    assert budget["value"] == 50
    assert budget["confidence"] > 0.95
    assert any("1 readings without evidence were dropped" in line for line in card["because"])
