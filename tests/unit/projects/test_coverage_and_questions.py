"""Coverage, questions and answers."""

from __future__ import annotations

import pytest

from decisionworks.projects import (
    Constraints,
    InvalidConstraints,
    Plain,
    apply_answers,
    coverage,
    extract_answers_from_message,
    extract_constraints,
    known_values,
    load_constraint_catalogue,
    open_mandatory_fields,
    rank_questions,
)
from decisionworks.projects.model import QuestionEffect
from decisionworks.projects.question_texts import question_words

CATALOGUE = load_constraint_catalogue()


def given(data: dict[str, Plain], *, text: str = "") -> Constraints:
    return extract_constraints(text, data=data, on_missing="ask", catalogue=CATALOGUE).constraints


def test_coverage_counts_only_fields_that_apply() -> None:
    nothing, batch = given({}), given({"inference_mode": ["batch"]})

    applies = {field.name for field in CATALOGUE.fields if field.applies_when is None}
    total = sum(field.weight for field in CATALOGUE.fields if field.applies_when is None)

    assert coverage(nothing, catalogue=CATALOGUE).score == 0
    assert set(coverage(nothing, catalogue=CATALOGUE).missing_fields) == applies
    assert coverage(batch, catalogue=CATALOGUE).score == round(100 * 7 / (total + 3 + 1 + 2), 1)
    assert "batch_records_per_run" in coverage(batch, catalogue=CATALOGUE).missing_fields


def test_the_score_may_fall_with_an_answer_and_progress_never_does() -> None:
    before, after = given({"team_size": 3}), given({"team_size": 3, "traffic_pattern": "steady"})
    modes = given({"team_size": 3, "traffic_pattern": "steady", "inference_mode": ["real_time", "batch", "edge"]})

    steps = [coverage(one, catalogue=CATALOGUE) for one in (given({}), before, after, modes)]

    assert [one.progress for one in steps] == sorted(one.progress for one in steps)
    assert steps[0].progress == 0


@pytest.mark.parametrize("told", [{}, {"inference_mode": ["batch"]}, {"inference_mode": ["real_time"], "team_size": 3}])
def test_no_single_answer_lowers_progress(told: dict[str, Plain]) -> None:
    likely: dict[str, Plain] = {
        "use_case_type": "llm_chat_rag", "model_type": "llm_api", "inference_mode": ["batch"], "data_velocity": "daily",
        "latency_p95_ms": 300, "throughput_rps_avg": 3, "budget_usd_month": 900, "compliance": ["gdpr"],
        "stream_events_per_sec": 10, "edge_devices": 5, "cloud": "aws", "multi_region": True,
    }  # fmt: skip
    start = coverage(given(told), catalogue=CATALOGUE).progress

    for field, value in likely.items():
        if field not in told:
            assert coverage(given(told | {field: value}), catalogue=CATALOGUE).progress >= start, field


def test_mandatory_fields_without_a_default_are_asked_first_and_at_most_eight() -> None:
    questions = rank_questions(given({}), catalogue=CATALOGUE, language="en")

    fields = [str(question["field"]) for question in questions]
    assert len(fields) == 8
    assert fields[0] == "budget_usd_month"
    assert set(fields[:7]) == {field.name for field in CATALOGUE.fields if field.mandatory and field.default is None}
    assert questions[0]["options"] == [100, 500, 2000, 10000]


def test_a_field_with_a_default_stays_open_until_someone_speaks_of_it() -> None:
    assert "cloud" in open_mandatory_fields(given({}), catalogue=CATALOGUE)
    assert "cloud" not in open_mandatory_fields(given({"cloud": "aws"}), catalogue=CATALOGUE)


def test_the_effect_of_an_answer_outranks_the_weight_of_its_field() -> None:
    known = given({"team_size": 3, "budget_usd_month": 500, "compliance": ["none"], "inference_mode": ["batch"],
                   "use_case_type": "forecasting", "data_types": ["tabular"], "use_case_summary": "x"})  # fmt: skip

    effects = {"data_velocity": QuestionEffect(score=9.0, usd=900.0)}

    ranked = rank_questions(known, catalogue=CATALOGUE, language="en", effects=effects)

    assert ranked[0]["field"] == "data_velocity"
    assert "900 USD" in str(ranked[0]["effect"])


def test_every_field_has_a_likelihood_of_being_asked_about_and_no_other() -> None:
    words = question_words()

    assert set(words.asking) == {field.name for field in CATALOGUE.fields}
    assert {rule.field for rule in words.relevance} <= set(words.asking)


@pytest.mark.parametrize(
    ("field", "here", "elsewhere"),
    [
        ("audit_retention_years", {"data_sensitivity": "pii", "human_review_required": True}, {}),
        ("human_review_required", {"model_type": "cnn_vision", "data_sensitivity": "pii"}, {}),
        ("labelling_needed", {"model_type": "cnn_vision", "inference_mode": ["edge"]}, {"model_type": "llm_api"}),
        ("rto_minutes", {"availability_slo_pct": 99.95}, {"availability_slo_pct": 99.0}),
    ],
)  # fmt: skip
def test_the_case_at_hand_decides_what_is_worth_a_question(
    field: str, here: dict[str, Plain], elsewhere: dict[str, Plain]
) -> None:
    known: dict[str, Plain] = {"use_case_type": "anomaly_detection", "inference_mode": ["real_time"], "team_size": 3,
             "cloud": "aws",
             "budget_usd_month": 500, "compliance": ["none"], "data_types": ["tabular"], "use_case_summary": "x",
             "latency_p95_ms": 300, "throughput_rps_avg": 2, "throughput_rps_peak": 4, "data_volume_gb": 10,
             "regions": ["eu-west-1"], "traffic_pattern": "steady", "retraining_frequency": "monthly"}  # fmt: skip

    def asked(more: dict[str, Plain]) -> set[str]:
        return {str(q["field"]) for q in rank_questions(given(known | more), catalogue=CATALOGUE, language="en")}

    assert field in asked(here)
    assert field not in asked(elsewhere)


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt", "ja"])
def test_questions_are_asked_in_the_language_of_the_request(language: str) -> None:
    english = rank_questions(given({}), catalogue=CATALOGUE, language="en")
    asked = rank_questions(given({}), catalogue=CATALOGUE, language=language)

    assert [one["field"] for one in asked] == [one["field"] for one in english]
    for here, there in zip(asked, english, strict=True):
        assert here["text"] != there["text"]
        assert here["why"] != there["why"]


def test_an_unknown_language_is_answered_in_english() -> None:
    assert rank_questions(given({}), catalogue=CATALOGUE, language="xx")[0]["text"].__class__ is str


def test_answers_become_stated_values_and_change_the_rest_of_nothing() -> None:
    before = given({"team_size": 3})

    after = apply_answers(before, {"budget_usd_month": 700, "compliance": "gdpr"}, catalogue=CATALOGUE)

    assert after["budget_usd_month"].value == 700
    assert after["compliance"].value == ["gdpr"]
    assert after["compliance"].state == "stated"
    assert {name: value for name, value in after.items() if name not in ("budget_usd_month", "compliance")} == {
        name: value for name, value in before.items() if name not in ("budget_usd_month", "compliance")
    }


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("budget_usd_month", "500", 500),
        ("budget_usd_month", "1,500", 1500),
        ("budget_usd_month", "2k USD per month", 2000),
        ("team_size", "just me", 1),
        ("regions", "Ireland", ["eu-west-1"]),
        ("regions", "eu-west-1, us-east-1", ["eu-west-1", "us-east-1"]),
        ("compliance", "gdpr, soc2", ["gdpr", "soc2"]),
        ("compliance", "none", ["none"]),
        ("explainability_required", "yes", True),
        ("human_review_required", "Nein", False),
        ("inference_mode", "nightly", ["batch"]),
        ("data_sensitivity", "patient data", "phi"),
        ("retraining_frequency", "weekly", "weekly"),
    ],
)
def test_a_typed_answer_is_read_by_its_field(field: str, typed: str, value: object) -> None:
    after = apply_answers(given({}), {field: typed}, catalogue=CATALOGUE)

    assert after[field].value == value


@pytest.mark.parametrize(
    "answers", [{"nonsense": 1}, {"budget_usd_month": "a lot"}, {"cloud": "moon"}, {"team_size": -1}]
)
def test_an_answer_that_does_not_fit_is_refused(answers: dict[str, object]) -> None:
    with pytest.raises(InvalidConstraints):
        apply_answers(given({}), answers, catalogue=CATALOGUE)


def test_a_chat_message_answers_the_open_questions_it_speaks_of() -> None:
    questions = rank_questions(given({}), catalogue=CATALOGUE, language="en")

    answers = extract_answers_from_message(
        "It is fraud detection on every payment, 5 engineers, 3k USD per month, PCI DSS.", questions
    )

    assert answers["use_case_type"] == "fraud_detection"
    assert answers["team_size"] == 5
    assert answers["budget_usd_month"] == 3000
    assert answers["compliance"] == ["pci_dss"]


def test_a_chat_message_says_more_than_it_was_asked_and_its_guesses_are_no_answers() -> None:
    asked = [{"field": "team_size"}]

    answers = extract_answers_from_message("We are 4 engineers, in eu-west-1, and pay 700 USD a month.", asked)
    guessed = extract_answers_from_message("We are 4 engineers, it is about churn.", asked)

    assert answers == {"team_size": 4, "regions": ["eu-west-1"], "budget_usd_month": 700}
    assert "data_types" not in guessed


def test_a_bare_reply_answers_the_only_question() -> None:
    assert extract_answers_from_message("500", [{"field": "budget_usd_month"}]) == {"budget_usd_month": 500}
    assert extract_answers_from_message("no idea", [{"field": "budget_usd_month"}]) == {}


def test_an_answer_settles_a_conflict() -> None:
    said = given({}, text="Budget 500 USD per month. We plan a budget of 900 USD per month for churn scores.")
    assert said["budget_usd_month"].state == "conflicting"

    after = apply_answers(said, {"budget_usd_month": 900}, catalogue=CATALOGUE)

    assert known_values(after)["budget_usd_month"] == 900
