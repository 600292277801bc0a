from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from decisionworks.cli.commands.preview import print_comparison, read_variant, read_varied
from decisionworks.cli.errors import BadInput


def test_a_variant_is_a_name_and_what_it_changes() -> None:
    found = read_variant("small team: team_size=2; budget_usd_month=300")

    assert found == {"name": "small team", "constraints": {"budget_usd_month": 300, "team_size": 2}}


def test_varying_a_field_makes_a_variant_of_each_value() -> None:
    found = read_varied("budget_usd_month=100, 300")

    assert found == [
        {"name": "budget_usd_month=100", "constraints": {"budget_usd_month": 100}},
        {"name": "budget_usd_month=300", "constraints": {"budget_usd_month": 300}},
    ]
    assert read_varied(None) == []


@pytest.mark.parametrize("text", ["no colon", ":team_size=2", "a:budgt=1"])
def test_a_variant_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_variant(text)


@pytest.mark.parametrize("text", ["budget_usd_month", "budget_usd_month=", "budget_usd_month=many"])
def test_values_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_varied(text)


def test_a_comparison_is_a_table_and_what_each_variant_changes() -> None:
    row: dict[str, Any] = {
        "name": "rich", "monthly_usd": {"low": 90.0, "expected": 120.0, "high": 150.0}, "tiers": {"lean": 80.0},
        "delta_usd": 20.0, "policy_status": "warn", "patterns_added": ["mon-drift"], "patterns_removed": [],
        "fired_rules": {"block": [], "warn": ["ops-x"]}, "conflicts": [], "is_feasible": True,
    }  # fmt: skip
    out = io.StringIO()

    print_comparison(Console(file=out, width=160), {"against": "poor", "rows": [row]}, [])

    text = out.getvalue()
    assert "+20.00" in text
    assert "with mon-drift" in text
    assert "warn: ops-x" in text
