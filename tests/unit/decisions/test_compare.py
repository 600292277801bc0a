from __future__ import annotations

from typing import Any

from decisionworks.decisions.compare import change_summary


def decision_set(**given: Any) -> dict[str, Any]:
    return {
        "id": "d1",
        "revision": 1,
        "plan_hash": "a" * 64,
        "status": "gate_waiting",
        "constraints": {"budget_usd_month": {"value": 500, "state": "stated"}},
        "plan": {
            "patterns": [
                {
                    "id": "serve-batch-scoring",
                    "capability": "serving",
                    "reason": "nightly is enough",
                    "runner_up": None,
                },
                {"id": "sec-baseline", "capability": "security", "reason": "always", "runner_up": None},
            ],
            "thresholds": {"drift_psi": 0.2},
        },
        "cost_estimate": {
            "currency": "USD",
            "monthly": {"low": 80.0, "expected": 100.0, "high": 130.0},
            "items": [{"price": "fargate", "capability": "serving", "usd": 60.0}],
        },
        "policy_results": {"status": "pass", "rules": [{"id": "cost-cap", "severity": "warn", "outcome": "passed"}]},
    } | given


def child() -> dict[str, Any]:
    return decision_set(
        id="d2",
        revision=2,
        constraints={
            "budget_usd_month": {"value": 900, "state": "stated"},
            "latency_p99_ms": {"value": 200, "state": "stated"},
        },
        plan={
            "patterns": [
                {"id": "serve-serverless-cpu", "capability": "serving", "reason": "200 ms", "runner_up": None},
                {"id": "sec-baseline", "capability": "security", "reason": "always", "runner_up": None},
                {"id": "mon-drift", "capability": "monitoring", "reason": "asked", "runner_up": None},
            ],
            "thresholds": {"drift_psi": 0.1},
        },
        cost_estimate={
            "currency": "USD",
            "monthly": {"low": 90.0, "expected": 125.5, "high": 170.0},
            "items": [{"price": "lambda", "capability": "serving", "usd": 85.5}],
        },
        policy_results={"status": "warn", "rules": [{"id": "cost-cap", "severity": "warn", "outcome": "fired"}]},
    )


def test_a_first_decision_set_has_no_parent() -> None:
    summary = change_summary(None, decision_set())

    assert summary["parent"] is None
    assert summary["digest"] == (
        "First version of this plan: 2 patterns, expected at 100.00 USD a month; policies say pass."
    )


def test_patterns_of_one_capability_replace_each_other() -> None:
    plan = change_summary(decision_set(), child())["plan"]

    assert plan["replaced"] == [
        {"capability": "serving", "from": "serve-batch-scoring", "to": "serve-serverless-cpu", "because": []}
    ]
    assert [row["id"] for row in plan["added"]] == ["mon-drift"]
    assert plan["removed"] == []
    assert plan["kept"] == 1


def test_constraints_are_compared_by_value_and_state() -> None:
    rows = change_summary(decision_set(), child())["constraints"]

    assert [(row["field"], row["change"], row["from"], row["to"]) for row in rows] == [
        ("budget_usd_month", "changed", 500, 900),
        ("latency_p99_ms", "added", None, 200),
    ]


def test_costs_are_compared_in_total_and_by_price() -> None:
    cost = change_summary(decision_set(), child())["cost"]

    assert cost["delta"] == {"low": 10.0, "expected": 25.5, "high": 40.0}
    assert cost["delta_percent"] == 25.5
    assert [(row["price"], row["delta_usd"]) for row in cost["items"]] == [("lambda", 85.5), ("fargate", -60.0)]


def test_policies_that_changed_their_outcome_are_named() -> None:
    policies = change_summary(decision_set(), child())["policies"]

    assert policies == {
        "status": {"from": "pass", "to": "warn"},
        "rules": [{"id": "cost-cap", "severity": "warn", "from": "passed", "to": "fired"}],
    }


def test_everything_else_of_the_plan_is_shown_as_typed_rows() -> None:
    rows = change_summary(decision_set(), child())["state"]

    assert rows == [{"path": "/thresholds/drift_psi", "change": "values_changed", "from": 0.2, "to": 0.1}]


def test_the_digest_tells_it_in_one_paragraph() -> None:
    digest = change_summary(decision_set(), child(), parent_files={"a": b"1"}, child_files={"a": b"2", "b": b""})[
        "digest"
    ]

    assert digest == (
        "Revision 2: serve-serverless-cpu replaces serve-batch-scoring; adds mon-drift; "
        "constraints changed: budget_usd_month 500 → 900, latency_p99_ms none → 200; "
        "the expected monthly cost rises by 25.50 USD (25.5 %) to 125.50 USD; "
        "policies go from pass to warn; now fired: cost-cap; 1 files added, 0 removed, 1 changed."
    )


def test_two_equal_decision_sets_differ_in_nothing() -> None:
    summary = change_summary(decision_set(), decision_set(), parent_files={"a": b"1"}, child_files={"a": b"1"})

    assert summary["digest"] == "Revision 1: nothing changed."
    assert summary["code"] == {"added": 0, "removed": 0, "changed": 0, "files": [], "diff": "", "truncated": False}


def test_code_is_shown_as_a_unified_diff() -> None:
    before = {"gone.txt": b"old\n", "same.txt": b"=\n", "src/a.py": b"x = 1\ny = 2\n"}
    after = {"new.txt": b"fresh", "same.txt": b"=\n", "src/a.py": b"x = 1\ny = 3\n", "bin": b"\0\1"}

    code = change_summary(decision_set(), child(), parent_files=before, child_files=after)["code"]

    assert (code["added"], code["removed"], code["changed"]) == (2, 1, 1)
    assert code["files"][-1] == {"path": "src/a.py", "status": "changed", "added_lines": 1, "removed_lines": 1}
    assert "--- a/src/a.py\n+++ b/src/a.py\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3\n" in code["diff"]
    assert "+fresh\n\\ No newline at end of file\n" in code["diff"]
    assert "Files a/bin and b/bin differ\n" in code["diff"]


def test_a_long_diff_is_cut_and_says_so() -> None:
    after = {f"{number:03}.txt": b"line\n" * 1000 for number in range(40)}

    code = change_summary(decision_set(), child(), child_files=after)["code"]

    assert code["truncated"]
    assert len(code["diff"]) == 64 * 1024
    assert code["added"] == 40


def test_a_decision_set_without_plan_or_cost_can_be_compared() -> None:
    bare = {"id": "d1", "revision": 1, "plan": None, "cost_estimate": None, "policy_results": None, "constraints": {}}

    summary = change_summary(bare, decision_set(revision=2))

    assert summary["cost"]["delta"]["expected"] is None
    assert "adds serve-batch-scoring, sec-baseline" in summary["digest"]


def test_a_rule_on_code_that_is_not_generated_yet_is_no_change() -> None:
    def judged(outcome: str) -> dict[str, Any]:
        rule = {"id": "sec-x", "severity": "block", "outcome": outcome, "judges": "code"}
        return decision_set(policy_results={"status": "pass", "rules": [rule]})

    assert change_summary(judged("passed"), judged("unknown"))["policies"]["rules"] == []
    assert change_summary(judged("passed"), judged("fired"))["policies"]["rules"][0]["to"] == "fired"


def test_a_pattern_names_the_changed_constraints_that_caused_it() -> None:
    causes = {
        "patterns": {
            "serve-serverless-cpu": {"fields": ["latency_p99_ms"], "how": "only with"},
            "mon-drift": {"fields": ["budget_usd_month", "latency_p99_ms"], "how": "only together"},
        },
        "usd": {"budget_usd_month": 0.0, "latency_p99_ms": 25.5},
    }

    summary = change_summary(decision_set(), child(), causes=causes)

    [replaced], [added] = summary["plan"]["replaced"], summary["plan"]["added"]
    assert replaced["because"] == [{"field": "latency_p99_ms", "from": None, "to": 200, "how": "only with"}]
    assert [one["field"] for one in added["because"]] == ["budget_usd_month", "latency_p99_ms"]
    assert summary["cost"]["causes"] == [{"field": "latency_p99_ms", "delta_usd": 25.5}]
    assert summary["cost"]["drivers"] == [
        {"capability": "serving", "from_usd": 60.0, "to_usd": 85.5, "delta_usd": 25.5}
    ]
    assert "serve-serverless-cpu replaces serve-batch-scoring because of latency_p99_ms" in summary["digest"]
