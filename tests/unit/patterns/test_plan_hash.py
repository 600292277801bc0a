"""One digest for what is approved, and nothing else in it."""

from __future__ import annotations

import copy
from typing import Any

from decisionworks.patterns import plan_hash
from decisionworks.policy import evaluate_policies, plan_facts
from tests.factories.requests import composed, constraints_of, scenario

KNOWN = scenario("dev-01")["expected_constraints"]


def documents(gen: dict[str, Any] | None = None) -> tuple[Any, Any, Any]:
    found = composed(KNOWN)
    assert found.plan is not None
    facts = plan_facts(found.plan, constraints_of(KNOWN), found.cost_estimate, {}, gen)
    return found.plan, found.cost_estimate, evaluate_policies(facts)


def test_the_hash_is_the_same_for_the_same_content():
    assert plan_hash(*documents()) == plan_hash(*copy.deepcopy(documents()))
    assert len(plan_hash(*documents())) == 64


def test_verdicts_on_generated_code_do_not_change_what_was_approved():
    after = documents({"public_bucket": True, "tf_validate_ok": True, "plaintext_secret": False})

    assert plan_hash(*after) == plan_hash(*documents())


def test_ids_and_times_are_left_out():
    plan, cost, policies = documents()

    assert plan_hash(plan | {"id": "1", "created_at": "now"}, cost, policies) == plan_hash(plan, cost, policies)


def test_a_cent_a_pattern_a_verdict_or_a_rule_book_changes_the_hash():
    plan, cost, policies = documents()
    dearer = cost | {"monthly": cost["monthly"] | {"expected": cost["monthly"]["expected"] + 0.01}}
    smaller = plan | {"patterns": plan["patterns"][1:]}
    waived = copy.deepcopy(policies)
    waived["rules"][0]["outcome"] = "waived"

    hashes = {
        plan_hash(plan, cost, policies),
        plan_hash(plan, dearer, policies),
        plan_hash(smaller, cost, policies),
        plan_hash(plan, cost, waived),
        plan_hash(plan, cost, policies | {"policy_version": "another"}),
        plan_hash(None, None, None),
    }

    assert len(hashes) == 6
