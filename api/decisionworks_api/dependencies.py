"""The transaction and the actor of one request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Depends, Request

from decisionworks import registry
from decisionworks.decisions import DecisionSetNotFound, project_of_decision_set
from decisionworks.kit.db import Tx
from decisionworks.registry import Actor, ProjectNotFound
from decisionworks_api.errors import Unauthenticated
from decisionworks_api.services import Services

DEFAULT_PROJECT = "default"


def services_of(request: Request) -> Services:
    """The parts of this process."""
    services: Services = request.app.state.services
    return services


def actor_of(request: Request) -> Actor:
    """Who asks; the middleware has checked the token."""
    actor = request.scope.get("actor")
    if not isinstance(actor, Actor):
        raise Unauthenticated("a bearer token is needed")
    return actor


def writer_of(request: Request) -> Actor:
    """Who asks for a change, counted against the limit of writes."""
    actor = actor_of(request)
    services_of(request).writes.spend(actor.id)
    return actor


Parts = Annotated[Services, Depends(services_of)]
Reader = Annotated[Actor, Depends(actor_of)]
Writer = Annotated[Actor, Depends(writer_of)]


@asynccontextmanager
async def decision_set_transaction(
    services: Services, actor: Actor, decision_set_id: str
) -> AsyncIterator[tuple[Tx, UUID]]:
    """A transaction in the project of a decision set that the actor may see.

    Raises: DecisionSetNotFound, also where it belongs to a project the actor may not use.
    """
    wanted = await placed(services, actor, decision_set_id)
    async with services.database.project_transaction(wanted[1]) as tx:
        yield tx, wanted[0]


async def placed(services: Services, actor: Actor, decision_set_id: str) -> tuple[UUID, UUID]:
    """The ids of a decision set and of its project.

    Raises: DecisionSetNotFound.
    """
    wanted = _uuid(decision_set_id)
    if wanted is None:
        raise DecisionSetNotFound(decision_set_id[:80])
    project_id = services.places.get(wanted)
    if project_id is None:
        async with services.database.system_transaction() as tx:
            project_id = await project_of_decision_set(tx, wanted)
    if project_id is None or not actor.may_use(project_id):
        raise DecisionSetNotFound(wanted)
    services.places.put(wanted, project_id)
    structlog.contextvars.bind_contextvars(thread_id=str(wanted))
    return wanted, project_id


async def project_named(services: Services, actor: Actor, project_id: str | UUID | None) -> UUID:
    """The id of a project that the actor may use; `default` and None are the actor's default one.

    Raises: ProjectNotFound.
    """
    named = None if project_id in (None, DEFAULT_PROJECT) else _uuid(str(project_id))
    if named is None and project_id not in (None, DEFAULT_PROJECT):
        raise ProjectNotFound(str(project_id)[:80])
    known = services.places.default_of.get(actor.id) if named is None else named
    if known is not None and known in services.places.projects and actor.may_use(known):
        return known
    async with services.database.system_transaction() as tx:
        found = await registry.project_of(tx, actor, named)
    services.places.projects.add(found.id)
    if named is None:
        services.places.default_of[actor.id] = found.id
    return found.id


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) <= 36 else None
    except ValueError:
        return None
