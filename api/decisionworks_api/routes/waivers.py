"""Waivers: rules that a project's administrator accepts for a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from decisionworks import decisions
from decisionworks.decisions import Status
from decisionworks.decisions.waivers import (
    WaiverNotFound,
    grant_waiver,
    list_waivers,
    revoke_waiver,
    still_blocking,
    waivers_in_force,
)
from decisionworks_api.bodies import NewWaiver
from decisionworks_api.dependencies import Parts, Reader, Writer, project_named
from decisionworks_api.plan_again import announce, named_in
from decisionworks_api.routes.jobs import require_administrator

router = APIRouter(prefix="/projects/{project_id}", tags=["policies"])


@router.get("/waivers")
async def show_waivers(project_id: str, services: Parts, actor: Reader, in_force: bool = False) -> dict[str, Any]:
    """The newest waivers of a project; with `in_force` only those that hold now."""
    wanted = await project_named(services, actor, project_id)
    async with services.database.project_transaction(wanted) as tx:
        found = await list_waivers(tx, is_in_force=in_force)
    return {"items": [one.to_json() for one in found], "next_cursor": None}


@router.post("/waivers", status_code=201)
async def add_waiver(project_id: str, body: NewWaiver, services: Parts, actor: Writer) -> dict[str, Any]:
    """Accept a rule; administrators only. A blocked decision set that is named is planned again in its line.

    `still_blocked_by` names what keeps the named one blocked all the same: other rules, and `no-feasible-plan`.
    """
    require_administrator(actor, "waive a rule")
    wanted = await project_named(services, actor, project_id)
    scope = await named_in(services, actor, wanted, body.decision_set_id)
    async with services.database.project_transaction(wanted) as tx:
        waiver = await grant_waiver(
            tx,
            project_id=wanted,
            policy_id=body.policy,
            reason=body.reason,
            expires_at=body.expires_at,
            decision_set_id=scope,
            actor=actor,
        )
        again, left = None, list[str]()
        if scope is not None:
            parent = await decisions.load(tx, scope)
            if parent.status is Status.BLOCKED:
                waived = await waivers_in_force(tx, scope)
                left = still_blocking(parent.policy_results, parent.infeasibility, waived)
                again = await decisions.ask_again(tx, parent, actor=actor, reason=f"waived {body.policy}")
    return {**waiver.to_json(), "evaluated_again_as": announce(services, again), "still_blocked_by": left}


@router.delete("/waivers/{waiver_id}")
async def end_waiver(project_id: str, waiver_id: str, services: Parts, actor: Writer) -> dict[str, Any]:
    """Revoke a waiver; administrators only."""
    require_administrator(actor, "revoke a waiver")
    wanted = await project_named(services, actor, project_id)
    try:
        named = UUID(waiver_id)
    except ValueError as error:
        raise WaiverNotFound(waiver_id[:80]) from error
    async with services.database.project_transaction(wanted) as tx:
        ended = await revoke_waiver(tx, named, by=actor.name)
    return ended.to_json()
