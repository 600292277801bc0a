"""Pairs of statements that cannot both hold, in words that no field reads as two values, and pairs that can."""

from __future__ import annotations

import pytest

from decisionworks.projects import Extraction, extract_constraints, load_constraint_catalogue

CATALOGUE = load_constraint_catalogue()


def read(text: str) -> Extraction:
    return extract_constraints(text, data=None, on_missing="assume", catalogue=CATALOGUE)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("No Kubernetes, under any circumstances. It must be deployed with KServe on EKS.", "existing_platform"),
        ("Only open source. It has to run on SageMaker.", "open_source_preference"),
        ("Each decision is fully automatic. A clerk has to confirm every refusal.", "human_review_required"),
        ("Nobody will be on call. We promise 24/7 on-call support.", "ops_coverage"),
        ("The data is public data only. Records contain credit card numbers.", "data_sensitivity"),
        ("Keine personenbezogenen Daten. Wir nutzen Namen und Geburtsdatum der Gäste.", "data_sensitivity"),
        ("Não há dados pessoais. O modelo usa nome, CPF e endereço de cada cliente.", "data_sensitivity"),
        ("The cameras are completely offline. Every frame is sent to the cloud.", "edge_connectivity"),
        ("Decisions are kept for ten years. Delete every record after 30 days.", "audit_retention_years"),
        ("No data goes to any outside AI service: no external AI services. We use GPT-4.", "llm_external_api_allowed"),
        ("Chat with Claude. No GPUs at all. Fine-tuning needs eight GPUs.", "training_compute"),
        ("I am alone on this. Our eight engineers will run it.", "team_size"),
        ("チームは2名です。運用は9名のエンジニアで行います。", "team_size"),
        ("Availability: 99.99 percent. An availability of 99 % is agreed.", "availability_slo_pct"),
        ("Data must stay in Switzerland. We run everything in us-west-2.", "regions"),
        ("Nightly list. The data must not leave Japan. It runs in us-west-2 alone.", "regions"),
        ("It runs exclusively on our own servers. It runs exclusively on AWS.", "cloud"),
        ("Es läuft ausschließlich auf unseren eigenen Servern. Es läuft ausschließlich auf AWS.", "cloud"),
        ("Le cloud est exclu. Le système tourne exclusivement sur AWS.", "cloud"),
        ("La nube está prohibida. El sistema funciona exclusivamente en AWS.", "cloud"),
        ("A nuvem está proibida. O sistema roda exclusivamente na AWS.", "cloud"),
        ("自社サーバーのみで運用します。AWSのみで運用します。", "cloud"),
        ("No online calls, ever. The price must be there within 80 ms.", "inference_mode"),
    ],
)
def test_two_statements_that_cannot_both_hold_are_named(text: str, field: str) -> None:
    found = read(text)

    named = {name for one in found.contradictions for name in one.fields}
    assert field in named
    assert found.constraints[field].state == "conflicting"


@pytest.mark.parametrize(
    "text",
    [
        "No Kubernetes. Actually, it may run on EKS.",
        "A clerk confirms only doubtful cases. Each other decision is fully automatic.",
        "Nobody is on call. The shop itself is open 24/7.",
        "Names are removed before the data reaches us, so there is no personal data.",
        "Raw images are deleted after 30 days. Decisions are kept for ten years.",
        "In the pilot we spend 300 dollars a month, in production 1,500 dollars a month.",
        "Today the data sits in our own data centre. It will run in eu-central-1.",
        "We are three people. The sales department has 40 people.",
        "Real time is not needed. Two seconds are fine.",
        "3,000 dollars a month; 600 dollars a month of that is for GPUs.",
        # A terse English text is not taken for Portuguese, in which “no” denies nothing.
        "20 calls a second. Trees. 1,200 euros a month. eu-west-1. No personal data. Postgres 50 GB.",
    ],
)
def test_statements_that_only_look_opposed_stand(text: str) -> None:
    assert read(text).contradictions == ()


def test_no_money_at_all_is_a_hard_budget_of_the_least_that_can_be_planned() -> None:
    found = read("We have zero budget.").constraints

    assert found["budget_usd_month"].value == 1
    assert found["budget_hardness"].value == "hard"
    assert "least" in str(found["budget_usd_month"].reason)


def test_a_budget_that_nobody_has_set_yet_is_no_zero() -> None:
    found = read("There is no budget limit yet.").constraints

    assert found["budget_usd_month"].value is None
