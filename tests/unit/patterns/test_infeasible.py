"""When nothing fits, the conflict is named, minimal, in the user's words, and each way out really is one."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.costs import load_prices
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.relax import diagnose
from decisionworks.policy import fired_rules
from decisionworks.previews.preview_plan import preview_plan
from decisionworks.projects import load_constraint_catalogue
from tests.factories.requests import composed, ids_of, scenario

IMPOSSIBLE = scenario("dev-08")["expected_constraints"]
CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "five milliseconds for fifty dollars": IMPOSSIBLE,
    "two regions alone": {"inference_mode": ["batch"], "multi_region": True, "team_size": 1, "budget_usd_month": 9000},
    "health data on a shoestring": {
        "inference_mode": ["batch"], "data_sensitivity": "phi", "budget_usd_month": 35, "budget_hardness": "hard",
    },
    "a hosted model on three hundred dollars": {
        "use_case_type": "llm_chat_rag", "model_type": "llm_self_hosted", "budget_usd_month": 300, "team_size": 4,
    },
    "a cluster for pocket money": {
        "inference_mode": ["batch"], "training_compute": "gpu_cluster", "budget_usd_month": 800,
    },
    "a busy model API for a hundred dollars": {
        "use_case_type": "llm_generation", "model_type": "llm_api", "inference_mode": ["real_time"],
        "llm_requests_per_day": 50_000, "budget_usd_month": 100, "budget_hardness": "hard",
    },
}  # fmt: skip


SCORING: dict[str, Any] = {
    "use_case_type": "churn_propensity", "inference_mode": ["real_time"], "data_types": ["tabular"], "team_size": 4,
    "team_skills": ["python", "terraform", "docker"], "throughput_rps_avg": 20,
}  # fmt: skip


def infeasibility_of(known: dict[str, Any]) -> dict[str, Any]:
    found = composed(known).infeasibility
    assert found is not None
    return found


def test_the_five_millisecond_request_is_refused_with_its_two_contradictions():
    conflicts = [set(row["fields"]) for row in infeasibility_of(IMPOSSIBLE)["conflicts"]]

    assert any({"latency_p95_ms", "budget_usd_month"} <= fields for fields in conflicts)
    assert {"multi_region", "budget_usd_month"} in conflicts
    assert {"multi_region", "team_size"} in conflicts


FAR_OVER: dict[str, Any] = {
    "use_case_type": "llm_generation", "model_type": "llm_api", "inference_mode": ["batch"], "team_size": 4,
    "llm_requests_per_day": 1_200_000, "llm_tokens_in": 3000, "llm_tokens_out": 500, "budget_usd_month": 700,
}  # fmt: skip


@pytest.mark.parametrize("hardness", ["soft", "hard"])
def test_a_price_that_only_the_amount_of_use_brings_above_a_budget_contradicts_nothing(hardness):
    found = composed(FAR_OVER | {"budget_hardness": hardness})

    assert [one["is_contradiction"] for one in found.infeasibility["conflicts"]] == [False]
    assert "serve-llm-bedrock" in ids_of(found)


def test_a_hard_budget_below_what_the_least_use_costs_contradicts_what_is_asked_for():
    own_model = {"model_type": "llm_self_hosted", "inference_mode": ["real_time"], "llm_requests_per_day": 300}

    found = infeasibility_of(FAR_OVER | own_model | {"budget_usd_month": 90, "budget_hardness": "hard"})

    assert [one["is_contradiction"] for one in found["conflicts"]] == [True]


@pytest.mark.parametrize(
    ("too_little", "field"),
    [
        ({"team_size": 2, "budget_usd_month": 5000}, "team_size"),
        ({"team_size": 6, "budget_usd_month": 450}, "budget_usd_month"),
    ],
)
def test_two_regions_for_too_few_people_or_too_little_money_have_a_rule_of_their_own_and_contradict_nothing(
    too_little, field
):
    asked = {"use_case_type": "recommendation", "latency_p95_ms": 200, "inference_mode": ["real_time"]}

    found = infeasibility_of(asked | {"multi_region": True} | too_little)

    assert [(set(one["fields"]), one["is_contradiction"]) for one in found["conflicts"]] == [
        ({"multi_region", field}, False)
    ]


def test_two_regions_contradict_a_hard_budget_that_is_too_small_for_them():
    asked = {"use_case_type": "recommendation", "inference_mode": ["real_time"], "multi_region": True, "team_size": 6}

    found = infeasibility_of(asked | {"budget_usd_month": 80, "budget_hardness": "hard"})

    assert any(one["is_contradiction"] for one in found["conflicts"])


def test_a_time_that_no_pattern_reaches_is_no_contradiction_unless_a_language_model_is_asked_for():
    trees = {"model_type": "linear_or_tree", "inference_mode": ["real_time"], "latency_p95_ms": 0.8, "team_size": 6}
    words = {"model_type": "llm_api", "inference_mode": ["real_time"], "latency_p95_ms": 50, "team_size": 6}

    assert [one["is_contradiction"] for one in infeasibility_of(trees)["conflicts"]] == [False]
    assert all(one["is_contradiction"] for one in infeasibility_of(words)["conflicts"])


def test_a_conflict_quotes_the_words_that_were_said():
    row = infeasibility_of(IMPOSSIBLE)["conflicts"][0]

    assert [span["text"] for span in row["spans"]] == [f"{field} words" for field in row["fields"]]
    assert "50 USD" in row["why"] or "budget_usd_month = 50" in row["why"]


def test_the_draft_keeps_money_and_people_and_gives_up_wishes():
    found = composed(IMPOSSIBLE)

    assert found.plan is not None
    assert found.plan["is_draft"] is True
    assert found.plan["relaxed_fields"] == ["latency_p95_ms", "multi_region"]
    assert "dr-multi-region" not in ids_of(found)
    assert found.cost_estimate["monthly"]["expected"] <= 50  # type: ignore[index]


@pytest.mark.parametrize("name", sorted(CONTRADICTIONS))
def test_every_way_out_leads_to_a_plan_of_the_price_it_names(name):
    known = CONTRADICTIONS[name]

    ways = infeasibility_of(known)["relaxations"]

    assert 1 <= len(ways) <= 3
    for way in ways:
        changed = {field: value for field, value in known.items() if field not in way["changes"]}
        changed |= {field: value for field, value in way["changes"].items() if value is not None}
        again = composed(changed)
        assert again.infeasibility is None
        assert again.cost_estimate["monthly"]["expected"] == pytest.approx(way["monthly_usd"])  # type: ignore[index]


@pytest.mark.parametrize("name", sorted(CONTRADICTIONS))
def test_a_way_out_that_names_a_budget_stays_inside_it(name):
    for way in infeasibility_of(CONTRADICTIONS[name])["relaxations"]:
        assert way["monthly_usd"] <= way["changes"].get("budget_usd_month", float("inf"))


def test_a_second_region_inside_a_one_region_country_is_refused():
    known = {"data_residency": "uk", "multi_region": True, "team_size": 9, "budget_usd_month": 9000}

    found = infeasibility_of(known)

    assert [row["fields"] for row in found["conflicts"]] == [["multi_region", "data_residency"]]
    assert "eu-west-2" in found["conflicts"][0]["why"]
    assert {"multi_region": False} in [way["changes"] for way in found["relaxations"]]


def test_a_model_that_cannot_do_the_use_case_is_named():
    found = infeasibility_of({"use_case_type": "llm_agent", "model_type": "linear_or_tree"})

    assert [set(row["fields"]) for row in found["conflicts"]] == [{"model_type", "use_case_type"}]


def test_a_budget_that_fails_on_usage_names_the_usage_and_the_cheapest_plan():
    found = infeasibility_of(CONTRADICTIONS["a busy model API for a hundred dollars"])

    assert any({"llm_requests_per_day", "budget_usd_month"} <= set(row["fields"]) for row in found["conflicts"])
    assert "The cheapest plan that meets every demand costs" in found["conflicts"][0]["why"]
    assert any("llm_requests_per_day" in way["changes"] for way in found["relaxations"])


def test_a_budget_that_is_too_small_may_be_raised_and_no_way_out_has_answers_in_no_mode():
    found = infeasibility_of({**SCORING, "budget_usd_month": 100, "budget_hardness": "hard"})

    changes = [way["changes"] for way in found["relaxations"]]

    assert ["budget_usd_month"] in [list(one) for one in changes]
    assert {"inference_mode": ["batch"]} in changes
    assert {"inference_mode": None} not in changes


def test_a_latency_that_nothing_reaches_is_answered_with_the_one_nearest_to_it_too():
    found = infeasibility_of({**SCORING, "budget_usd_month": 3000, "latency_p95_ms": 1})

    offered = [way["changes"]["latency_p95_ms"] for way in found["relaxations"]]

    assert 2 in offered
    assert composed({**SCORING, "budget_usd_month": 3000, "latency_p95_ms": 2}).infeasibility is None


def test_a_way_out_can_be_taken_although_the_words_ask_for_answers_at_once():
    words = "Fraud scores in real time, p95 10 ms, 2000 requests per second, two regions, one person, 200 USD a month"
    catalogues = {
        "fields": load_constraint_catalogue(),
        "patterns": load_pattern_catalogue(),
        "prices": load_prices(),
    }
    ways = preview_plan(words, {}, **catalogues)["infeasibility"]["relaxations"]

    for way in ways:
        # An empty value says nothing, to the API as well.
        said = {field: value for field, value in way["changes"].items() if value is not None}
        taken = preview_plan(words, said, **catalogues)

        assert taken["infeasibility"] is None
        assert taken["cost_estimate"]["monthly"]["expected"] == pytest.approx(way["monthly_usd"], abs=0.02)
    assert any(way["changes"].get("inference_mode") == ["batch"] for way in ways)


def test_a_conflict_has_no_member_that_could_be_left_out():
    banned = [{"latency_p95_ms", "budget_usd_month"}, {"multi_region", "team_size"}]
    situation = type("Situation", (), {"known": dict.fromkeys(
        ("latency_p95_ms", "budget_usd_month", "multi_region", "team_size", "data_volume_gb"), 1)})()  # fmt: skip
    problem = type("Problem", (), {"situation": situation})()

    def is_feasible(dropped: frozenset[str]) -> bool:
        return not any(core.isdisjoint(dropped) for core in banned)

    found = diagnose(problem, is_feasible=is_feasible)  # type: ignore[arg-type]

    assert found is not None
    assert {frozenset(core) for core in found.conflicts} == {frozenset(core) for core in banned}
    assert found.dropped == {"latency_p95_ms", "multi_region"}


def test_no_diagnosis_is_given_when_no_dropping_helps():
    situation = type("Situation", (), {"known": {"team_size": 1}})()
    problem = type("Problem", (), {"situation": situation})()

    assert diagnose(problem, is_feasible=lambda _: False) is None  # type: ignore[arg-type]


def test_a_region_that_the_text_forbids_itself_is_drafted_there_and_blocked_by_name():
    text = "Nightly churn scores for 9,000 customers. GDPR, data must stay in the EU. All of it runs in us-east-1 only."

    shown = preview_plan(
        text,
        {},
        fields=load_constraint_catalogue(),
        patterns=load_pattern_catalogue(),
        prices=load_prices(),
    )

    assert (shown["status"], shown["plan"]["regions"][0]) == ("blocked", "us-east-1")
    assert {"rel-contradiction", "comp-gdpr-residency"} <= set(fired_rules(shown["policy_results"], severity="block"))


@pytest.mark.parametrize(
    ("wish", "rule", "pattern"),
    [
        ({"human_review_required": True}, "comp-human-oversight", "label-annotation-review"),
        ({"data_sensitivity": "phi", "compliance": ["gdpr"]}, "sec-private-for-sensitive", "sec-private-network"),
    ],
)
def test_a_soft_budget_below_what_a_rule_asks_for_stands_and_the_rule_refuses_the_draft(
    wish: dict[str, Any], rule: str, pattern: str
) -> None:
    known = {"use_case_type": "churn_propensity", "inference_mode": ["batch"], "team_size": 1, "budget_usd_month": 30}

    answer = preview_plan(
        "Who stops coming?", {**known, **wish},
        fields=load_constraint_catalogue(), patterns=load_pattern_catalogue(), prices=load_prices(),
    )  # fmt: skip

    assert fired_rules(answer["policy_results"], severity="block") == [rule]
    assert pattern not in {one["id"] for one in answer["plan"]["patterns"]}
    assert answer["cost_estimate"]["monthly"]["expected"] <= 60
    first = answer["infeasibility"]["relaxations"][0]
    assert list(first["changes"]) == ["budget_usd_month"]


def test_a_time_below_what_a_device_reaches_is_judged_by_its_own_rule_and_is_no_contradiction() -> None:
    known = {"use_case_type": "anomaly_detection", "inference_mode": ["edge"], "latency_p95_ms": 1, "team_size": 5}

    answer = preview_plan(
        "Stop the laser.", {**known, "budget_usd_month": 1800},
        fields=load_constraint_catalogue(), patterns=load_pattern_catalogue(), prices=load_prices(),
    )  # fmt: skip

    assert fired_rules(answer["policy_results"], severity="block") == ["rel-latency-feasible"]
