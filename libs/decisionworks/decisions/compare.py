"""What changed between two decision sets, for people to read and for programs to act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions.compare_digest import CENT, digest_of_changes, digest_of_first
from decisionworks.decisions.compare_files import compare_files

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]

_COMPARED_STATE = ("assumptions", "edges", "thresholds", "tiers", "next_steps")
_MOST_STATE_ROWS = 200


def change_summary(
    parent: Json | None,
    child: Json,
    *,
    parent_files: Mapping[str, bytes] | None = None,
    child_files: Mapping[str, bytes] | None = None,
) -> dict[str, Any]:
    """Compare a decision set with the one it follows from, or describe a first one.

    Units: money in the currency of the child's estimate, per month.
    """
    if parent is None:
        return {"parent": None, "child": _identity(child), "digest": digest_of_first(child)}
    before, after = parent.get("plan") or {}, child.get("plan") or {}
    summary: dict[str, Any] = {
        "parent": _identity(parent),
        "child": _identity(child),
        "plan": _compare_plans(before, after),
        "constraints": _compare_constraints(parent.get("constraints") or {}, child.get("constraints") or {}),
        "state": _compare_state(before, after),
        "cost": _compare_costs(parent.get("cost_estimate") or {}, child.get("cost_estimate") or {}),
        "policies": _compare_policies(parent.get("policy_results") or {}, child.get("policy_results") or {}),
        "code": None if child_files is None else compare_files(parent_files or {}, child_files),
    }
    return summary | {"digest": digest_of_changes(summary)}


def _identity(decision_set: Json) -> dict[str, Any]:
    return {key: _text(decision_set.get(key)) for key in ("id", "revision", "plan_hash", "status")}


def _text(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else str(value)


def _compare_plans(before: Json, after: Json) -> dict[str, Any]:
    old, new = _patterns(before), _patterns(after)
    gone = [_pattern_row(old[name]) for name in old if name not in new]
    come = [_pattern_row(new[name]) for name in new if name not in old]
    replaced: Rows = []
    for row in list(gone):
        successor = next((other for other in come if other["capability"] == row["capability"]), None)
        if successor is not None and row["capability"]:
            replaced.append({"capability": row["capability"], "from": row["id"], "to": successor["id"]})
            gone.remove(row)
            come.remove(successor)
    changed = [
        {
            "id": name,
            "capability": new[name].get("capability"),
            "from": old[name].get(key),
            "to": new[name].get(key),
            "what": key,
        }
        for name in new
        if name in old
        for key in ("reason", "runner_up")
        if old[name].get(key) != new[name].get(key)
    ]
    kept = sum(name in old for name in new)
    return {"added": come, "removed": gone, "replaced": replaced, "changed": changed, "kept": kept}


def _patterns(plan: Json) -> dict[str, Json]:
    return {str(pattern["id"]): pattern for pattern in plan.get("patterns") or ()}


def _pattern_row(pattern: Json) -> dict[str, Any]:
    return {key: pattern.get(key) for key in ("id", "capability", "reason")}


def _compare_constraints(before: Json, after: Json) -> Rows:
    rows: Rows = []
    for field in dict.fromkeys([*after, *before]):
        old, new = before.get(field) or {}, after.get(field) or {}
        sides = (old.get("value"), old.get("state")), (new.get("value"), new.get("state"))
        if sides[0] == sides[1]:
            continue
        kind = "added" if sides[0][0] is None else "removed" if sides[1][0] is None else "changed"
        if sides[0][0] == sides[1][0]:
            kind = "state"
        rows.append(
            {
                "field": field,
                "change": kind,
                "from": sides[0][0],
                "to": sides[1][0],
                "from_state": sides[0][1],
                "to_state": sides[1][1],
            }
        )
    return rows


def _compare_state(before: Json, after: Json) -> Rows:
    """Every other difference between the plans as `{path, change, from, to}`."""
    # Loaded at its first use: with pandas installed it would cost every process half a second at its start.
    from deepdiff import DeepDiff

    old = {key: before.get(key) for key in _COMPARED_STATE}
    new = {key: after.get(key) for key in _COMPARED_STATE}
    tree = DeepDiff(old, new, view="tree", ignore_order=False, verbose_level=2)
    rows = [
        {
            "path": "/" + "/".join(str(part) for part in change.path(output_format="list")),
            "change": kind,
            "from": _shown(change.t1),
            "to": _shown(change.t2),
        }
        for kind, changes in tree.items()
        for change in changes
    ]
    return sorted(rows, key=lambda row: (str(row["path"]), str(row["change"])))[:_MOST_STATE_ROWS]


def _shown(value: object) -> object:
    is_plain = value is None or isinstance(value, str | int | float | bool | list | dict)
    return value if is_plain else None


def _compare_costs(before: Json, after: Json) -> dict[str, Any]:
    old, new = before.get("monthly") or {}, after.get("monthly") or {}
    delta = {key: _difference(old.get(key), new.get(key)) for key in ("low", "expected", "high")}
    was, change = old.get("expected"), delta["expected"]
    return {
        "currency": after.get("currency") or before.get("currency"),
        "from": dict(old) or None,
        "to": dict(new) or None,
        "delta": delta,
        "delta_percent": round(100 * change / was, 1) if was and change is not None else None,
        "items": _compare_items(before.get("items") or (), after.get("items") or ()),
    }


def _compare_items(before: Sequence[Json], after: Sequence[Json]) -> Rows:
    old, new = _item_totals(before), _item_totals(after)
    rows: Rows = []
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key, 0.0), new.get(key, 0.0)
        if abs(now - was) >= CENT:
            price, capability = key
            rows.append(
                {
                    "price": price,
                    "capability": capability,
                    "from_usd": round(was, 2),
                    "to_usd": round(now, 2),
                    "delta_usd": round(now - was, 2),
                }
            )
    return sorted(rows, key=lambda row: (-abs(row["delta_usd"]), str(row["price"]), str(row["capability"])))


def _item_totals(items: Sequence[Json]) -> dict[tuple[str, str], float]:
    totals: dict[tuple[str, str], float] = {}
    for item in items:
        key = (str(item.get("price")), str(item.get("capability")))
        totals[key] = totals.get(key, 0.0) + float(item.get("usd") or 0)
    return totals


def _compare_policies(before: Json, after: Json) -> dict[str, Any]:
    old = {str(rule["id"]): rule for rule in before.get("rules") or ()}
    new = {str(rule["id"]): rule for rule in after.get("rules") or ()}
    rules = [
        {
            "id": rule_id,
            "severity": (new.get(rule_id) or old[rule_id]).get("severity"),
            "from": old.get(rule_id, {}).get("outcome"),
            "to": new.get(rule_id, {}).get("outcome"),
        }
        for rule_id in dict.fromkeys([*new, *old])
        if old.get(rule_id, {}).get("outcome") != new.get(rule_id, {}).get("outcome")
    ]
    return {"status": {"from": before.get("status"), "to": after.get("status")}, "rules": rules}


def _difference(before: object, after: object) -> float | None:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return round(after - before, 2)
    return None
