"""Each rule with an example that fires and one that does not, beside the facts that the scenarios bring."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.policy import (
    Outcome,
    PolicyBookBroken,
    RefusedWaiver,
    Waiver,
    evaluate_policies,
    fired_rules,
    is_blocking,
    load_policies,
    parse_policies,
)

# Facts of a plan with which nothing is wrong.
HEALTHY: dict[str, Any] = {
    "use_case_type": "tabular_scoring",
    "model_type": "linear_or_tree",
    "inference_mode": ["real_time"],
    "traffic_pattern": "steady",
    "latency_p95_ms": 300,
    "availability_slo_pct": 99.5,
    "budget_usd_month": 1000,
    "budget_hardness": "soft",
    "cloud": "aws",
    "regions": ["eu-west-1"],
    "compliance": ["none"],
    "data_sensitivity": "internal",
    "data_residency": "none",
    "team_size": 5,
    "team_skills": ["python", "kubernetes"],
    "retraining_frequency": "monthly",
    "multi_region": False,
    "data_velocity": "daily",
    "existing_platform": ["none"],
    "explainability_required": False,
    "human_review_required": False,
    "audit_retention_years": 0,
    "label_delay_days": 0,
    "llm_external_api_allowed": True,
    "llm_requests_per_day": 0,
    "ops_coverage": "business_hours",
    "rto_minutes": 480,
    "rpo_minutes": 60,
    "plan.patterns": [
        "sec-baseline", "sec-private-network", "sec-pii-minimisation", "sec-api-auth-waf", "cost-guardrails",
        "gov-lineage-audit", "gov-explainability", "label-annotation-review", "deploy-progressive", "dr-multi-region",
        "dr-backup-restore", "mon-infra-cloudwatch", "mon-drift", "registry-model", "cicd-github-terraform",
        "llm-guardrails", "llm-eval-tracing", "serve-container-ecs",
    ],
    "plan.cost_usd_month": 500.0,
    "plan.low_confidence_share": 0.0,
    "plan.has_non_eu_region": False,
    "plan.has_out_of_jurisdiction_region": False,
    "plan.llm_geography": "none",
    "plan.latency_floor_ms": 25,
    "plan.burden_sum": 40,
    "plan.burden_capacity": 48,
    "plan.has_retired_service": False,
    "plan.is_in_eu": True,
    "request.prohibited_uses": [],
    "request.names_minors": False,
    "request.injection_detected": False,
    "request.contradictions": 0,
    "request.ccs": 70.0,
    "gen.public_bucket": False,
    "gen.wildcard_iam": False,
    "gen.unencrypted_store": False,
    "gen.plaintext_secret": False,
    "gen.tf_validate_ok": True,
}  # fmt: skip


def plus(*names: str) -> dict[str, Any]:
    return {"plan.patterns": [*HEALTHY["plan.patterns"], *names]}


def minus(*names: str) -> dict[str, Any]:
    return {"plan.patterns": [name for name in HEALTHY["plan.patterns"] if name not in names]}


# rule -> (changes under which it fires, changes close by under which it does not)
EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sec-baseline-present": (minus("sec-baseline"), {}),
    "sec-no-public-bucket": ({"gen.public_bucket": True}, {}),
    "sec-no-wildcard-iam": ({"gen.wildcard_iam": True}, {}),
    "sec-encrypted-stores": ({"gen.unencrypted_store": True}, {}),
    "sec-no-plaintext-secret": ({"gen.plaintext_secret": True}, {}),
    "sec-private-for-sensitive": (
        {"data_sensitivity": "phi"} | minus("sec-private-network"),
        {"data_sensitivity": "pii"} | minus("sec-private-network"),
    ),
    "sec-public-api-protected": (minus("sec-api-auth-waf"), {"inference_mode": ["batch"]} | minus("sec-api-auth-waf")),
    "sec-llm-guardrails": (
        {"plan.patterns": [*minus("llm-guardrails")["plan.patterns"], "serve-llm-vllm"]},
        plus("serve-llm-vllm"),
    ),
    "sec-request-injection": ({"request.injection_detected": True}, {}),
    "cost-budget-hard": (
        {"budget_hardness": "hard", "plan.cost_usd_month": 1000.01},
        {"budget_hardness": "hard", "plan.cost_usd_month": 1000.0},
    ),
    "cost-budget-far-over": ({"plan.cost_usd_month": 1500.01}, {"plan.cost_usd_month": 1500.0}),
    "cost-budget-over": ({"plan.cost_usd_month": 1200.0}, {"plan.cost_usd_month": 1600.0}),
    "cost-headroom": ({"plan.cost_usd_month": 900.0}, {"plan.cost_usd_month": 800.0}),
    "cost-guardrails-present": (minus("cost-guardrails"), {}),
    "cost-idle-gpu": (
        plus("serve-gpu-realtime") | {"traffic_pattern": "business_hours"},
        plus("serve-gpu-realtime") | {"traffic_pattern": "steady"},
    ),
    "cost-selfhost-llm-volume": (
        plus("serve-llm-vllm") | {"plan.llm_own_usd_month": 8281.0, "plan.llm_api_usd_month": 4000.0},
        plus("serve-llm-vllm") | {"plan.llm_own_usd_month": 8281.0, "plan.llm_api_usd_month": 9000.0},
    ),
    "cost-price-unknown": ({"plan.low_confidence_share": 0.26}, {"plan.low_confidence_share": 0.25}),
    "comp-gdpr-residency": (
        {"data_residency": "eu", "plan.has_non_eu_region": True},
        {"data_residency": "none", "plan.has_non_eu_region": True},
    ),
    "comp-residency-region": (
        {"data_residency": "uk", "plan.has_out_of_jurisdiction_region": True} | minus("dr-multi-region"),
        {"data_residency": "uk"},
    ),
    "comp-llm-geography": (
        plus("serve-llm-bedrock") | {"data_residency": "country", "plan.llm_geography": "geo"},
        plus("serve-llm-bedrock") | {"data_residency": "eu", "plan.llm_geography": "geo"},
    ),
    "comp-llm-no-external": (
        plus("serve-llm-bedrock") | {"llm_external_api_allowed": False},
        plus("serve-llm-vllm") | {"llm_external_api_allowed": False},
    ),
    "comp-gdpr-minimise": (
        {"compliance": ["lgpd"]} | minus("sec-pii-minimisation"),
        {"compliance": ["lgpd"], "data_sensitivity": "public"} | minus("sec-pii-minimisation"),
    ),
    "comp-hipaa-controls": ({"compliance": ["hipaa"]} | minus("gov-lineage-audit"), {"compliance": ["hipaa"]}),
    "comp-hipaa-baa": (
        {"data_sensitivity": "phi", "data_residency": "us"},
        {"data_sensitivity": "phi", "data_residency": "eu"},
    ),
    "comp-pci-scope": (
        {"compliance": ["pci_dss"]} | minus("sec-pii-minimisation"),
        {"compliance": ["pci_dss"]},
    ),
    "comp-audit-trail": ({"compliance": ["sr_11_7"]} | minus("gov-lineage-audit"), {"compliance": ["sr_11_7"]}),
    "comp-retention": ({"audit_retention_years": 1} | minus("gov-lineage-audit"), {"audit_retention_years": 7}),
    "comp-soc2-change": ({"compliance": ["soc2"]} | minus("cicd-github-terraform"), {"compliance": ["soc2"]}),
    "comp-explain-required": (
        {"explainability_required": True} | minus("gov-explainability"),
        {"explainability_required": False} | minus("gov-explainability"),
    ),
    "comp-human-oversight": (
        {"compliance": ["eu_ai_act_high_risk"]} | minus("label-annotation-review"),
        {"human_review_required": True},
    ),
    "comp-ask-when-sensitive": (
        {"data_sensitivity": "pii", "compliance": None},
        {"data_sensitivity": "pii", "compliance": ["gdpr"]},
    ),
    "comp-residency-multi-region": (
        {"data_residency": "us", "plan.has_out_of_jurisdiction_region": True},
        {"data_residency": "us"},
    ),
    "rel-slo-single-instance": (
        {"availability_slo_pct": 99.9} | minus("deploy-progressive"),
        {"availability_slo_pct": 99.8} | minus("deploy-progressive"),
    ),
    "rel-four-nines-one-region": (
        {"availability_slo_pct": 99.99} | minus("dr-multi-region"),
        {"availability_slo_pct": 99.95} | minus("dr-multi-region"),
    ),
    "rel-backup": (minus("dr-backup-restore"), {}),
    "rel-latency-feasible": ({"latency_p95_ms": 24}, {"latency_p95_ms": 25}),
    "rel-contradiction": ({"request.contradictions": 1}, {}),
    "rel-multi-region-missing": ({"multi_region": True} | minus("dr-multi-region"), {"multi_region": True}),
    "ops-monitoring": (minus("mon-infra-cloudwatch"), {}),
    "ops-drift": (minus("mon-drift"), {"retraining_frequency": "never"} | minus("mon-drift")),
    "ops-llm-eval": ({"model_type": "llm_api"} | minus("llm-eval-tracing"), {"model_type": "llm_api"}),
    "ops-burden-team": ({"plan.burden_sum": 49}, {"plan.burden_sum": 48}),
    "ops-k8s-skills": (
        plus("serve-eks-kserve") | {"team_skills": ["python"]},
        plus("serve-eks-kserve") | {"team_skills": ["python"], "existing_platform": ["kubernetes"]},
    ),
    "ops-registry-approval": (
        {"team_size": 4} | minus("registry-model"),
        {"team_size": 3} | minus("registry-model"),
    ),
    "ops-service-lifecycle": ({"plan.has_retired_service": True}, {}),
    "ops-cloud-mismatch": ({"cloud": "azure"}, {"cloud": "hybrid"}),
    "ops-coverage-low": ({"request.ccs": 39.9}, {"request.ccs": 40.0}),
    "ops-tf-valid": ({"gen.tf_validate_ok": False}, {}),
    "sec-agent-controls": (
        {"plan.patterns": [*minus("llm-eval-tracing")["plan.patterns"], "llm-agent-host"]},
        plus("llm-agent-host"),
    ),
    "sec-premises-private": (
        {"plan.patterns": [*minus("sec-private-network")["plan.patterns"], "link-onprem-vpn"]},
        plus("link-onprem-vpn"),
    ),
    "comp-ai-act-prohibited": (
        {"request.prohibited_uses": ["social_scoring"]},
        {"request.prohibited_uses": ["social_scoring"], "plan.is_in_eu": False},
    ),
    "comp-gdpr-automated-refusal": (
        {"compliance": ["gdpr"], "use_case_type": "credit_risk"} | minus("label-annotation-review"),
        {"compliance": ["gdpr"], "use_case_type": "churn_propensity"} | minus("label-annotation-review"),
    ),
    "comp-minors-data": (
        {"request.names_minors": True} | minus("gov-lineage-audit"),
        {"request.names_minors": True},
    ),
    "comp-breach-notice": (
        {"compliance": ["gdpr"], "ops_coverage": "best_effort"},
        {"compliance": ["none"], "ops_coverage": "best_effort"},
    ),
    "comp-delivery-minimise": (
        {
            "data_sensitivity": "pii",
            "plan.patterns": [*minus("sec-pii-minimisation")["plan.patterns"], "deliver-results"],
        },
        {"data_sensitivity": "pii"} | plus("deliver-results"),
    ),
    "rel-recovery-time": (
        {"rto_minutes": 59} | minus("dr-multi-region"),
        {"rto_minutes": 60} | minus("dr-multi-region"),
    ),
    "rel-recovery-point": (
        {"rpo_minutes": 4} | minus("dr-multi-region"),
        {"rpo_minutes": 5} | minus("dr-multi-region"),
    ),
    "rel-unattended-recovery": (
        {"rto_minutes": 240, "availability_slo_pct": 99.9},
        {"rto_minutes": 240, "availability_slo_pct": 99.9, "ops_coverage": "on_call_24x7"},
    ),
    "rel-scheduled-availability": (
        plus("serve-gpu-scheduled") | {"availability_slo_pct": 99.9},
        plus("serve-gpu-scheduled"),
    ),
    "cost-capture-nightly": (plus("ingest-cdc-dms"), plus("ingest-cdc-dms") | {"data_velocity": "hourly"}),
    "ops-late-truth": (
        {"label_delay_days": 30} | minus("mon-drift"),
        {"label_delay_days": 30},
    ),
    "ops-owned-platform": (
        {"existing_platform": ["databricks"]},
        {"existing_platform": ["databricks"]} | plus("link-data-platform"),
    ),
}


def judged(changes: dict[str, Any]) -> dict[str, Any]:
    return evaluate_policies(HEALTHY | changes)


def outcome(results: dict[str, Any], rule: str) -> str:
    return next(row["outcome"] for row in results["rules"] if row["id"] == rule)


def test_every_rule_has_an_example_that_fires_and_one_that_does_not():
    assert set(EXAMPLES) == set(load_policies().by_id)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_a_rule_fires_on_its_failing_example_alone_of_the_two(rule):
    fires, passes = EXAMPLES[rule]

    failing, passing = judged(fires), judged(passes)

    assert rule in fired_rules(failing, severity=load_policies().by_id[rule].severity.value)
    assert rule not in fired_rules(passing)


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

    results = evaluate_policies(HEALTHY | minus("sec-baseline"), waivers=[waiver])

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
        evaluate_policies(HEALTHY, waivers=[waiver])


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
