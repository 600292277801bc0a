"""Each rule with an example that fires and one that does not, beside the facts that the scenarios bring."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from decisionworks.policy import (
    Outcome,
    PolicyBookBroken,
    PolicyTerms,
    RefusedWaiver,
    Waiver,
    evaluate_policies,
    fired_rules,
    is_blocking,
    load_policies,
    parse_policies,
)
from decisionworks.policy.__main__ import page
from decisionworks.policy.evaluate import ABSENT_BY_NATURE
from decisionworks.policy.examples import load_examples
from decisionworks.projects.conditions import fields_of

BOOK = load_examples()
HEALTHY: dict[str, Any] = dict(BOOK.healthy)


def plus(*names: str) -> dict[str, Any]:
    return {"plan.patterns": [*HEALTHY["plan.patterns"], *names]}


def minus(*names: str) -> dict[str, Any]:
    return {"plan.patterns": [name for name in HEALTHY["plan.patterns"] if name not in names]}


def judged(changes: dict[str, Any]) -> dict[str, Any]:
    return evaluate_policies(HEALTHY | changes)


def outcome(results: dict[str, Any], rule: str) -> str:
    return next(row["outcome"] for row in results["rules"] if row["id"] == rule)


def test_every_rule_has_an_example_that_fires_and_one_that_does_not():
    assert set(BOOK.examples) == set(load_policies().by_id)


@pytest.mark.parametrize("rule", sorted(BOOK.examples))
def test_a_rule_fires_on_its_failing_example_alone_of_the_two(rule):
    example = BOOK.examples[rule]

    failing = evaluate_policies(BOOK.facts(example.fires))
    passing = evaluate_policies(BOOK.facts(example.passes))

    assert rule in fired_rules(failing, severity=load_policies().by_id[rule].severity.value)
    assert rule not in fired_rules(passing)


@pytest.mark.parametrize("rule", sorted(BOOK.examples))
def test_a_rule_never_passes_where_a_fact_that_decided_it_is_missing(rule):
    policy, example = load_policies().by_id[rule], BOOK.examples[rule]
    facts = BOOK.facts(example.fires)
    read = [name for name in fields_of(policy.fires_when) if name not in ABSENT_BY_NATURE]

    outcomes = {name: outcome(evaluate_policies(facts | {name: None}), rule) for name in read}

    assert "passed" not in outcomes.values(), outcomes


def test_the_page_of_the_rules_tells_each_with_its_examples():
    written = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")

    assert written == page(), "write it anew: python -m decisionworks.policy > docs/policies.md"


def test_a_healthy_plan_passes_and_nothing_stays_unknown():
    results = judged({})

    assert results["status"] == "pass"
    assert {row["outcome"] for row in results["rules"]} == {"passed", "not_applicable"}


def test_rules_on_code_are_unknown_before_there_is_code_and_block_nothing():
    facts = {name: value for name, value in HEALTHY.items() if not name.startswith("gen.")}

    results = evaluate_policies(facts)

    unknown = {row["id"] for row in results["rules"] if row["outcome"] == Outcome.UNKNOWN.value}
    assert unknown == {
        "sec-no-public-bucket", "sec-no-wildcard-iam", "sec-encrypted-stores", "sec-no-plaintext-secret",
        "ops-tf-valid",
    }  # fmt: skip
    assert not is_blocking(results)


def test_a_rule_that_hangs_on_a_missing_fact_is_unknown_and_names_it():
    results = judged({"rto_minutes": None} | minus("dr-multi-region"))

    row = next(row for row in results["rules"] if row["id"] == "rel-recovery-time")
    assert row["outcome"] == "unknown"
    assert row["evidence"] == "not known: rto_minutes"


def test_a_missing_fact_that_cannot_matter_leaves_a_rule_decided():
    results = judged({"rto_minutes": None})

    assert outcome(results, "rel-recovery-time") == "not_applicable"


def test_only_rules_that_the_patterns_decide_are_passed_when_nothing_else_is_known():
    results = evaluate_policies({"plan.patterns": HEALTHY["plan.patterns"]})

    passed = {row["id"] for row in results["rules"] if row["outcome"] == "passed"}
    assert passed == {
        "sec-baseline-present", "sec-llm-guardrails", "sec-agent-controls", "sec-premises-private",
        "cost-guardrails-present", "comp-llm-geography", "rel-backup", "rel-recovery-point", "ops-monitoring",
        "ops-k8s-skills",
    }  # fmt: skip
    assert outcome(results, "comp-hipaa-controls") == "not_applicable"
    assert outcome(results, "comp-hipaa-baa") == "unknown"


def test_self_hosting_is_judged_by_requests_only_where_nothing_is_priced():
    few = plus("serve-llm-vllm") | {"llm_requests_per_day": 19_999}

    assert outcome(judged(few), "cost-selfhost-llm-volume") == "fired"
    assert outcome(judged(few | {"llm_requests_per_day": 20_000}), "cost-selfhost-llm-volume") == "passed"
    assert outcome(judged(few | {"llm_external_api_allowed": False}), "cost-selfhost-llm-volume") != "fired"


def test_the_book_has_more_than_fifty_rules_of_every_kind():
    rules = load_policies().policies

    assert len(rules) >= 52
    assert {rule.category for rule in rules} == {"security", "cost", "compliance", "reliability", "operations"}
    assert all(rule.rationale and rule.remediation and rule.source for rule in rules)


def test_a_rule_about_a_regime_that_does_not_apply_says_so():
    results = judged({"compliance": ["gdpr"]})

    assert outcome(results, "comp-hipaa-controls") == "not_applicable"
    assert outcome(results, "comp-gdpr-minimise") == "passed"


def test_evidence_shows_the_values_that_the_rule_read():
    results = judged({"budget_hardness": "hard", "plan.cost_usd_month": 1234.5})

    evidence = next(row["evidence"] for row in results["rules"] if row["id"] == "cost-budget-hard")
    assert "plan.cost_usd_month = 1,234.5" in evidence
    assert "budget_usd_month = 1000" in evidence


def test_the_worst_fired_severity_is_the_status():
    assert judged(minus("dr-backup-restore"))["status"] == "warn"
    assert judged(minus("dr-backup-restore", "sec-baseline"))["status"] == "block"
    assert judged({"plan.cost_usd_month": 900.0})["status"] == "pass"


def test_a_waiver_lifts_a_block_and_stays_visible():
    waiver = Waiver(
        policy="sec-baseline-present", by="Ada", reason="pilot in a sealed account", expires_at="2027-01-01"
    )

    results = evaluate_policies(HEALTHY | minus("sec-baseline"), PolicyTerms(waivers=(waiver,)))

    assert outcome(results, "sec-baseline-present") == "waived"
    assert results["status"] == "pass"
    evidence = next(row["evidence"] for row in results["rules"] if row["id"] == "sec-baseline-present")
    assert "Ada" in evidence
    assert "pilot in a sealed account" in evidence


@pytest.mark.parametrize(
    "waiver",
    [
        Waiver(policy="sec-no-plaintext-secret", by="Ada", reason="because", expires_at="2027-01-01"),
        Waiver(policy="sec-no-public-bucket", by="Ada", reason="because", expires_at="2027-01-01"),
        Waiver(policy="ops-service-lifecycle", by="Ada", reason="because", expires_at="2027-01-01"),
        Waiver(policy="comp-residency-region", by="Ada", reason="because", expires_at="2027-01-01"),
        Waiver(policy="comp-llm-no-external", by="Ada", reason="because", expires_at="2027-01-01"),
        Waiver(policy="comp-ai-act-prohibited", by="Ada", reason="because", expires_at="2027-01-01"),
        Waiver(policy="no-such-rule", by="Ada", reason="because", expires_at="2027-01-01"),
        Waiver(policy="rel-contradiction", by="Ada", reason=" ", expires_at="2027-01-01"),
        Waiver(policy="rel-contradiction", by="", reason="because", expires_at="2027-01-01"),
    ],
)
def test_a_waiver_without_ground_or_of_a_protected_rule_is_refused(waiver):
    with pytest.raises(RefusedWaiver):
        evaluate_policies(HEALTHY, PolicyTerms(waivers=(waiver,)))


def test_a_policy_file_with_an_undeclared_fact_is_refused():
    raw = b"""
facts: []
never_waivable: []
policies:
- {id: a, category: c, severity: block, title: t, rationale: r, remediation: m, source: s,
   fires_when: {field: plan.weather, op: is_true}}
"""

    with pytest.raises(PolicyBookBroken, match=r"plan\.weather"):
        parse_policies(raw)


def test_a_policy_file_with_an_unknown_operator_is_refused():
    raw = b"""
facts: []
never_waivable: []
policies:
- {id: a, category: c, severity: block, title: t, rationale: r, remediation: m, source: s,
   fires_when: {field: cloud, op: resembles, value: aws}}
"""

    with pytest.raises(PolicyBookBroken, match="resembles"):
        parse_policies(raw)
