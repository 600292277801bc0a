"""How plans and readings may change when a request changes: whatever the catalogue holds, these hold.

Requests are the golden scenarios with some of their facts taken away or replaced, so that most of them are possible.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from decisionworks.costs import load_prices
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.bench import RECOMMENDED, Bench, set_up
from decisionworks.patterns.causes import causes_of_changes
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.patterns.situation import read_situation
from decisionworks.policy import evaluate_policies, fired_rules, plan_facts
from decisionworks.projects import extract_constraints, known_values, load_constraint_catalogue
from tests.factories.requests import chosen, composed, constraints_of, scenarios

CATALOGUE, PRICES, FIELDS = load_pattern_catalogue(), load_prices(), load_constraint_catalogue()
bounded = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A golden scenario's facts, some of them left out, the size of the team and the data another."""
    told = draw(st.sampled_from(scenarios()))["expected_constraints"]
    left_out = draw(st.sets(st.sampled_from(sorted(told)), max_size=3))
    known = {field: value for field, value in told.items() if field not in left_out and field != "use_case_summary"}
    known["team_size"] = draw(st.sampled_from([1, 2, 4, 9, 30]))
    if "data_volume_gb" in known:
        known["data_volume_gb"] = draw(st.sampled_from([1, 40, 900, 20_000]))
    return known


def bench_of(known: dict[str, Any]) -> Bench:
    return set_up(read_situation(constraints_of(known)), catalogue=CATALOGUE, prices=PRICES)


@bounded
@given(requests(), st.sampled_from([20, 100, 600, 4_000]), st.floats(1.01, 500), st.sampled_from(["hard", "soft"]))
def test_more_budget_never_turns_a_possible_request_into_an_impossible_one(known, budget, factor, hardness):
    poor = known | {"budget_usd_month": budget, "budget_hardness": hardness}
    assume(bench_of(poor).is_feasible())

    rich = poor | {"budget_usd_month": budget * factor}

    assert bench_of(rich).is_feasible()


@bounded
@given(requests(), st.sampled_from([20.0, 100.0, 500.0, 5_000.0]), st.floats(0.02, 0.99))
def test_a_tighter_latency_never_leads_to_a_slower_serving(known, latency, share):
    loose = known | {"inference_mode": ["real_time"], "latency_p95_ms": latency}
    tight = loose | {"latency_p95_ms": latency * share}

    slow, fast = slowest_answer(loose), slowest_answer(tight)

    assume(slow is not None and fast is not None)
    assert fast <= slow
    assert fast <= latency * share


def slowest_answer(known: dict[str, Any]) -> float | None:
    """The latency floor of the path that answers; None where nothing fits."""
    found = chosen(known)
    if not found.has_plan:
        return None
    floor = plan_facts(found.parts, constraints_of(known), found.cost_estimate, {})["plan.latency_floor_ms"]
    return 0.0 if floor is None else float(floor)


@bounded
@given(requests(), st.sampled_from([None, 50, 1_000, 50_000]))
def test_a_plan_that_fits_breaks_no_rule_that_blocks(known, budget):
    asked = known if budget is None else known | {"budget_usd_month": budget}

    found = chosen(asked)

    assume(found.has_plan)
    facts = plan_facts(found.parts, constraints_of(asked), found.cost_estimate, {})
    assert fired_rules(evaluate_policies(facts), severity="block") == []


@settings(bounded, max_examples=12)
@given(requests(), st.sampled_from([2, 8, 25]))
def test_every_way_out_that_is_offered_is_one(known, budget):
    asked = known | {"budget_usd_month": budget, "budget_hardness": "hard"}
    found = composed(asked)
    assume(found.infeasibility is not None)

    ways = found.infeasibility["relaxations"]

    for way in ways:
        changed = {**asked, **way["changes"]}
        eased = {field: value for field, value in changed.items() if value is not None}
        bench = bench_of(eased)
        solution = bench.solve(RECOMMENDED)
        assert solution is not None, way
        assert bench.usd(solution.patterns) == pytest.approx(way["monthly_usd"], abs=0.01)


MUTATIONS = [
    (one["id"], tuple(mutation["remove"]), tuple(mutation["must_fire"]))
    for one in scenarios()
    for mutation in one.get("mutations") or ()
]


@pytest.mark.parametrize(
    ("name", "removed", "must_fire"), MUTATIONS, ids=[f"{m[0]}-{'-'.join(m[1])}" for m in MUTATIONS]
)
def test_taking_a_pattern_out_of_a_plan_fires_the_rule_that_needs_it(name, removed, must_fire):
    known = next(one for one in scenarios() if one["id"] == name)["expected_constraints"]
    found = composed(known)
    rows = found.plan["patterns"]

    kept = {**found.plan, "patterns": [row for row in rows if row["id"] not in removed]}

    assert len(kept["patterns"]) < len(rows)
    assert set(must_fire) <= fired(kept, known, found.cost_estimate) - fired(found.plan, known, found.cost_estimate)


def fired(plan: dict[str, Any], known: dict[str, Any], cost: dict[str, Any]) -> set[str]:
    rules = evaluate_policies(plan_facts(plan, constraints_of(known), cost, {}))["rules"]
    return {rule["id"] for rule in rules if rule["outcome"] == "fired"}


@settings(bounded, max_examples=15)
@given(requests(), st.sampled_from([200, 3_000]), st.sampled_from([["batch"], ["real_time"]]))
def test_a_single_change_is_the_cause_of_all_that_follows_from_it(known, budget, mode):
    before = known | {"budget_usd_month": 600, "inference_mode": ["batch"]}
    after = before | {"budget_usd_month": budget, "inference_mode": mode}

    found = causes_of_changes(constraints_of(before), constraints_of(after), catalogue=CATALOGUE, prices=PRICES)

    changed = [field for field in FIELDS.by_name if before.get(field) != after.get(field)]
    assert found["fields"] == changed
    for cause in found["patterns"].values():
        assert cause["fields"]
        assert set(cause["fields"]) <= set(changed)
        assert len(changed) > 1 or cause == {"fields": changed, "how": "only with"}


# Each sentence stands for itself: none corrects or refers to another.
SENTENCES = {
    "en": [
        "We want a churn score for each of our customers.",
        "The customers are in a Postgres database of about 40 GB.",
        "Scoring runs every night in a batch.",
        "The budget is at most 300 dollars a month.",
        "We are a team of three people who know Python.",
        "Everything has to stay on AWS in eu-central-1.",
        "GDPR applies to the customer data.",
    ],
    "de": [
        "Wir möchten für jeden Kunden einen Abwanderungswert.",
        "Die Daten liegen in einer Postgres-Datenbank mit etwa 40 GB.",
        "Das Budget beträgt höchstens 300 Dollar im Monat.",
        "Wir sind ein Team von drei Leuten und können Python.",
        "Die DSGVO gilt.",
    ],
}
ASIDES = {
    "en": [
        "Our office has a green door and a very old coffee machine.",
        "The logo was drawn by a cousin of the founder.",
        "Thank you for taking the time to read this.",
    ],
    "de": ["Unser Büro hat eine grüne Tür.", "Vielen Dank für Ihre Zeit."],
}


def reading(sentences: list[str]) -> dict[str, Any]:
    found = extract_constraints(" ".join(sentences), data=None, on_missing="assume", catalogue=FIELDS)
    assert found.contradictions == ()
    return {name: value for name, value in known_values(found.constraints).items() if name != "use_case_summary"}


@pytest.mark.parametrize("language", sorted(SENTENCES))
@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_sentences_changes_neither_reading_nor_plan(language, seed):
    shuffled = random.Random(seed).sample(SENTENCES[language], k=len(SENTENCES[language]))

    straight, mixed = reading(SENTENCES[language]), reading(shuffled)

    assert mixed == straight
    assert plan_of(mixed) == plan_of(straight)


@pytest.mark.parametrize("language", sorted(ASIDES))
@pytest.mark.parametrize("seed", range(4))
def test_sentences_that_have_nothing_to_do_with_it_change_nothing(language, seed):
    chance = random.Random(seed)
    told = list(SENTENCES[language])
    for aside in ASIDES[language]:
        told.insert(chance.randrange(1, len(told) + 1), aside)

    assert reading(told) == reading(SENTENCES[language])


def plan_of(known: dict[str, Any]) -> dict[str, Any]:
    found = compose_plan(constraints_of(known), findings={}, catalogue=CATALOGUE, prices=PRICES)
    return {"plan": found.plan, "cost": found.cost_estimate}


# The same facts in other words and other languages.
REWORDED = [
    "We want a churn score for each of our 9,000 customers every night. Postgres, 40 GB."
    " At most 300 dollars a month, hard limit. Three people who know Python."
    " AWS, eu-central-1. GDPR, customer names. Retrained monthly.",
    "Each night our nine thousand customers should get a probability of leaving."
    " The data (40 gigabytes, including customer names, so GDPR) sit in Postgres."
    " It must run on AWS in Frankfurt and must not exceed $300 per month."
    " We're a team of 3 with Python skills. The model is retrained once a month.",
    "- goal: nightly churn scores, 9k customers\n- data: PostgreSQL, 40 GB, customer names (GDPR)\n"
    "- cloud: AWS eu-central-1\n- team: 3 people, Python\n- budget: 300 USD/month, hard cap\n"
    "- retraining: every month",
    "Wir möchten jede Nacht für unsere 9.000 Kunden einen Abwanderungswert. Postgres, 40 GB, mit"
    " Kundennamen, DSGVO. AWS Frankfurt. Das Budget darf 300 Dollar im Monat nicht überschreiten."
    " Drei Leute mit Python. Neu trainiert wird monatlich.",
    "Chaque nuit, un score de désabonnement pour nos 9 000 clients. PostgreSQL, 40 Go, noms des"
    " clients, RGPD. AWS, eu-central-1. 300 dollars par mois, pas un centime de plus."
    " Équipe de trois personnes, Python. Réentraînement mensuel.",
]


@pytest.mark.parametrize("text", REWORDED[1:], ids=range(1, len(REWORDED)))
def test_other_words_and_other_languages_for_the_same_facts_lead_to_the_same_plan(text):
    first, again = reading([REWORDED[0]]), reading([text])

    assert again == first
    assert plan_of(again) == plan_of(first)
