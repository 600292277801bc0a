"""What changed, in one paragraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

# Smaller differences of money are rounding.
CENT = 0.005


def digest_of_first(child: Json) -> str:
    """A first decision set in one sentence."""
    patterns = (child.get("plan") or {}).get("patterns") or ()
    cost = child.get("cost_estimate") or {}
    expected = (cost.get("monthly") or {}).get("expected")
    priced = f", expected at {expected:.2f} {cost.get('currency', 'USD')} a month" if expected is not None else ""
    verdict = (child.get("policy_results") or {}).get("status")
    judged = f"; policies say {verdict}" if verdict else ""
    return f"First version of this plan: {len(patterns)} patterns{priced}{judged}."


def digest_of_changes(summary: Json) -> str:
    """The changes of a summary in one paragraph."""
    parts = [
        *_plan_sentences(summary["plan"]),
        *_constraint_sentences(summary["constraints"]),
        *_cost_sentences(summary["cost"]),
        *_policy_sentences(summary["policies"]),
    ]
    code = summary["code"]
    if code is not None and code["files"]:
        parts.append(f"{code['added']} files added, {code['removed']} removed, {code['changed']} changed")
    said = "; ".join(parts) if parts else "nothing changed"
    return f"Revision {summary['child']['revision']}: {said}."


def _plan_sentences(plan: Json) -> list[str]:
    sentences = [f"{row['to']} replaces {row['from']}{_because(row)}" for row in plan["replaced"]]
    for verb, rows in (("adds", plan["added"]), ("drops", plan["removed"])):
        if rows:
            named = [f"{row['id']}{_because(row)}" for row in rows]
            sentences.append(f"{verb} {', '.join(named)}")
    return sentences


def _because(row: Json) -> str:
    fields = [str(one["field"]) for one in row["because"]]
    return f" because of {' and '.join(fields)}" if fields else ""


def _constraint_sentences(rows: Sequence[Json]) -> list[str]:
    changed = [row for row in rows if row["change"] != "state"]
    if not changed:
        return []
    named = ", ".join(f"{row['field']} {_brief(row['from'])} → {_brief(row['to'])}" for row in changed[:5])
    rest = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
    return [f"constraints changed: {named}{rest}"]


def _cost_sentences(cost: Json) -> list[str]:
    change = cost["delta"]["expected"]
    if change is None or abs(change) < CENT:
        return []
    verb = "rises" if change > 0 else "falls"
    share = f" ({abs(cost['delta_percent'])} %)" if cost["delta_percent"] is not None else ""
    amount = f"{abs(change):.2f} {cost['currency']}"
    return [f"the expected monthly cost {verb} by {amount}{share} to {cost['to']['expected']:.2f} {cost['currency']}"]


def _policy_sentences(policies: Json) -> list[str]:
    before, after = policies["status"]["from"], policies["status"]["to"]
    fired = [str(rule["id"]) for rule in policies["rules"] if rule["to"] == "fired"]
    cleared = [str(rule["id"]) for rule in policies["rules"] if rule["from"] == "fired"]
    sentences = [f"policies go from {before} to {after}"] if before != after else []
    sentences += [f"now fired: {', '.join(fired)}"] if fired else []
    return sentences + ([f"no longer fired: {', '.join(cleared)}"] if cleared else [])


def _brief(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
