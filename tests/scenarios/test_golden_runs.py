"""All golden scenarios through the real graph: each rests where it should, and the scores keep a floor."""

from __future__ import annotations

import json

import pytest

from decisionworks.evaluation import load_scenarios, packaged_scenarios, score, totals
from tests.scenarios.conftest import StartPlatform
from tests.scenarios.running import numbers_of

FLOOR = 0.93


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_golden_scenario_ends_at_the_gate_or_blocked_as_it_expects(start_platform: StartPlatform) -> None:
    platform = start_platform(workers=2)
    scenarios = load_scenarios(packaged_scenarios())

    asked = {scenario.id: platform.ask(scenario.request) for scenario in scenarios}
    shown = {one: platform.wait_for(asked[one], "gate_waiting", "blocked", timeout_s=240) for one in asked}

    scores = [score(scenario, shown[scenario.id]) for scenario in scenarios]
    summary = totals(scores)
    assert len(scenarios) == 24
    assert [one.id for one in scores if not one.ends_as_expected] == []
    assert summary.total >= FLOOR, json.dumps([one.to_json() for one in scores], indent=1)
    for one in asked.values():
        events = platform.events(one)
        assert numbers_of(events) == list(range(1, len(events) + 1))
