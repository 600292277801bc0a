"""Several plans side by side, each against the same first one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.policy import has_plan

Json = Mapping[str, Any]
_MONTHLY = ("low", "expected", "high")


def compare_previews(reference: Json, variants: Sequence[tuple[str, Json]], *, against: str) -> dict[str, Any]:
    """What each variant adds to the reference, takes from it, costs and breaks.

    Units: money in the currency of the estimates, a month. `reference` and variants carry `constraints`, `plan`,
    `cost_estimate`, `policy_results` and `infeasibility` in the shapes of a decision set.
    """
    return {"against": against, "rows": [_row(name, shown, reference) for name, shown in variants]}


def _row(name: str, shown: Json, reference: Json) -> dict[str, Any]:
    mine, theirs = _patterns(shown), _patterns(reference)
    monthly = {key: _money(shown, key) for key in _MONTHLY}
    expected, before = monthly["expected"], _money(reference, "expected")
    tiers = (shown.get("plan") or {}).get("tiers") or {}
    infeasibility = shown.get("infeasibility")
    return {
        "name": name,
        "status": shown.get("status"),
        "changed_constraints": _changed(reference.get("constraints") or {}, shown.get("constraints") or {}),
        "patterns_added": [one for one in mine if one not in theirs],
        "patterns_removed": [one for one in theirs if one not in mine],
        "monthly_usd": monthly,
        "delta_usd": None if expected is None or before is None else round(expected - before, 2),
        "tiers": {tier: found.get("monthly_usd") for tier, found in tiers.items()},
        "policy_status": (shown.get("policy_results") or {}).get("status"),
        "fired_rules": {severity: _fired(shown, severity) for severity in ("block", "warn")},
        "conflicts": [conflict["why"] for conflict in (infeasibility or {}).get("conflicts", [])],
        "is_feasible": has_plan(infeasibility),
        "plan_hash": shown.get("plan_hash"),
    }


def _patterns(shown: Json) -> list[str]:
    return [str(pattern["id"]) for pattern in (shown.get("plan") or {}).get("patterns") or ()]


def _money(shown: Json, key: str) -> float | None:
    found = ((shown.get("cost_estimate") or {}).get("monthly") or {}).get(key)
    return float(found) if isinstance(found, int | float) else None


def _changed(before: Json, after: Json) -> dict[str, Any]:
    """Fields whose value differs, as `{field: {from, to}}`."""
    pairs = {name: ((before.get(name) or {}).get("value"), one.get("value")) for name, one in after.items()}
    return {name: {"from": old, "to": new} for name, (old, new) in pairs.items() if old != new}


def _fired(shown: Json, severity: str) -> list[str]:
    rules = (shown.get("policy_results") or {}).get("rules") or ()
    return [str(one["id"]) for one in rules if one["severity"] == severity and one["outcome"] == "fired"]
