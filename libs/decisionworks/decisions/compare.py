"""What changed between two decision sets, for people to read and for programs to act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decisionworks.decisions.compare_costs import compare_costs
from decisionworks.decisions.compare_digest import digest_of_changes, digest_of_first
from decisionworks.decisions.compare_files import compare_files
from decisionworks.decisions.compare_plans import compare_plans
from decisionworks.decisions.documents import content_of, plan_documents

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]

_COMPARED_STATE = ("assumptions", "edges", "thresholds", "tiers", "next_steps")
_MOST_STATE_ROWS = 200
_PLAN_PAGES = ("docs/plan.md", "docs/cost.csv")


def change_summary(
    parent: Json | None,
    child: Json,
    *,
    parent_files: Mapping[str, bytes] | None = None,
    child_files: Mapping[str, bytes] | None = None,
    causes: Json | None = None,
) -> dict[str, Any]:
    """Compare a decision set with the one it follows from, or describe a first one.

    Units: money in the currency of the child's estimate, per month. `causes` says which changed constraint made which
    pattern come or go (`patterns.causes`); without it changes are told and their causes are not.
    """
    if parent is None:
        return {"parent": None, "child": _identity(child), "digest": digest_of_first(child)}
    before, after = parent.get("plan") or {}, child.get("plan") or {}
    constraints = _compare_constraints(parent.get("constraints") or {}, child.get("constraints") or {})
    summary: dict[str, Any] = {
        "parent": _identity(parent),
        "child": _identity(child),
        "plan": compare_plans(before, after, causes=causes or {}, constraints=constraints),
        "constraints": constraints,
        "state": _compare_state(before, after),
        "cost": compare_costs(
            parent.get("cost_estimate") or {},
            child.get("cost_estimate") or {},
            of_change=(causes or {}).get("usd") or {},
        ),
        "policies": _compare_policies(parent.get("policy_results") or {}, child.get("policy_results") or {}),
        "documents": _compare_documents(parent, child),
        "code": None if child_files is None else compare_files(_code(parent_files or {}), _code(child_files)),
    }
    return summary | {"digest": digest_of_changes(summary)}


def _compare_documents(parent: Json, child: Json) -> dict[str, Any] | None:
    """The documents of both plans, which need no generated repository."""
    if not parent.get("plan") or not child.get("plan"):
        return None
    return compare_files(*({path: text.encode() for path, text in _documents(one).items()} for one in (parent, child)))


def _documents(decision_set: Json) -> dict[str, str]:
    return plan_documents(content_of(decision_set))


def _code(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What is not a plan document, since those are compared as such."""
    return {path: data for path, data in files.items() if path not in _PLAN_PAGES and not path.startswith("docs/adr/")}


def _identity(decision_set: Json) -> dict[str, Any]:
    return {key: _text(decision_set.get(key)) for key in ("id", "revision", "plan_hash", "status")}


def _text(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else str(value)


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
        and not _waits_for_code(old.get(rule_id), new.get(rule_id))
    ]
    return {"status": {"from": before.get("status"), "to": after.get("status")}, "rules": rules}


def _waits_for_code(*rules: Json | None) -> bool:
    """Whether a rule on generated code could be judged on one side only: that is no change of the plan."""
    known = [rule for rule in rules if rule is not None]
    return any(rule.get("judges") == "code" for rule in known) and "unknown" in [rule.get("outcome") for rule in known]
