"""A model's reading of the request, merged with that of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decisionworks.graphs.planning.answers import Readings
from decisionworks.graphs.planning.offline import EXTRACT
from decisionworks.graphs.planning.packs import extract_pack
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.llm import CallSite, StructuredAnswer, StructuredQuestion
from decisionworks.policy import constraint_fields_read
from decisionworks.projects import (
    ConstraintCatalogue,
    MergedReading,
    ModelReading,
    constraints_from_json,
    constraints_to_json,
    merge_reading,
    parse_given_constraints,
)

_OFFLINE = StructuredAnswer(content={}, provider="offline", model="rules")


async def read_with_models(
    tools: PlanningTools, material: Mapping[str, Any], found: Mapping[str, Any], site: CallSite
) -> tuple[Mapping[str, Any], StructuredAnswer, list[str]]:
    """What the rules found with a model's reading merged in, who answered, and what the card says of it."""
    ladder = tools.desk.ladder(EXTRACT)
    if ladder is None:
        return found, _OFFLINE, []
    question = StructuredQuestion(
        task=EXTRACT,
        material=material,
        pack=extract_pack(),
        shape=Readings,
        trusted={"fields": _field_list(tools.fields)},
        untrusted={"request": str(material["request"])},
    )
    answer = await ladder.answer(question, site)
    readings = [ModelReading(**one) for one in answer.content.get("readings", [])]
    if not readings:
        return found, answer, _notes_of_switches(answer)
    merged = merge_reading(
        constraints_from_json(found["constraints"]),
        readings,
        request=str(material["request"]),
        untrusted=[(one["span"]["start"], one["span"]["end"]) for one in found["untrusted_instructions"]],
        given=parse_given_constraints(material["data"], catalogue=tools.fields),
        guarded=constraint_fields_read(tools.policies),
        on_missing=material["on_missing"],
        catalogue=tools.fields,
    )
    both = {
        **found,
        "constraints": constraints_to_json(merged.constraints),
        "contradictions": [*found["contradictions"], *(one.to_json() for one in merged.contradictions)],
        "assumptions": [*_still_assumed(found, merged), *(one.to_json() for one in merged.assumptions)],
    }
    return both, answer, [*_notes_of_switches(answer), *_notes(merged)]


def _still_assumed(found: Mapping[str, Any], merged: MergedReading) -> list[Mapping[str, Any]]:
    """What a model read or doubts is no longer assumed silently."""
    settled = {*merged.added, *merged.disagreed}
    return [one for one in found["assumptions"] if one["field"] not in settled]


def _notes(merged: MergedReading) -> list[str]:
    notes = [f"a second reading by a model agrees on {len(merged.agreed)} fields and adds {len(merged.added)}"]
    if merged.added:
        notes.append(f"added: {', '.join(merged.added[:8])}")
    if merged.disagreed:
        notes.append(f"disagrees on {', '.join(merged.disagreed[:8])}, which is asked about or listed")
    if merged.dropped:
        notes.append(f"{len(merged.dropped)} readings without evidence were dropped: {'; '.join(merged.dropped[:4])}")
    return notes


def _notes_of_switches(answer: StructuredAnswer) -> list[str]:
    return [f"{one.provider}/{one.name} was left: {one.reason}" for one in answer.switches]


def _field_list(catalogue: ConstraintCatalogue) -> str:
    lines = []
    for field in catalogue.fields:
        unit = f", {field.unit}" if field.unit else ""
        words = f": {' | '.join(field.enum)}" if field.enum else ""
        lines.append(f"{field.name} ({field.type.value}{unit}{words})")
    return "\n".join(lines)
