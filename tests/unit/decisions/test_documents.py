"""The documents of a plan say what was decided, add up, and run nothing that somebody wrote into a request."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest

from decisionworks.costs import load_prices
from decisionworks.decisions.documents import PlanContent, plan_documents
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.previews.preview_plan import preview_plan
from decisionworks.projects import (
    constraints_from_json,
    load_constraint_catalogue,
    planning_values,
)

REQUEST = (
    "Credit decisions in the loan form must come back in real time, p95 150 ms, at 40 requests per second. Tables,"
    " 200 GB in Postgres, names and incomes in it, GDPR, eu-central-1. Four engineers know Python and Docker."
    " At most 1,500 dollars a month."
)
HOSTILE = "x | y ![a](http://b) <script> `c` \u202e ``` =1+1"


def content(request: str = REQUEST, **changes: Any) -> PlanContent:
    fields = load_constraint_catalogue()
    shown = preview_plan(request, {}, fields=fields, patterns=load_pattern_catalogue(), prices=load_prices())
    parts: dict[str, Any] = {
        "request": request,
        "plan": shown["plan"],
        "cost_estimate": shown["cost_estimate"],
        "policy_results": shown["policy_results"],
        "plan_hash": shown["plan_hash"],
        "values": planning_values(constraints_from_json(shown["constraints"]), catalogue=fields),
        "critiques": shown["critiques"],
        "infeasibility": shown["infeasibility"],
    }
    return PlanContent(**(parts | changes))


@pytest.fixture(scope="module")
def loan() -> PlanContent:
    return content()


def test_the_page_begins_with_what_was_decided_and_tells_the_rest_in_order(loan: PlanContent) -> None:
    page = plan_documents(loan)["plan.md"]

    headings = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)
    wanted = ["What was asked for", "Picture", "Patterns", "Cost", "Risks", "Policies", "Assumptions"]
    assert [one for one in headings if one in wanted] == [one for one in wanted if one in headings]
    assert {"Patterns", "Cost", "Policies", "Assumptions", "Next steps", "Decisions on record"} <= set(headings)
    summary = page.partition("## ")[0]
    assert f"{loan.cost_estimate['monthly']['expected']:,.2f} USD" in summary
    assert "1,500.00 USD a month" in summary
    for pattern in loan.patterns:
        assert f"`{pattern['id']}`" in page


def test_every_choice_that_had_a_rival_is_on_record_and_linked(loan: PlanContent) -> None:
    documents = plan_documents(loan)

    records = [path for path in documents if path.startswith("adr/")]
    rivals = [pattern for pattern in loan.patterns if pattern["runner_up"]]
    assert len(records) == 1 + min(len(rivals), 12)
    linked = re.findall(r"\]\((adr/[^)]+)\)", documents["plan.md"])
    assert sorted(linked) == sorted(records)
    serving = next(path for path in records if path.startswith("adr/0002-serving-"))
    rival = next(pattern for pattern in rivals if pattern["capability"] == "serving")["runner_up"]["id"]
    assert f"`{rival}`" in documents[serving]


def test_a_record_keeps_its_name_when_another_choice_loses_its_rival(loan: PlanContent) -> None:
    alone = [
        {**pattern, "runner_up": None} if pattern["capability"] == "serving" else pattern for pattern in loan.patterns
    ]

    before = {path for path in plan_documents(loan) if path.startswith("adr/")}
    after = {path for path in plan_documents(replace(loan, plan={**loan.plan, "patterns": alone})) if "adr/" in path}

    assert len(before) > len(after) > 1
    assert after < before


def test_the_record_of_the_plan_tells_facts_and_no_assumption_as_one(loan: PlanContent) -> None:
    context = plan_documents(loan)["adr/0001-approved-plan.md"].partition("## Decision")[0]

    assumed = {one["field"] for one in loan.plan["assumptions"]}
    assert assumed
    assert not [field for field in assumed if f"`{field}`" in context]
    assert "`budget_usd_month`" in context
    assert "`llm_tokens_in`" not in context


def test_the_lines_of_the_bill_add_up_to_the_estimate(loan: PlanContent) -> None:
    rows = list(csv.DictReader(io.StringIO(plan_documents(loan)["cost.csv"])))

    priced = [row for row in rows if row["confidence"] != "unpriced"]
    monthly = loan.cost_estimate["monthly"]
    tolerance = 0.01 * (len(priced) + 1)
    for column, key in (("low", "low"), ("usd", "expected"), ("high", "high")):
        assert sum(float(row[column]) for row in priced) == pytest.approx(monthly[key], abs=tolerance)
    assert len(rows) - len(priced) == len(loan.cost_estimate["unpriced"])


def test_the_same_plan_gives_the_same_documents(loan: PlanContent) -> None:
    assert plan_documents(loan) == plan_documents(content())


def test_what_cannot_hold_together_is_told_with_its_ways_out() -> None:
    documents = plan_documents(content(infeasibility=INFEASIBLE))

    assert "## What cannot hold together" in documents["plan.md"]
    assert "20 dollars are too few" in documents["plan.md"]
    assert "| `budget_usd_month` = 300 | 280.00 USD | the cheapest that fits |" in documents["plan.md"]


INFEASIBLE = {
    "conflicts": [{"fields": ["budget_usd_month"], "why": "20 dollars are too few"}],
    "relaxations": [{"changes": {"budget_usd_month": 300}, "monthly_usd": 280.0, "why": "the cheapest that fits"}],
}


def test_nothing_that_a_request_says_becomes_markup_or_a_formula() -> None:
    hostile = {
        "id": HOSTILE,
        "capability": HOSTILE,
        "reason": HOSTILE,
        "runner_up": {"id": HOSTILE, "why_not": HOSTILE},
    }
    estimate = {
        "currency": HOSTILE, "region": HOSTILE, "monthly": {"low": 1.0, "expected": 1.0, "high": 1.0},
        "items": [{"pattern": "=cmd()", "capability": "-x", "price": "@a", "usd": 1.0, "confidence": "high"}],
        "unpriced": [HOSTILE],
    }  # fmt: skip
    made = PlanContent(
        request=HOSTILE, plan={"patterns": [hostile], "diagram": "flowchart LR\n```\n# out"}, cost_estimate=estimate,
        policy_results={"status": HOSTILE, "rules": [{"id": HOSTILE, "outcome": "fired"}]}, plan_hash=HOSTILE,
        values={"use_case_summary": HOSTILE}, critiques=[{"severity": HOSTILE, "finding": HOSTILE}], guidance=HOSTILE,
    )  # fmt: skip

    documents = plan_documents(made)

    for path, text in documents.items():
        assert re.fullmatch(r"[a-z0-9./-]+", path)
        if path.endswith(".md"):
            assert "![a](" not in text
            assert "<script>" not in text
            assert "\u202e" not in text
            assert len(re.findall(r"^```", text, flags=re.MULTILINE)) in (0, 2)
    cells = list(csv.reader(io.StringIO(documents["cost.csv"])))[1]
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "-")]
