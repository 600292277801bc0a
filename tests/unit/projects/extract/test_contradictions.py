"""Corrections, contradictions, and data beside the words."""

from __future__ import annotations

import pytest

from decisionworks.projects import Extraction, Plain, extract_constraints, load_constraint_catalogue
from decisionworks.projects.measure_coverage import applicable_fields

CATALOGUE = load_constraint_catalogue()


def read(text: str, data: dict[str, Plain | None] | None = None, *, on_missing: str = "ask") -> Extraction:
    mode = "assume" if on_missing == "assume" else "ask"
    return extract_constraints(text, data=data, on_missing=mode, catalogue=CATALOGUE)


@pytest.mark.parametrize(
    "text",
    [
        "Budget is 500 dollars a month. Actually make that 800 dollars.",
        "Budget is 500 dollars a month, no wait, 800 dollars a month.",
        "Budget 500 USD per month, sorry, 800 USD per month.",
        "Budget is 500 USD a month. Correction: 800.",
    ],
)
def test_a_correction_replaces_what_was_said_before(text: str) -> None:
    found = read(text)

    assert found.constraints["budget_usd_month"].value == 800
    assert found.constraints["budget_usd_month"].state == "stated"
    assert "corrected" in (found.constraints["budget_usd_month"].reason or "")
    assert found.contradictions == ()


@pytest.mark.parametrize(
    ("text", "fields", "quotes"),
    [
        ("Budget 500 USD a month. A budget of 900 USD a month.", ("budget_usd_month",), ("500", "900")),
        ("No cloud for us. It runs on AWS.", ("cloud",), ("No cloud", "AWS")),
        ("Store it only in the EU, in us-east-1.", ("data_residency", "regions"), ("only in the EU", "us-east-1")),
        ("Budget $12,000 a year, that is $500 a month.", ("budget_usd_month",), ("12,000", "500")),
        ("100 rps on average, 50 rps at peak.", ("throughput_rps_avg", "throughput_rps_peak"), ("100", "50")),
        ("No personal data. It holds patient names.", ("data_sensitivity",), ("No personal data", "patient names")),
        (
            "Our chatbot uses Claude. Nothing may leave our VPC.",
            ("llm_external_api_allowed", "model_type"),
            ("Nothing may leave our VPC", "Claude"),
        ),
    ],
)
def test_statements_that_cannot_both_hold_are_named_with_both_quotes(
    text: str, fields: tuple[str, ...], quotes: tuple[str, str]
) -> None:
    found = read(text)

    [contradiction] = found.contradictions
    assert contradiction.fields == fields
    assert len(contradiction.spans) == 2
    assert all(any(quote in span.text for span in contradiction.spans) for quote in quotes)
    assert all(quote in contradiction.why for quote in quotes)
    assert found.constraints[fields[-1]].state == "conflicting"


@pytest.mark.parametrize(
    "text",
    [
        "Budget 500 USD a month, I repeat: a budget of 500 dollars a month.",
        "Budget $12,000 a year, that is about $1,000 a month.",
        "Budget $12,000 a year, actually make it $500 a month.",
        "p95 60 ms for search and p95 200 ms for the list.",
        "Five engineers run it; two analysts help.",
        "We migrate away from Azure to AWS.",
        "Scores in real time, and a nightly batch.",
    ],
)
def test_statements_about_different_things_do_not_contradict(text: str) -> None:
    assert read(text).contradictions == ()


def test_of_two_response_times_the_shorter_counts() -> None:
    assert read("p95 200 ms for the list, p95 60 ms for search.").constraints["latency_p95_ms"].value == 60


def test_data_is_stated_and_keeps_the_words_that_agree() -> None:
    found = read("Budget 500 USD a month.", {"budget_usd_month": 500, "team_size": 3})

    assert found.constraints["team_size"].state == "stated"
    assert found.constraints["budget_usd_month"].span is not None
    assert found.contradictions == ()


def test_data_against_the_words_is_asked_about() -> None:
    found = read("Budget 500 USD a month.", {"budget_usd_month": 900})

    assert found.constraints["budget_usd_month"].state == "conflicting"
    assert found.constraints["budget_usd_month"].value == 900
    [contradiction] = found.contradictions
    assert "500" in contradiction.why
    assert "900" in contradiction.why


def test_data_against_the_words_wins_and_is_listed_when_assuming() -> None:
    found = read("Budget 500 USD a month.", {"budget_usd_month": 900}, on_missing="assume")

    assert found.constraints["budget_usd_month"].state == "stated"
    assert found.contradictions == ()
    assert found.assumptions[0].field == "budget_usd_month"
    assert "500" in found.assumptions[0].effect


@pytest.mark.parametrize("on_missing", ["ask", "assume"])
def test_null_in_the_data_takes_back_what_the_words_say_and_is_listed(on_missing: str) -> None:
    found = read("Budget 500 USD a month. A team of four.", {"budget_usd_month": None}, on_missing=on_missing)

    assert found.constraints["budget_usd_month"].state == "missing"
    assert found.constraints["team_size"].value == 4
    assert found.contradictions == ()
    assert "500" in found.assumptions[0].effect
    assert "null" in found.assumptions[0].effect


def test_null_in_the_data_settles_a_contradiction_of_the_words_by_leaving_it_open() -> None:
    found = read("Budget 500 USD a month. A budget of 900 USD a month.", {"budget_usd_month": None})

    assert found.contradictions == ()
    assert found.constraints["budget_usd_month"].state == "missing"


def test_null_for_a_field_of_which_nobody_spoke_changes_nothing() -> None:
    found = read("A team of four.", {"budget_usd_month": None})

    assert found.constraints == read("A team of four.").constraints
    assert not any("null" in one.effect for one in found.assumptions)


def test_data_settles_a_contradiction_of_the_words() -> None:
    found = read("Budget 500 USD a month. A budget of 900 USD a month.", {"budget_usd_month": 500})

    assert found.contradictions == ()
    assert found.constraints["budget_usd_month"].value == 500


def test_every_default_that_matters_here_is_an_assumption() -> None:
    found = read("Churn scores nightly on AWS.")

    listed = {one.field for one in found.assumptions}
    defaulted = {name for name, one in found.constraints.items() if one.state == "defaulted"}
    applicable = {field.name for field in applicable_fields(found.constraints, catalogue=CATALOGUE)}
    assert listed == defaulted & applicable
    assert "llm_tokens_in" not in listed
    assert "data_volume_gb" in listed
    assert "cloud" not in listed


def test_a_word_that_only_begins_like_a_denial_denies_nothing() -> None:
    found = read("Scores nightly on AWS, notes on SOC 2.").constraints

    assert found["cloud"].value == "aws"
    assert found["compliance"].value == ["soc2"]


@pytest.mark.parametrize(
    "text",
    [
        "Scores are made in a batch at night, never in real time. The score has to answer in real time within 80 ms.",
        "Wir rechnen nachts, niemals in Echtzeit. Der Wert muss in Echtzeit in höchstens 80 ms da sein.",
        "Calculé par lots, jamais en temps réel. Le score répond en temps réel en moins de 80 ms.",
    ],
)
def test_a_result_that_is_wanted_at_once_and_never_at_once_is_asked_about(text: str) -> None:
    read = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())

    assert ["inference_mode"] in [list(one.fields) for one in read.contradictions]


def test_data_that_need_not_be_fresh_deny_no_answer_at_once() -> None:
    text = "We have no real-time data. The score has to answer in real time within 80 ms."

    read = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())

    assert read.contradictions == ()


def test_a_budget_in_a_table_contradicts_the_one_in_the_text() -> None:
    text = (
        "The budget is capped at 700 dollars a month.\n\n| item | per month |\n|---|---|\n| whole budget | 7,000 USD |"
    )

    read = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())

    assert [list(one.fields) for one in read.contradictions] == [["budget_usd_month"]]


def test_a_project_budget_beside_a_monthly_one_is_no_contradiction() -> None:
    text = "We can spend 700 dollars a month. The one-off project budget for the build is 40,000 dollars."

    read = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())

    assert read.contradictions == ()
