"""The story of a change, as a person reads it in a terminal."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from decisionworks.cli.change_report import print_changes
from decisionworks.decisions.compare import change_summary
from tests.unit.decisions.test_compare import child, decision_set

CAUSES = {
    "fields": ["budget_usd_month", "latency_p99_ms"],
    "patterns": {
        "serve-serverless-cpu": {"fields": ["latency_p99_ms"], "how": "only with"},
        "mon-drift": {"fields": ["budget_usd_month"], "how": "already with"},
    },
    "usd": {"budget_usd_month": 0.0, "latency_p99_ms": 25.5},
}


def told(summary: dict[str, Any], **given: Any) -> str:
    out = io.StringIO()
    print_changes(Console(file=out, width=200, highlight=False), summary, **given)
    return out.getvalue()


def test_what_was_asked_differently_comes_first_and_each_pattern_names_its_cause() -> None:
    text = told(change_summary(decision_set(), child(), causes=CAUSES))

    lines = [line.strip() for line in text.splitlines()]
    assert lines.index("asked differently") < lines.index("budget_usd_month: 500 → 900") < lines.index("plan 1 kept")
    assert "~ serve-serverless-cpu replaces serve-batch-scoring  because of latency_p99_ms none → 200" in lines
    assert "+ mon-drift  already because of budget_usd_month 500 → 900" in lines
    assert "cost 100.00 → 125.50 USD a month (+25.50, +25.5 %)" in lines
    assert "+25.50  by latency_p99_ms, given the other changes" in lines
    assert "+25.50  serving  60.00 → 85.50" in lines
    assert "policies pass → warn" in lines
    assert "cost-cap passed → fired" in lines
    assert any(line.startswith("documents 0 added") for line in lines)


def test_lines_of_documents_and_code_are_shown_when_wanted() -> None:
    summary = change_summary(
        decision_set(), child(), parent_files={"a.py": b"x = 1\n"}, child_files={"a.py": b"x = 2\n"}
    )

    short, long = told(summary), told(summary, with_patch=True)

    assert "changed a.py  +1 -1" in short
    assert "+x = 2" not in short
    assert "+x = 2" in long


def test_a_first_decision_set_is_told_in_a_sentence() -> None:
    assert "First version of this plan" in told(change_summary(None, decision_set()))


def test_nothing_of_a_request_steers_the_terminal() -> None:
    hostile = decision_set(constraints={"use_case_summary": {"value": "\x1b[31m[red]x", "state": "stated"}})

    text = told(change_summary(decision_set(), hostile))

    assert "\x1b" not in text
    assert "[red]x" in text
