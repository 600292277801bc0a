from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from decisionworks.cli.progress import Progress
from decisionworks.cli.report import print_checks, print_decision_set
from decisionworks.cli.terminal import line, money, shown


def screen() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=200, highlight=False, soft_wrap=True), written


def decision_set(**changes: Any) -> dict[str, Any]:
    return {
        "id": "d1",
        "revision": 1,
        "version": 3,
        "status": "gate_waiting",
        "plan": None,
        "actions": {"why_not": {}},
    } | changes


def test_words_from_elsewhere_neither_style_nor_steer_the_terminal() -> None:
    console, written = screen()

    console.print(shown("\x1b[31mred\x1b]0;title\x07 [bold]loud[/bold]\r"))

    assert "\x1b" not in written.getvalue()
    assert "[bold]loud[/bold]" in written.getvalue()


def test_a_long_text_is_shortened_to_one_line() -> None:
    assert line("a\nb   c " + "x" * 50, limit=10) == "a b c xxx…"


def test_a_reason_card_is_printed_with_agent_decision_and_reasons() -> None:
    console, written = screen()

    Progress(console).show(
        {
            "type": "reason-card",
            "payload": {
                "agent": "planner",
                "decision": "12 patterns",
                "because": [f"reason {number}" for number in range(6)],
                "duration_ms": 31,
            },
        }
    )

    text = written.getvalue()
    assert "planner" in text
    assert "12 patterns (31 ms)" in text
    assert "because reason 3" in text
    assert "and 2 more reasons" in text


def test_three_questions_are_shown_in_full_and_the_rest_by_name() -> None:
    console, written = screen()
    questions = [{"field": f"field_{number}", "text": f"Question {number}?"} for number in range(5)]

    print_decision_set(console, decision_set(status="needs_input", questions=questions))

    text = written.getvalue()
    assert "3. Question 2?" in text
    assert "Question 3?" not in text
    assert "also open: field_3, field_4" in text
    assert "decisionworks answer d1 FIELD=VALUE" in text


def test_a_blocked_set_names_conflicts_with_the_words_they_came_from_and_ways_out() -> None:
    console, written = screen()
    infeasibility = {
        "conflicts": [{"fields": ["budget_usd_month"], "spans": [{"text": "50 USD"}], "why": "too little"}],
        "relaxations": [{"changes": {"budget_usd_month": 700}, "monthly_usd": 687, "why": "then it fits"}],
    }
    rules = [{"id": "cost-hard", "severity": "block", "outcome": "fired"}]

    print_decision_set(
        console,
        decision_set(status="blocked", infeasibility=infeasibility, policy_results={"status": "block", "rules": rules}),
    )

    text = written.getvalue()
    assert "“50 USD”" in text
    assert "way out: budget_usd_month=700 ($687 / month)" in text
    assert "blocked: cost-hard" in text


def test_a_skipped_check_is_named_with_its_reason() -> None:
    console, written = screen()

    print_checks(
        console,
        {
            "checks": [
                {"id": "ruff", "status": "passed"},
                {"id": "hadolint", "status": "skipped", "reason": "hadolint is not installed"},
                {"id": "secrets", "status": "failed", "reason": "1 finding", "findings": [{"path": "a.py"}]},
            ]
        },
    )

    text = written.getvalue()
    assert "passed  1 checks: ruff" in text
    assert "skipped hadolint: hadolint is not installed" in text
    assert "failed  secrets: 1 finding" in text


def test_a_price_below_a_cent_is_still_a_price():
    assert [money(value) for value in (0, 0.0000123, 0.0046, 0.05, 12.5, 1234.4)] == [
        "$0.00",
        "$0.000012",
        "$0.0046",
        "$0.05",
        "$12.50",
        "$1,234",
    ]
