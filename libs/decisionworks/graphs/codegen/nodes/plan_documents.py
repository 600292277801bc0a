"""The plan as documents: for the project's git, and for comparing two versions."""

from __future__ import annotations

import json
from typing import Any

from decisionworks.decisions import DecisionSet
from decisionworks.decisions.documents import content_of
from decisionworks.decisions.documents import plan_documents as readable_documents
from decisionworks.kit.redact import redact_json


def plan_documents(row: DecisionSet) -> dict[str, bytes]:
    """The files committed for one decision set; they name what was decided and nothing that differs from run to run.

    They are kept for good and may be cloned, so that secrets of the request are taken out.
    """
    shown = redact_json(compared_document(row))
    readable = {name: text.encode() for name, text in readable_documents(content_of(shown)).items()}
    return readable | {
        "request.md": (shown["request"].rstrip("\n") + "\n").encode(),
        "constraints.json": _pretty(shown["constraints"]),
        "plan.json": _pretty(shown["plan"]),
        "plan.mmd": (str((shown["plan"] or {}).get("diagram", "")).rstrip("\n") + "\n").encode(),
        "cost_estimate.json": _pretty(shown["cost_estimate"]),
        "policy_results.json": _pretty(shown["policy_results"]),
        "critiques.json": _pretty(shown["critiques"]),
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
