"""Statements that exclude each other are quoted, and each side is planned, priced and asked about."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.costs import load_prices
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.previews.preview_plan import preview_plan
from decisionworks.projects import load_constraint_catalogue

PLACE = (
    "Data must never leave Germany. Everything runs in us-east-1. Churn scores for 40,000 gym members every week,"
    " 2 people with Python, 200 dollars a month."
)
RETENTION = (
    "Un score de fraude en temps réel, 500 ms, 15 demandes par seconde. Chaque décision de score et les données sont"
    " effacées au bout de 30 jours. Chaque décision de score et les données sont conservées dix ans. Six personnes,"
    " Python, 5 000 euros par mois, Paris."
)


def previewed(request: str, **given: Any) -> dict[str, Any]:
    catalogues = {
        "fields": load_constraint_catalogue(), "patterns": load_pattern_catalogue(), "prices": load_prices()
    }  # fmt: skip
    return preview_plan(request, given, **catalogues)


@pytest.mark.parametrize("request_text", [PLACE, RETENTION])
def test_both_sides_are_quoted_word_for_word_with_a_plan_and_a_price_each(request_text: str) -> None:
    shown = previewed(request_text)

    conflict = shown["infeasibility"]["conflicts"][0]
    assert shown["status"] == "blocked"
    for span in conflict["spans"]:
        assert request_text[span["start"] : span["end"]] == span["text"]
    assert [side["quote"] for side in conflict["readings"]] == [span["text"] for span in conflict["spans"]]
    assert all(side["monthly"]["expected"] > 0 and side["patterns"] for side in conflict["readings"])
    assert conflict["question"].startswith("Which of the two counts")


def test_each_side_is_what_a_request_with_this_side_alone_would_get() -> None:
    sides = previewed(PLACE)["infeasibility"]["conflicts"][0]["readings"]

    alone = [
        previewed(PLACE.replace("Everything runs in us-east-1. ", "")),
        previewed(PLACE.replace("Data must never leave Germany. ", "")),
    ]

    assert [side["monthly"] for side in sides] == [one["cost_estimate"]["monthly"] for one in alone]
    assert alone[0]["cost_estimate"]["region"] == "eu-central-1"


def test_the_way_out_of_a_side_makes_the_plan_that_it_promises() -> None:
    ways = previewed(PLACE)["infeasibility"]["relaxations"]

    taken = [previewed(PLACE, **way["changes"]) for way in ways]

    assert len(ways) == 2
    assert [one["infeasibility"] for one in taken] == [None, None]
    assert [one["cost_estimate"]["monthly"]["expected"] for one in taken] == [way["monthly_usd"] for way in ways]


def test_a_request_without_a_contradiction_has_no_sides() -> None:
    assert previewed(PLACE.replace("Everything runs in us-east-1. ", ""))["infeasibility"] is None
