"""Previews: what a plan would be, at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from decisionworks_api.bodies import PlanPreview
from decisionworks_api.dependencies import Parts, Writer, project_named
from decisionworks_api.preview import preview

router = APIRouter(tags=["decision sets"])


@router.post("/projects/{project_id}/plan-previews")
async def preview_plan(project_id: str, body: PlanPreview, services: Parts, actor: Writer) -> dict[str, Any]:
    """Plan, cost and policies for given constraints, or several variants compared; nothing is stored or started."""
    wanted = await project_named(services, actor, project_id)
    return await preview(services, actor, wanted, body)
