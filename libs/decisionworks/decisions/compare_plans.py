"""Which patterns came, went or were replaced, and the changed constraint that caused it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]


def compare_plans(before: Json, after: Json, *, causes: Json, constraints: Sequence[Json]) -> dict[str, Any]:
    """Patterns added, removed, replaced within their capability, or kept for other reasons.

    Each of the first three says `because`: the rows of `constraints` that `causes` names, empty where unknown.
    """
    old, new = _patterns(before), _patterns(after)
    why = _Causes(causes.get("patterns") or {}, constraints)
    gone = [_pattern_row(old[name], why) for name in old if name not in new]
    come = [_pattern_row(new[name], why) for name in new if name not in old]
    replaced: Rows = []
    for row in list(gone):
        successor = next((other for other in come if other["capability"] == row["capability"]), None)
        if successor is not None and row["capability"]:
            because = successor["because"] or row["because"]
            replaced.append(
                {"capability": row["capability"], "from": row["id"], "to": successor["id"], "because": because}
            )
            gone.remove(row)
            come.remove(successor)
    kept = sum(name in old for name in new)
    return {"added": come, "removed": gone, "replaced": replaced, "changed": _rethought(old, new), "kept": kept}


class _Causes:
    """The changed constraints behind each pattern."""

    def __init__(self, by_pattern: Json, constraints: Sequence[Json]) -> None:
        self._by_pattern = by_pattern
        self._rows = {str(row["field"]): row for row in constraints}

    def of(self, pattern: str) -> Rows:
        found = self._by_pattern.get(pattern) or {}
        rows = [self._rows[field] for field in found.get("fields") or () if field in self._rows]
        return [{"field": row["field"], "from": row["from"], "to": row["to"], "how": found["how"]} for row in rows]


def _rethought(old: Mapping[str, Json], new: Mapping[str, Json]) -> Rows:
    """Patterns in both plans, for another reason or with another runner-up."""
    return [
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


def _patterns(plan: Json) -> dict[str, Json]:
    return {str(pattern["id"]): pattern for pattern in plan.get("patterns") or ()}


def _pattern_row(pattern: Json, why: _Causes) -> dict[str, Any]:
    shown = {key: pattern.get(key) for key in ("id", "capability", "reason")}
    return {**shown, "because": why.of(str(pattern["id"]))}
