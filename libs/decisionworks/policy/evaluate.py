"""Every rule over one set of facts: pure, in file order, with the facts' values as evidence."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.policy.errors import RefusedWaiver
from decisionworks.policy.load_policies import load_policies
from decisionworks.policy.model import Outcome, Policy, PolicyBook, PolicyTerms, Severity, Threshold, Waiver
from decisionworks.policy.thresholds import leaves, thresholds_of, values_of, with_values
from decisionworks.policy.told import in_plain_words
from decisionworks.projects.conditions import fields_of, holds, missing_facts, truth

GENERATED = "gen."
LOOKS_AT_ABSENCE = ("exists", "missing")
# Their absence is an answer: there is no online path, no own model, nobody asked for an API.
TOLD = (Outcome.FIRED, Outcome.WAIVED)
ABSENT_BY_NATURE = ("plan.latency_floor_ms", "plan.llm_own_usd_month", "plan.llm_api_usd_month")


def evaluate_policies(
    facts: Mapping[str, object], terms: PolicyTerms | None = None, *, book: PolicyBook | None = None
) -> dict[str, object]:
    """Judge the facts by every rule, under the terms of a project: its waivers and its own thresholds.

    Raises: RefusedWaiver, a waiver names a rule that may never be waived or lacks a name, a reason or an expiry.
    """
    rules = book or load_policies()
    agreed = terms or PolicyTerms()
    waived = {waiver.policy: waiver for waiver in agreed.waivers}
    for waiver in waived.values():
        check_waiver(waiver, book=rules)
    values = values_of(rules, agreed.thresholds)
    rows = [_judge(policy, facts, waived.get(policy.id), values=values, book=rules) for policy in rules.policies]
    fired = {str(row["severity"]) for row in rows if row["outcome"] == Outcome.FIRED.value}
    status = "block" if "block" in fired else "warn" if "warn" in fired else "pass"
    return {"status": status, "rules": rows, "policy_version": rules.version}


def fired_rules(policy_results: Mapping[str, object], *, severity: str | None = None) -> list[str]:
    """The ids of fired rules, of one severity where asked."""
    rows = policy_results.get("rules")
    return [
        str(row["id"])
        for row in (rows if isinstance(rows, list) else [])
        if row["outcome"] == Outcome.FIRED.value and severity in (None, row["severity"])
    ]


def check_waiver(waiver: Waiver, *, book: PolicyBook | None = None) -> None:
    """Refuse a waiver that no rule allows.

    Raises: RefusedWaiver.
    """
    rules = book or load_policies()
    if waiver.policy not in rules.by_id:
        raise RefusedWaiver(f"no rule is called {waiver.policy}")
    if waiver.policy in rules.never_waivable:
        raise RefusedWaiver(f"{waiver.policy} can never be waived", remedy=rules.by_id[waiver.policy].remediation)
    if not (waiver.by.strip() and waiver.reason.strip() and waiver.expires_at.strip()):
        raise RefusedWaiver(f"a waiver of {waiver.policy} needs a name, a reason and an expiry")


def _judge(
    policy: Policy,
    facts: Mapping[str, object],
    waiver: Waiver | None,
    *,
    values: Mapping[str, float],
    book: PolicyBook,
) -> dict[str, object]:
    condition = with_values(policy.fires_when, values)
    used = [_used(book.thresholds[name], values[name]) for name in thresholds_of(policy)]
    outcome = _outcome(condition, facts)
    evidence = "; ".join([_evidence(condition, facts), *(_told(one) for one in used if one["set_by_project"])])
    if outcome is Outcome.UNKNOWN:
        unknown = missing_facts(condition, facts, absent_by_nature=ABSENT_BY_NATURE)
        evidence = f"not known: {', '.join(unknown)}"
    if outcome is Outcome.FIRED and waiver is not None:
        outcome = Outcome.WAIVED
        evidence = f"{evidence}; waived by {waiver.by} until {waiver.expires_at}: {waiver.reason}"
    row: dict[str, object] = {
        "id": policy.id,
        "severity": policy.severity.value,
        "outcome": outcome.value,
        "evidence": evidence,
        "remediation": policy.remediation,
        "title": policy.title,
        "category": policy.category,
        "judges": "code" if any(name.startswith(GENERATED) for name in fields_of(condition)) else "plan",
        "thresholds": used,
    }
    return row | {"told": in_plain_words(evidence, facts)} if outcome in TOLD else row


def _used(threshold: Threshold, value: float) -> dict[str, object]:
    return {
        "name": threshold.name,
        "value": value,
        "unit": threshold.unit,
        "default": threshold.default,
        "set_by_project": value != threshold.default,
    }


def _told(used: Mapping[str, object]) -> str:
    return f"limit of the project: {used['value']:g} {used['unit']} ({used['default']:g} elsewhere)"


def _outcome(condition: Mapping[str, object], facts: Mapping[str, object]) -> Outcome:
    if holds(condition, facts):
        return Outcome.FIRED
    if truth(condition, facts, absent_by_nature=ABSENT_BY_NATURE) is None:
        return Outcome.UNKNOWN
    return Outcome.PASSED if _applies(condition, facts) else Outcome.NOT_APPLICABLE


def _applies(condition: Mapping[str, object], facts: Mapping[str, object]) -> bool:
    """Whether the rule concerns this request: its premises about constraints hold, and what it compares is known."""
    parts = condition.get("all")
    if isinstance(parts, list):
        premises = [part for part in parts if all("." not in name for name in fields_of(part))]
        return all(holds(premise, facts) for premise in premises) and all(
            _applies(part, facts) for part in parts if part not in premises
        )
    if "field" not in condition or condition.get("op") in LOOKS_AT_ABSENCE:
        return True
    return all(facts.get(name) is not None for name in fields_of(condition))


def _evidence(condition: Mapping[str, object], facts: Mapping[str, object]) -> str:
    shown: dict[str, str] = {}
    for leaf in leaves(condition):
        name = str(leaf["field"])
        value = facts.get(name)
        if name == "plan.patterns" and isinstance(value, list):
            wanted = str(leaf.get("value"))
            shown[f"{name}/{wanted}"] = f"the plan {'has' if wanted in value else 'lacks'} {wanted}"
        else:
            shown[name] = f"{name} = {_shown(value)}"
        if "value_from" in leaf:
            other = str(leaf["value_from"])
            shown[other] = f"{other} = {_shown(facts.get(other))}"
    return "; ".join(shown.values())


def _shown(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def is_blocking(policy_results: Mapping[str, object]) -> bool:
    """Whether some rule that blocks has fired and is not waived."""
    return policy_results.get("status") == Severity.BLOCK.value
