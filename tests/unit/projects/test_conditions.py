"""The condition language of the domain files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisionworks.projects import InvalidCondition, fields_of, holds
from decisionworks.projects.conditions import OPERATORS, check_condition, missing_facts, truth

FACTS = {
    "budget": 500,
    "cloud": "aws",
    "modes": ["batch", "real_time"],
    "needs_review": True,
    "limit": 250.0,
}


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        ({"field": "cloud", "op": "eq", "value": "aws"}, True),
        ({"field": "cloud", "op": "ne", "value": "aws"}, False),
        ({"field": "budget", "op": "lt", "value": 501}, True),
        ({"field": "budget", "op": "lte", "value": 500}, True),
        ({"field": "budget", "op": "gt", "value": 500}, False),
        ({"field": "budget", "op": "gte", "value": 500}, True),
        ({"field": "cloud", "op": "in", "value": ["aws", "gcp"]}, True),
        ({"field": "cloud", "op": "not_in", "value": ["aws"]}, False),
        ({"field": "modes", "op": "contains", "value": "batch"}, True),
        ({"field": "cloud", "op": "contains", "value": "aws"}, True),
        ({"field": "modes", "op": "contains_any", "value": ["edge", "batch"]}, True),
        ({"field": "modes", "op": "contains_all", "value": ["edge", "batch"]}, False),
        ({"field": "needs_review", "op": "is_true"}, True),
        ({"field": "needs_review", "op": "is_false"}, False),
        ({"field": "budget", "op": "exists"}, True),
        ({"field": "nothing", "op": "missing"}, True),
    ],
)
def test_each_operator_says_what_its_name_says(leaf: dict[str, object], expected: bool) -> None:
    assert holds(leaf, FACTS) is expected


@pytest.mark.parametrize("operator", sorted(OPERATORS - {"missing"}))
def test_a_comparison_on_a_missing_value_is_false(operator: str) -> None:
    assert holds({"field": "nothing", "op": operator, "value": ["x"]}, FACTS) is False


def test_the_other_side_may_be_another_field_times_a_factor() -> None:
    doubled = {"field": "budget", "op": "eq", "value_from": "limit", "factor": 2}
    unknown = {"field": "budget", "op": "gt", "value_from": "nothing"}

    assert holds(doubled, FACTS) is True
    assert holds(unknown, FACTS) is False


def test_true_is_not_the_number_one() -> None:
    assert holds({"field": "needs_review", "op": "eq", "value": 1}, FACTS) is False


def test_trees_combine_and_name_the_fields_they_read() -> None:
    tree = {
        "all": [
            {"not": {"field": "cloud", "op": "eq", "value": "gcp"}},
            {"any": [{"field": "budget", "op": "gt", "value_from": "limit"}, {"field": "nothing", "op": "exists"}]},
        ]
    }

    assert holds(tree, FACTS) is True
    assert fields_of(tree) == ["cloud", "budget", "limit", "nothing"]


@pytest.mark.parametrize(
    "broken",
    [
        {"op": "eq", "value": 1},
        {"field": "budget", "op": "like", "value": 1},
        {"field": "cloud", "op": "lt", "value": 3},
        {"all": {"field": "cloud", "op": "exists"}},
        {"not": ["x"]},
    ],
)
def test_a_tree_that_is_not_of_the_language_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(InvalidCondition):
        holds(broken, FACTS)


def test_a_broken_leaf_is_found_without_evaluating_it() -> None:
    with pytest.raises(InvalidCondition, match="like"):
        check_condition({"any": [{"not": {"field": "x", "op": "like"}}]})


@given(st.integers(), st.integers())
def test_less_and_greater_or_equal_exclude_each_other(left: int, right: int) -> None:
    facts = {"a": left, "b": right}

    less = holds({"field": "a", "op": "lt", "value_from": "b"}, facts)

    assert less is not holds({"field": "a", "op": "gte", "value_from": "b"}, facts)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "cloud", "op": "eq", "value": "aws"}, True),
        ({"field": "gone", "op": "eq", "value": "aws"}, None),
        ({"field": "gone", "op": "missing"}, True),
        ({"not": {"field": "gone", "op": "eq", "value": 1}}, None),
        ({"not": {"field": "cloud", "op": "eq", "value": "aws"}}, False),
        ({"field": "budget", "op": "gt", "value_from": "gone"}, None),
        ({"all": [{"field": "gone", "op": "is_true"}, {"field": "cloud", "op": "eq", "value": "gcp"}]}, False),
        ({"all": [{"field": "gone", "op": "is_true"}, {"field": "cloud", "op": "eq", "value": "aws"}]}, None),
        ({"any": [{"field": "gone", "op": "is_true"}, {"field": "cloud", "op": "eq", "value": "aws"}]}, True),
        ({"any": [{"field": "gone", "op": "is_true"}, {"field": "cloud", "op": "eq", "value": "gcp"}]}, None),
    ],
)
def test_a_condition_that_hangs_on_a_missing_fact_is_neither_true_nor_false(condition, expected):
    assert truth(condition, FACTS) is expected


def test_a_fact_that_is_absent_by_nature_makes_a_comparison_false():
    condition = {"field": "gone", "op": "gt", "value": 1}

    assert truth(condition, FACTS, absent_by_nature=["gone"]) is False
    assert missing_facts(condition, FACTS) == ["gone"]
    assert missing_facts(condition, FACTS, absent_by_nature=["gone"]) == []
