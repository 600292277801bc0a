"""An approver soon knows what is built, its price, what may go wrong, what is open and what is approved."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.costs import load_prices
from decisionworks.decisions.documents import content_of, plan_documents, summary_of
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.previews.preview_plan import preview_plan
from decisionworks.projects import load_constraint_catalogue

EUROS = (
    "Tickets are resold by touts; a fraud score in real time, 500 ms, 15 requests a second at peak. Six people, Python"
    " and Terraform, 5,000 euros a month, GDPR, names. AWS eu-west-3. We know after 90 days whether it was fraud."
)
FRENCH = (
    "Un score de fraude en temps réel, 500 ms, 15 demandes par seconde. Chaque décision de score et les données sont"
    " effacées au bout de 30 jours. Chaque décision de score et les données sont conservées dix ans. Six personnes,"
    " Python, 5 000 euros par mois, Paris."
)
CLINIC = (
    "Sepsis risk from blood test tables, 20 GB, patient names, HIPAA, in real time within 1 second (p95), 3 requests a"
    " second at peak. Three people, Python and Docker. 99.9 percent. The doctor must see why. AWS us-east-1."
    " The budget is 200 dollars a month, no hard cap."
)


def previewed(request: str) -> dict[str, Any]:
    shown = preview_plan(
        request, {}, fields=load_constraint_catalogue(), patterns=load_pattern_catalogue(), prices=load_prices()
    )
    return shown | {"request": request}


def told(request: str) -> dict[str, str]:
    return {row["label"]: row["text"] for row in summary_of(previewed(request)) or []}


@pytest.mark.parametrize("request_text", [EUROS, FRENCH, CLINIC])
def test_the_summary_stands_whole_in_the_first_fifteen_lines_of_the_page(request_text: str) -> None:
    shown = previewed(request_text)

    page = plan_documents(content_of(shown))["plan.md"].splitlines()

    labels = ["Decision", "Built", "Costs", "Budget", "Could go wrong", "To answer", "You approve"]
    assert [one for one in labels if not any(f"**{one}**" in line for line in page[:15])] == []


def test_a_budget_in_euros_is_told_in_euros_with_the_rate_and_its_day() -> None:
    summary = told(EUROS)

    assert "5,000 EUR = 5,750.00 USD a month" in summary["Budget"]
    assert " EUR" in summary["Costs"]
    assert "rate of 2026-11-01" in summary["Costs"]


def test_a_plan_over_the_wish_says_so_with_the_amount_the_law_and_a_way_down() -> None:
    summary = told(CLINIC)

    assert "THE PLAN IS OVER IT by" in summary["Budget"]
    assert "HIPAA" in summary["Budget"]
    assert "What brings it down:" in summary["Budget"]


def test_a_contradiction_is_what_is_asked_and_nothing_is_approved() -> None:
    summary = told(FRENCH)

    assert summary["Decision"].startswith("Not to be approved")
    assert summary["To answer"].startswith("Which of the two counts")
    assert summary["You approve"].startswith("Nothing yet")


def test_a_plan_for_a_french_request_is_english_but_for_what_it_quotes() -> None:
    page = plan_documents(content_of(previewed(FRENCH)))["plan.md"]

    own = "\n".join(line for line in page.splitlines() if not line.startswith(">"))
    assert "# Plan: Fraud detection, answers in real time" in own
    assert " jours " not in own.replace(
        "“Chaque décision de score et les données sont effacées au bout de 30 jours”", ""
    )


def test_there_is_no_summary_before_there_is_a_plan() -> None:
    assert summary_of({"plan": None}) is None


def test_controls_are_named_with_what_asks_for_them_and_the_resources_that_keep_them() -> None:
    page = plan_documents(content_of(previewed(CLINIC)))["plan.md"]

    controls = page.partition("## Controls")[2].partition("\n## ")[0]
    assert "Data, models, logs and backups lie in us-east-1." in controls
    assert "Demanded by HIPAA" in controls or "Demanded by health data" in controls
    assert "`aws_kms_key`" in controls
    assert "language model" not in controls
