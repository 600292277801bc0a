"""A decision set with its gate, artifacts and links, read in one transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from decisionworks.artifacts.store_rows import list_artifacts
from decisionworks.decisions import DecisionSet, Status, to_document, to_summary
from decisionworks.gates import newest_gate
from decisionworks.kit.db import Tx

ROOT = "/api/v1"


async def document(tx: Tx, decision_set: DecisionSet) -> dict[str, Any]:
    """The public decision set; what cannot exist yet is not looked for."""
    has_gate = decision_set.status is not Status.QUEUED
    gate = await newest_gate(tx, decision_set.id) if has_gate else None
    rows = await list_artifacts(tx, decision_set.id) if decision_set.approval is not None else []
    return to_document(
        decision_set,
        gate=None if gate is None else gate.to_json(),
        artifacts=[row.to_json() for row in rows],
        links=links_of(decision_set.id, decision_set.project_id, parent_id=decision_set.parent_id),
    )


def summary(decision_set: DecisionSet) -> dict[str, Any]:
    """The public short form of a decision set."""
    return to_summary(decision_set, links=links_of(decision_set.id, decision_set.project_id))


def links_of(decision_set_id: UUID, project_id: UUID, *, parent_id: UUID | None = None) -> dict[str, str]:
    """Where to go from a decision set."""
    self_link = f"{ROOT}/decision-sets/{decision_set_id}"
    links = {
        "self": self_link,
        "project": f"{ROOT}/projects/{project_id}",
        "stream": f"{ROOT}/streams/{decision_set_id}",
        "events": f"{self_link}/events",
        "answers": f"{self_link}/answers",
        "approve": f"{self_link}/approve",
        "reject": f"{self_link}/reject",
        "cancel": f"{self_link}/cancel",
        "revise": f"{self_link}/revise",
        "diff": f"{self_link}/diff",
        "artifacts": f"{self_link}/artifacts",
    }
    return links if parent_id is None else links | {"parent": f"{ROOT}/decision-sets/{parent_id}"}
