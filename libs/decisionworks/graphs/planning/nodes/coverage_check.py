"""Takes in answers, measures how much of what matters is known, and ranks what is still open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.events import EventDraft
from decisionworks.graphs.decision_document import document_of, writing
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.canonical import digest_of
from decisionworks.kit.words import counted
from decisionworks.patterns.question_effects import question_effects
from decisionworks.projects import (
    Constraints,
    Coverage,
    ValueState,
    apply_answers,
    constraints_from_json,
    constraints_to_json,
    coverage,
    open_mandatory_fields,
    rank_questions,
)


def coverage_check_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        answers = state.get("answers") or {}
        before = constraints_from_json(row.constraints)
        constraints = apply_answers(before, answers, catalogue=tools.fields) if answers else before
        measured = coverage(constraints, catalogue=tools.fields)
        unresolved = _unresolved(constraints, tools)
        questions = await asyncio.to_thread(_questions, tools, constraints, row.language or "en")
        stored = constraints_to_json(constraints)
        findings = {**row.findings, "contradictions": _standing(row.findings.get("contradictions", []), constraints)}
        changes = {
            "constraints": stored,
            "findings": findings,
            "coverage": measured.to_json(),
            "questions": questions,
        }
        payload = {"coverage": measured.to_json(), "answered": {name: stored[name] for name in answers}}
        return NodeResult(
            update={"constraints_digest": digest_of([stored, findings]), "open_fields": unresolved, "answers": {}},
            card=_card(state, measured, unresolved=unresolved, answers=answers, questions=questions),
            drafts=(EventDraft(type="constraints-updated", payload=payload),),
            apply=writing(attempt, changes),
        )

    return NodeSpec(
        name="coverage_check",
        inputs=("constraints_digest", "on_missing", "intake_round", "answers"),
        work=work,
        versions=tools.catalogue_versions,
    )


def _questions(tools: PlanningTools, constraints: Constraints, language: str) -> list[dict[str, object]]:
    """Rank the open questions by what their answers could change.

    Ranked twice: effects cost a solve each, so only the fields that could be asked at all are tried out.
    """
    candidates = rank_questions(constraints, catalogue=tools.fields, language=language)
    effects = question_effects(constraints_to_json(constraints), [str(question["field"]) for question in candidates])
    return rank_questions(constraints, catalogue=tools.fields, language=language, effects=effects)


def _unresolved(constraints: Constraints, tools: PlanningTools) -> list[str]:
    mandatory = open_mandatory_fields(constraints, catalogue=tools.fields)
    conflicting = [name for name, value in constraints.items() if value.state is ValueState.CONFLICTING]
    return [*mandatory, *(name for name in conflicting if name not in mandatory)]


def _standing(contradictions: list[Mapping[str, Any]], constraints: Constraints) -> list[Mapping[str, Any]]:
    """The contradictions that no answer has resolved."""
    return [
        found
        for found in contradictions
        if any(name not in constraints or constraints[name].state is ValueState.CONFLICTING for name in found["fields"])
    ]


def _card(
    state: State,
    measured: Coverage,
    *,
    unresolved: list[str],
    answers: Mapping[str, Any],
    questions: list[dict[str, object]],
) -> ReasonCard:
    asks = state.get("on_missing") == "ask" and bool(unresolved)
    because = [f"coverage {measured.score:.1f} of 100"]
    because += [f"answered: {name} = {value}" for name, value in list(answers.items())[:6]]
    if unresolved:
        because.append(f"open: {', '.join(unresolved[:10])}")
    if questions:
        first = questions[0]
        because.append(f"most decisive: {first['field']} ({first['why']})")
    if asks:
        decision = f"ask before planning: {counted(len(unresolved), 'field')} that a plan needs still open"
    elif unresolved:
        decision = f"plan on, with {counted(len(unresolved), 'open field')} assumed and listed"
    else:
        decision = "plan on: every field that a plan needs is known"
    return ReasonCard(
        agent="intake",
        title="Is enough known?",
        decision=decision,
        because=tuple(because),
        tradeoffs=()
        if asks or not measured.missing_fields
        else (f"{len(measured.missing_fields)} applicable fields rest on defaults or are unknown",),
        confidence=min(1.0, measured.score / 100 + 0.3),
    )
