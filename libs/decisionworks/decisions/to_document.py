"""A decision set as the outside sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from decisionworks.decisions.actions import actions_of
from decisionworks.decisions.documents import summary_of
from decisionworks.decisions.model import DecisionSet, JsonObject
from decisionworks.projects import load_constraint_catalogue


def to_document(
    decision_set: DecisionSet,
    *,
    gate: JsonObject | None = None,
    artifacts: Sequence[JsonObject] = (),
    links: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Every field of the public decision set; constraints in the catalogue's order."""
    ds = decision_set
    shown = {
        "id": str(ds.id),
        "thread_id": str(ds.id),
        "project_id": str(ds.project_id),
        "parent_id": None if ds.parent_id is None else str(ds.parent_id),
        "revision": ds.revision,
        "version": ds.version,
        "status": ds.status.value,
        "request": ds.request,
        "language": ds.language,
        "on_missing": ds.on_missing,
        "metadata": dict(ds.metadata),
        "requested_by": ds.requested_by,
        "given_constraints": dict(ds.given_constraints),
        "constraints": _in_catalogue_order(ds.constraints),
        "coverage": dict(ds.coverage),
        "questions": list(ds.questions),
        "untrusted_instructions": list(ds.untrusted_instructions),
        "plan": ds.plan,
        "infeasibility": ds.infeasibility,
        "critiques": list(ds.critiques),
        "cost_estimate": ds.cost_estimate,
        "policy_results": ds.policy_results,
        "plan_hash": ds.plan_hash,
        "missing_patterns": list(ds.missing_patterns),
        "gate": gate,
        "approval": ds.approval,
        "actions": actions_of(ds),
        "artifacts": list(artifacts),
        "change_summary": ds.change_summary,
        "failure": ds.failure,
        "git_commit": ds.git_commit,
        "created_at": instant(ds.created_at),
        "updated_at": instant(ds.updated_at),
        "links": dict(links or {}),
    }
    return shown | {"summary": summary_of(shown)}


def to_summary(decision_set: DecisionSet, *, links: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a list shows of a decision set."""
    ds = decision_set
    monthly = (ds.cost_estimate or {}).get("monthly")
    return {
        "id": str(ds.id),
        "thread_id": str(ds.id),
        "project_id": str(ds.project_id),
        "parent_id": None if ds.parent_id is None else str(ds.parent_id),
        "revision": ds.revision,
        "version": ds.version,
        "status": ds.status.value,
        "request": ds.request if len(ds.request) <= 280 else ds.request[:279] + "…",
        "language": ds.language,
        "coverage": dict(ds.coverage),
        "monthly": monthly,
        "policy_status": (ds.policy_results or {}).get("status"),
        "plan_hash": ds.plan_hash,
        "actions": actions_of(ds),
        "requested_by": ds.requested_by,
        "created_at": instant(ds.created_at),
        "updated_at": instant(ds.updated_at),
        "links": dict(links or {}),
    }


def instant(at: datetime) -> str:
    """A moment in UTC, to the microsecond, ending in Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _in_catalogue_order(constraints: JsonObject) -> dict[str, Any]:
    names = [field.name for field in load_constraint_catalogue().fields if field.name in constraints]
    names += sorted(set(constraints) - set(names))
    return {name: constraints[name] for name in names}
