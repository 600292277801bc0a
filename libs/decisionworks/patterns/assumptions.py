"""What a plan rests on that nobody said, each with what it decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.patterns.model import Json, PatternCatalogue, Problem
from decisionworks.patterns.situation import is_llm
from decisionworks.projects.conditions import fields_of

TOKENS = ("llm_tokens_in", "llm_tokens_out")


def list_assumptions(
    problem: Problem, patterns: Sequence[str], cost: Mapping[str, object], *, catalogue: PatternCatalogue
) -> list[Json]:
    """Values that were derived, defaulted or guessed for sizing and that touched this plan, by field."""
    situation = problem.situation
    rows: dict[str, Json] = {}
    for field, why in situation.derived.items():
        rows[field] = {"field": field, "value": situation.working[field], "effect": f"taken because {why}"}
    readers = _readers(patterns, catalogue)
    for need in problem.needs:
        for field in need.fields:
            readers.setdefault(field, []).extend(name for name in need.any_of if name in patterns)
    for field, names in readers.items():
        if field in situation.known or field in rows or field not in situation.working:
            continue
        effect = f"decides about {', '.join(dict.fromkeys(names))}"
        rows[field] = {"field": field, "value": situation.working[field], "effect": effect}
    if is_llm(situation.working):
        for field in TOKENS:
            if field not in situation.known and field in situation.working:
                effect = "a language model is paid by the token"
                rows[field] = {"field": field, "value": situation.working[field], "effect": effect}
    guessed = cost.get("assumptions")
    for row in guessed if isinstance(guessed, list) else []:
        field = str(row["field"])
        if field in rows and field != "regions":
            rows[field] = rows[field] | {"effect": f"{rows[field]['effect']}; {row['effect']}"}
        else:
            rows[field] = dict(row)
    return [rows[field] for field in sorted(rows)]


def _readers(patterns: Sequence[str], catalogue: PatternCatalogue) -> dict[str, list[str]]:
    """Which chosen patterns gain or lose points by a field."""
    readers: dict[str, list[str]] = {}
    for name in patterns:
        for rule in catalogue.by_id[name].points:
            for field in fields_of(rule.when):
                readers.setdefault(field, []).append(name)
    return readers
