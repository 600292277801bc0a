"""What models cost, and the answers that nobody could use."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from decisionworks.artifacts.store_rows import list_quarantine
from decisionworks.decisions.model_usage import usage_of_decision_set, usage_of_project
from decisionworks_api.dependencies import Parts, Reader, decision_set_transaction, project_named
from decisionworks_api.pages import MOST_ITEMS, cursor_id, page

router = APIRouter(tags=["models"])


@router.get("/decision-sets/{decision_set_id}/model-usage")
async def decision_set_usage(decision_set_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """Every model call of a decision set, and their totals."""
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        return await usage_of_decision_set(tx, wanted)


@router.get("/projects/{project_id}/model-usage")
async def project_usage(project_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """What a project's model calls took, by month."""
    wanted = await project_named(services, actor, project_id)
    async with services.database.project_transaction(wanted) as tx:
        return await usage_of_project(tx, wanted)


@router.get("/projects/{project_id}/quarantine")
async def project_quarantine(
    *,
    project_id: str,
    services: Parts,
    actor: Reader,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 50,
) -> dict[str, Any]:
    """The unusable answers of a project's runs, newest first; their bytes are at `href`."""
    before = cursor_id(cursor)
    wanted = await project_named(services, actor, project_id)
    async with services.database.project_transaction(wanted) as tx:
        rows = await list_quarantine(tx, before=before, limit=limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return page([row.to_json() for row in rows[:limit]], following)
