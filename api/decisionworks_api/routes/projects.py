"""Projects: the tenants."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from decisionworks import registry
from decisionworks.decisions.model_usage import forget_model_texts
from decisionworks.registry import AdministratorNeeded
from decisionworks_api.bodies import ChangedProject, NewProject
from decisionworks_api.dependencies import Parts, Reader, Writer, project_named
from decisionworks_api.pages import MOST_ITEMS, cursor_id, page

router = APIRouter(tags=["projects"])


@router.post("/projects", status_code=201)
async def create_project(body: NewProject, services: Parts, actor: Writer) -> dict[str, Any]:
    """Make a project; administrators only."""
    if not actor.is_administrator:
        raise AdministratorNeeded("only an administrator may make a project")
    async with services.database.system_transaction() as tx:
        made = await registry.create_project(tx, body.name)
    return made.to_json()


@router.get("/projects")
async def list_projects(
    services: Parts,
    actor: Reader,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 50,
) -> dict[str, Any]:
    """The projects you may use, newest first."""
    async with services.database.system_transaction() as tx:
        found, following = await registry.list_projects(tx, actor, before=cursor_id(cursor), limit=limit)
    return page([one.to_json() for one in found], following)


@router.get("/projects/{project_id}")
async def show_project(project_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """One project; `default` is the one your token works in when you name none."""
    wanted = await project_named(services, actor, project_id)
    async with services.database.system_transaction() as tx:
        found = await registry.project_of(tx, actor, wanted)
    return found.to_json()


@router.patch("/projects/{project_id}")
async def change_project(project_id: str, body: ChangedProject, services: Parts, actor: Writer) -> dict[str, Any]:
    """Change what a project keeps; administrators only."""
    wanted = await project_named(services, actor, project_id)
    if not actor.is_administrator:
        raise AdministratorNeeded("only an administrator may change what a project keeps")
    async with services.database.system_transaction() as tx:
        changed = await registry.keep_model_texts(tx, wanted, keeps=body.keeps_model_texts)
    if not changed.keeps_model_texts:
        async with services.database.project_transaction(wanted) as tx:
            await forget_model_texts(tx, wanted)
    return changed.to_json()
