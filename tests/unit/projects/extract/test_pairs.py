"""A request that contradicts itself is told from one that differs in a few words and does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from decisionworks.projects import extract_constraints, load_constraint_catalogue

PAIRS = yaml.safe_load(Path(__file__).with_name("pairs.yaml").read_text("utf-8"))


def is_contradicted(text: str) -> bool:
    found = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())
    return bool(found.contradictions)


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_one_of_two_is_contradicted(pair: dict[str, str]) -> None:
    verdicts = is_contradicted(pair["contradictory"]), is_contradicted(pair["consistent"])

    assert verdicts == (True, False)
