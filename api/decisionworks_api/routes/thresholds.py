"""Thresholds: the numbers of rules that a project may set for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from decisionworks import decisions
from decisionworks.decisions.thresholds import (
    JudgedOtherwise,
    ProjectThreshold,
    judged_otherwise,
    list_thresholds,
    reset_threshold,
    set_threshold,
)
from decisionworks.policy import PolicyBook, Threshold, load_policies, threshold_named, thresholds_of
from decisionworks_api.bodies import NewThreshold
from decisionworks_api.dependencies import Parts, Reader, Writer, project_named
from decisionworks_api.plan_again import announce, named_in
from decisionworks_api.routes.jobs import require_administrator

router = APIRouter(prefix="/projects/{project_id}", tags=["policies"])


@router.get("/policy-thresholds")
async def show_thresholds(project_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """Every threshold with its bounds, the product's value and the project's own."""
    wanted = await project_named(services, actor, project_id)
    async with services.database.project_transaction(wanted) as tx:
        chosen = await list_thresholds(tx)
    book = load_policies()
    return {"items": [_shown(one, chosen, book) for one in book.thresholds.values()], "next_cursor": None}


@router.put("/policy-thresholds/{name}")
async def put_threshold(
    project_id: str, name: str, body: NewThreshold, services: Parts, actor: Writer
) -> dict[str, Any]:
    """Set a threshold for the project; administrators only. A decision set that is named is planned again.

    `judged_otherwise` lists the blocked plans and those at a gate that stand under another number: they stay as they
    are until they are revised, or named here.
    """
    require_administrator(actor, "set a threshold")
    wanted = await project_named(services, actor, project_id)
    parent_id = await named_in(services, actor, wanted, body.decision_set_id)
    again = None
    async with services.database.project_transaction(wanted) as tx:
        made = await set_threshold(tx, project_id=wanted, name=name, value=body.value, reason=body.reason, actor=actor)
        if parent_id is not None:
            parent = await decisions.load(tx, parent_id)
            again = await decisions.ask_again(tx, parent, actor=actor, reason=f"{made.name} is {made.value:g} now")
        others = await judged_otherwise(tx)
    book = load_policies()
    shown = _shown(book.thresholds[made.name], {made.name: made}, book)
    return {**shown, "evaluated_again_as": announce(services, again), **_stale(others)}


@router.delete("/policy-thresholds/{name}")
async def delete_threshold(project_id: str, name: str, services: Parts, actor: Writer) -> dict[str, Any]:
    """Go back to the product's value; administrators only, and the same again changes nothing."""
    require_administrator(actor, "set a threshold")
    wanted = await project_named(services, actor, project_id)
    book = load_policies()
    known = threshold_named(name, book=book)
    async with services.database.project_transaction(wanted) as tx:
        await reset_threshold(tx, name)
        others = await judged_otherwise(tx)
    return {**_shown(known, {}, book), **_stale(others)}


def _stale(others: list[JudgedOtherwise]) -> dict[str, Any]:
    return {"judged_otherwise": [one.to_json() for one in others]}


def _shown(threshold: Threshold, chosen: Mapping[str, ProjectThreshold], book: PolicyBook) -> dict[str, Any]:
    own = chosen.get(threshold.name)
    return {
        "name": threshold.name,
        "title": threshold.title,
        "value": threshold.default if own is None else own.value,
        "default": threshold.default,
        "minimum": threshold.minimum,
        "maximum": threshold.maximum,
        "unit": threshold.unit,
        "rules": [policy.id for policy in book.policies if threshold.name in thresholds_of(policy)],
        "set": None if own is None else own.to_json(),
    }
