"""Requests that contradict nothing are the most by far: none of the packaged ones may be said to."""

from __future__ import annotations

import pytest

from decisionworks.evaluation import SETS, load_scenarios, packaged_scenarios
from decisionworks.projects import extract_constraints, load_constraint_catalogue, parse_request_document

CATALOGUE = load_constraint_catalogue()


@pytest.mark.parametrize("name", SETS)
def test_no_consistent_request_of_a_set_is_said_to_contradict_itself(name: str) -> None:
    consistent = [
        one
        for one in load_scenarios(packaged_scenarios(name))
        if "rel-contradiction" not in one.policies_expected.block and not one.request_findings.get("contradiction")
    ]

    doubted = {}
    for scenario in consistent:
        words = parse_request_document(scenario.request).text
        found = extract_constraints(words, data=None, on_missing="ask", catalogue=CATALOGUE).contradictions
        if found:
            doubted[scenario.id] = [one.why for one in found]

    assert consistent
    assert doubted == {}
