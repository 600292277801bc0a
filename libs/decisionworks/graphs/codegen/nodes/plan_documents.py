"""The plan as documents: for the project's git, and for comparing two versions."""

from __future__ import annotations

import json
from typing import Any

from decisionworks.decisions import DecisionSet
from decisionworks.decisions.documents import content_of
from decisionworks.decisions.documents import plan_documents as readable_documents


def plan_documents(row: DecisionSet) -> dict[str, bytes]:
    """The files committed for one decision set; they name what was decided and nothing that differs from run to run."""
    readable = {name: text.encode() for name, text in readable_documents(content_of(compared_document(row))).items()}
    return readable | {
        "request.md": (row.request.rstrip("\n") + "\n").encode(),
        "constraints.json": _pretty(row.constraints),
        "plan.json": _pretty(row.plan),
        "plan.mmd": (str((row.plan or {}).get("diagram", "")).rstrip("\n") + "\n").encode(),
        "cost_estimate.json": _pretty(row.cost_estimate),
        "policy_results.json": _pretty(row.policy_results),
        "critiques.json": _pretty(row.critiques),
        "plan_hash": f"{row.plan_hash}\n".encode(),
    }


def compared_document(row: DecisionSet) -> dict[str, Any]:
    """The parts of a decision set that a change summary looks at."""
    return {
        "id": str(row.id),
        "revision": row.revision,
        "plan_hash": row.plan_hash,
        "request": row.request,
        "constraints": row.constraints,
        "plan": row.plan,
        "infeasibility": row.infeasibility,
        "critiques": row.critiques,
        "cost_estimate": row.cost_estimate,
        "policy_results": row.policy_results,
    }


def _pretty(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
