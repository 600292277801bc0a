"""The change summary between two decision sets, with their files where they have a repository."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from decisionworks import decisions
from decisionworks.artifacts import prefix_of, read_archive
from decisionworks.artifacts.store_rows import list_artifacts
from decisionworks.decisions import DecisionSet
from decisionworks.decisions.compare import change_summary
from decisionworks.kit.errors import FieldProblem, Invalid, RetryLater
from decisionworks.previews import PlannerFailed
from decisionworks.registry import Actor
from decisionworks_api.dependencies import decision_set_transaction
from decisionworks_api.documents import document
from decisionworks_api.services import Services

log = structlog.get_logger(__name__)

REPOSITORY = "repository"
# Digest and prefix of a decision set's repository, if it has one.
Repository = tuple[str, str] | None


async def change_summary_between(
    services: Services, actor: Actor, decision_set_id: str, *, against: str | None
) -> dict[str, Any]:
    """What changed from `against`, or from the parent, to the named decision set.

    Raises: DecisionSetNotFound; Invalid, there is nothing to compare with.
    """
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        child = await decisions.load(tx, wanted)
        child_document, child_repository = await document(tx, child), await _repository(tx, child)
    other = against or (None if child.parent_id is None else str(child.parent_id))
    if other is None:
        problem = FieldProblem(pointer="/against", detail="is missing, and this decision set has no parent")
        raise Invalid("there is nothing to compare with", problems=(problem,), remedy="name one with ?against=ID")
    async with decision_set_transaction(services, actor, other) as (tx, earlier):
        parent = await decisions.load(tx, earlier)
        parent_document, parent_repository = await document(tx, parent), await _repository(tx, parent)
    return await asyncio.to_thread(
        _summary,
        services,
        parent_document,
        child_document,
        parent_repository=parent_repository,
        child_repository=child_repository,
        causes=await _causes(services, parent, child),
    )


async def _causes(services: Services, parent: DecisionSet, child: DecisionSet) -> dict[str, Any] | None:
    """Which changed constraint did what, from the planner; without one the changes are told all the same."""
    if parent.plan is None or child.plan is None:
        return None
    question = {"before": parent.constraints, "after": child.constraints}
    try:
        return await services.planners.ask("causes", question)
    except (RetryLater, PlannerFailed) as error:
        log.warning("diff.causes_unknown", error=error.message)
        return None


async def _repository(tx: Any, decision_set: DecisionSet) -> Repository:
    rows = await list_artifacts(tx, decision_set.id)
    sha256 = next((row.sha256 for row in rows if row.kind == REPOSITORY), None)
    return None if sha256 is None else (sha256, prefix_of(decision_set.project_id, REPOSITORY))


def _summary(
    services: Services,
    parent: dict[str, Any],
    child: dict[str, Any],
    *,
    parent_repository: Repository,
    child_repository: Repository,
    causes: dict[str, Any] | None,
) -> dict[str, Any]:
    return dict(
        change_summary(
            parent,
            child,
            parent_files=_files(services, parent_repository),
            child_files=_files(services, child_repository),
            causes=causes,
        )
    )


def _files(services: Services, repository: Repository) -> dict[str, bytes] | None:
    if repository is None:
        return None
    sha256, prefix = repository
    return {path: file.content for path, file in read_archive(services.store.read(sha256, prefix=prefix)).items()}
