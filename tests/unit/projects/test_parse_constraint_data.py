"""Constraint data: names, types, words and ranges."""

from __future__ import annotations

import json

import pytest

from decisionworks.projects import InvalidConstraints, load_constraint_catalogue, parse_constraint_data

CATALOGUE = load_constraint_catalogue()


def parse(**data: object) -> dict[str, object]:
    return dict(parse_constraint_data(data, catalogue=CATALOGUE))


def test_values_come_back_in_catalogue_order_and_one_spelling() -> None:
    values = parse(regions="eu-west-1", cloud="AWS", inference_mode=["Real-time", "batch"], budget_usd_month=500.0)

    assert list(values) == ["inference_mode", "budget_usd_month", "cloud", "regions"]
    assert values["inference_mode"] == ["real_time", "batch"]
    assert values["regions"] == ["eu-west-1"]
    assert json.dumps(values["budget_usd_month"]) == "500"


def test_null_is_not_given() -> None:
    assert parse(cloud=None) == {}


def test_a_bare_no_of_yaml_reads_as_none() -> None:
    assert parse(compliance=[False]) == {"compliance": ["none"]}


@pytest.mark.parametrize(
    ("data", "pointer", "detail", "remedy"),
    [
        ({"budget_usd": 5}, "/constraints/budget_usd", "not a known field", "budget_usd_month"),
        ({"zzz": 5}, "/constraints/zzz", "not a known field", "catalogue"),
        ({"a/b~c": 5}, "/constraints/a~1b~0c", "not a known field", ""),
        ({"budget_usd_month": "500 dollars"}, "/constraints/budget_usd_month", "USD/month", "without quotes"),
        ({"budget_usd_month": "500"}, "/constraints/budget_usd_month", "'500'", "without quotes"),
        ({"budget_usd_month": -5}, "/constraints/budget_usd_month", "below", "between"),
        ({"budget_usd_month": float("nan")}, "/constraints/budget_usd_month", "finite", ""),
        ({"budget_usd_month": 1e15}, "/constraints/budget_usd_month", "above", "unit"),
        ({"budget_usd_month": True}, "/constraints/budget_usd_month", "number", ""),
        ({"team_size": 2.5}, "/constraints/team_size", "whole number", "round"),
        ({"availability_slo_pct": 0.999}, "/constraints/availability_slo_pct", "below", "99.9"),
        ({"cloud": "awz"}, "/constraints/cloud", "'awz'", "did you mean aws"),
        ({"cloud": 3}, "/constraints/cloud", "one of its words", "aws"),
        ({"compliance": ["gdpr", "hippa"]}, "/constraints/compliance/1", "'hippa'", "hipaa"),
        ({"compliance": ["none", "gdpr"]}, "/constraints/compliance", "none together", "alone"),
        ({"compliance": []}, "/constraints/compliance", "1 to", "leave"),
        ({"regions": ["Ireland"]}, "/constraints/regions/0", "not a known region", "eu-west-1"),
        ({"regions": ["eu-wst-1"]}, "/constraints/regions/0", "not a known region", "eu-west-1"),
        ({"multi_region": "yes"}, "/constraints/multi_region", "true or false", "without quotes"),
        ({"use_case_summary": "  "}, "/constraints/use_case_summary", "empty", ""),
    ],
)
def test_a_bad_value_is_refused_with_its_place_and_remedy(
    data: dict[str, object], pointer: str, detail: str, remedy: str
) -> None:
    with pytest.raises(InvalidConstraints) as caught:
        parse_constraint_data(data, catalogue=CATALOGUE)

    [(place, what, better)] = caught.value.errors
    assert place == pointer
    assert detail in what
    assert remedy in better


def test_every_bad_field_is_named_at_once() -> None:
    with pytest.raises(InvalidConstraints) as caught:
        parse(team_size=0, cloud="x", nonsense=1)

    assert len(caught.value.errors) == 3
    assert "2 more" in caught.value.message
