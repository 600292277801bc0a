"""Contradictions of whole requests are seen, and requests that only look contradictory are left alone: floors."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from decisionworks.projects import extract_constraints, load_constraint_catalogue

TEXTS = Path(__file__).with_name("contradictory.yaml")
SEEN_FLOOR = 0.8
LEFT_ALONE_FLOOR = 0.96


@cache
def texts() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load(TEXTS.read_text("utf-8"))
    return loaded


def is_contradicted(text: str) -> bool:
    found = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())
    return bool(found.contradictions)


def test_most_contradictions_of_whole_requests_are_seen() -> None:
    contradictory = [one["request"] for one in texts() if one["contradictory"]]

    seen = sum(map(is_contradicted, contradictory))

    assert len(contradictory) >= 60
    assert seen >= SEEN_FLOOR * len(contradictory)


def test_requests_that_only_look_contradictory_are_left_alone() -> None:
    consistent = [one["request"] for one in texts() if not one["contradictory"]]

    needless = [text for text in consistent if is_contradicted(text)]

    assert len(consistent) >= 60
    assert len(needless) <= (1 - LEFT_ALONE_FLOOR) * len(consistent), needless
