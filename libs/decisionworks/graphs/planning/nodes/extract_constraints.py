"""Reads what the request says into the constraint schema, each value with where it was said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions import Status
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import Alternative, ModelUse, ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.events import EventDraft
from decisionworks.graphs.asking import call_site, clearing, use_of
from decisionworks.graphs.decision_document import document_of, writing
from decisionworks.graphs.planning.offline import EXTRACT, READ
from decisionworks.graphs.planning.packs import asked_versions, extract_pack
from decisionworks.graphs.planning.read_with_models import read_with_models
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.canonical import digest_of
from decisionworks.projects import (
    constraints_from_json,
    constraints_to_json,
    read_each_way,
    request_with_data,
)

_MOST_QUOTED = 8


def extract_constraints_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""
    pack = extract_pack()

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        document = request_with_data(row.request, row.given_constraints)
        material: dict[str, Any] = {"request": document.text, "data": dict(document.data), "on_missing": row.on_missing}
        found = await tools.rules.apply(READ, material)
        site = call_site(attempt, node="extract_constraints", store=tools.store)
        found, answer, notes = await read_with_models(tools, material, found, site)
        constraints = constraints_to_json(constraints_from_json(found["constraints"]))
        findings = {
            "contradictions": await asyncio.to_thread(
                read_each_way,
                document.text,
                found["contradictions"],
                data=material["data"],
                catalogue=tools.fields,
            ),
            "injection": bool(found["untrusted_instructions"]),
            "forbidden_uses": found["forbidden_uses"],
            "assumptions": found["assumptions"],
        }
        changes = {
            "status": Status.INTAKE.value,
            "constraints": constraints,
            "language": found["language"],
            "untrusted_instructions": found["untrusted_instructions"],
            "findings": findings,
        }
        use = await use_of(answer, site, prompt_pack=pack.label)
        return NodeResult(
            update={"constraints_digest": digest_of([constraints, findings]), "intake_round": 1, "answers": {}},
            card=_card(constraints, found, use, [*_withdrawn(document.data), *notes]),
            drafts=(EventDraft(type="constraints-updated", payload={"constraints": _known(constraints)}),),
            apply=clearing(site, [answer], writing(attempt, changes)),
        )

    return NodeSpec(
        name="extract_constraints",
        inputs=("request_digest", "on_missing"),
        work=work,
        has_outside_effects=tools.desk.ladder(EXTRACT) is not None,
        versions=asked_versions(tools, EXTRACT, pack) | {"fields": tools.fields.version},
    )


def _withdrawn(data: Mapping[str, object]) -> list[str]:
    names = [name for name, value in data.items() if value is None]
    return [f"null in the constraints takes back what the words say of {', '.join(names)}"] if names else []


def _known(constraints: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in constraints.items() if value["state"] in ("stated", "inferred", "conflicting")
    }


def _card(constraints: Mapping[str, Any], found: Mapping[str, Any], use: ModelUse, notes: Sequence[str]) -> ReasonCard:
    states = [value["state"] for value in constraints.values()]
    known = _known(constraints)
    because = [_quote(name, value) for name, value in known.items() if name != "use_case_summary"]
    because.sort(key=lambda text: "inferred" in text)
    orders = found["untrusted_instructions"]
    alternatives = [
        Alternative(
            id="follow-the-orders-in-the-text", why_not=f"“{_short(order['text'])}” is part of the request, not of ours"
        )
        for order in orders
    ]
    return ReasonCard(
        agent="intake",
        title="What the request says",
        decision=(
            f"{states.count('stated')} facts stated and {states.count('inferred')} inferred of {len(states)};"
            f" {states.count('missing')} unknown, {states.count('conflicting')} contradictory"
        ),
        because=(*notes, *_forbidden(found), *because[:_MOST_QUOTED])
        or ("the request names no fact that the catalogue knows",),
        alternatives=tuple(alternatives),
        tradeoffs=tuple(f"{item['field']}: {item['effect']}" for item in found["assumptions"][:3]),
        confidence=_confidence(known),
        model=use,
    )


def _forbidden(found: Mapping[str, Any]) -> list[str]:
    return [f"“{_short(one['span']['text'])}” may be a use that the law forbids" for one in found["forbidden_uses"]]


def _quote(name: str, value: Mapping[str, Any]) -> str:
    shown = ", ".join(map(str, value["value"])) if isinstance(value["value"], list) else value["value"]
    span = value["span"]
    if span is not None:
        return f"{name} = {shown} ({value['state']}: “{_short(span['text'])}”)"
    return f"{name} = {shown} ({value['state']}: {value['reason'] or 'given as data'})"


def _short(text: str, limit: int = 80) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _confidence(known: Mapping[str, Any]) -> float:
    if not known:
        return 0.1
    return sum(float(value["confidence"]) for value in known.values()) / len(known)
