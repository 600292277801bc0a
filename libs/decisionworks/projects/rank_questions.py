"""Chooses what to ask, most decisive first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.projects.conditions import holds
from decisionworks.projects.constraint_values import known_values, unsaid
from decisionworks.projects.measure_coverage import applicable_fields
from decisionworks.projects.model import (
    ConstraintCatalogue,
    ConstraintValue,
    Field,
    FieldType,
    Plain,
    Question,
    QuestionEffect,
    ValueState,
)
from decisionworks.projects.question_texts import LANGUAGES, question_words, translated_questions

MAX_QUESTIONS = 8


def rank_questions(
    constraints: Mapping[str, ConstraintValue],
    *,
    catalogue: ConstraintCatalogue,
    language: str,
    effects: Mapping[str, QuestionEffect] | None = None,
) -> list[Question]:
    """The open questions, at most eight: mandatory or refused ones first, then by what the answer could change.

    Which are asked at all is told by how likely an expert is to ask about a field in such a case.

    Units: the money of an effect is USD a month between the plans of two answers.
    """
    known = known_values(constraints)
    open_fields = [f for f in applicable_fields(constraints, catalogue=catalogue) if f.name not in known]
    points = _points(known)
    changed = effects or {}

    def rank(field: Field) -> tuple[bool, float, float, bool]:
        needed = field.mandatory and (field.default is None or _is_conflicting(constraints, field))
        urgent = needed or _refused(constraints.get(field.name), field) is not None
        return (
            not urgent,
            -(changed[field.name].score if field.name in changed else 0.0),
            -points[field.name],
            not field.mandatory,
        )

    ranked = sorted(open_fields, key=rank)[:MAX_QUESTIONS]
    speech = language if language in LANGUAGES else "en"
    return [_question(field, constraints=constraints, language=speech, effects=changed) for field in ranked]


def _points(known: Mapping[str, Plain]) -> dict[str, float]:
    """How likely an expert is to ask about each field, in this case; in log-odds."""
    points = dict(question_words().asking)
    for rule in question_words().relevance:
        if holds(rule.when, known):
            points[rule.field] += rule.bonus
    return points


def _is_conflicting(constraints: Mapping[str, ConstraintValue], field: Field) -> bool:
    value = constraints.get(field.name)
    return value is not None and value.state is ValueState.CONFLICTING


def _refused(value: ConstraintValue | None, field: Field) -> str | None:
    """Why what was said of an open field cannot be kept, such as 0 ms; it stands beside the question."""
    return value.reason if value is not None and value.reason != unsaid(field).reason else None


def _question(
    field: Field, *, constraints: Mapping[str, ConstraintValue], language: str, effects: Mapping[str, QuestionEffect]
) -> Question:
    return {
        "field": field.name,
        "text": translated_questions(language).get(field.name, field.question),
        "why": _why(field, constraints.get(field.name), language=language),
        "options": list(_options(field)),
        "default": field.default,
        "effect": _effect(field, language=language, usd=effects[field.name].usd if field.name in effects else None),
    }


def _why(field: Field, value: ConstraintValue | None, *, language: str) -> str:
    words = question_words().why[language]
    if value is not None and value.state is ValueState.CONFLICTING:
        return words["conflicting"].format(reason=value.reason or "")
    told = words["missing"] if field.default is None else words["defaulted"].format(default=shown_value(field.default))
    note = _refused(value, field)
    return f"{told} {note}" if note else told


def _effect(field: Field, *, language: str, usd: float | None) -> str:
    words = question_words().effects[language]
    sentence = words[field.group]
    return sentence if not usd else f"{sentence} {words['money'].format(usd=f'{usd:,.0f}')}"


def _options(field: Field) -> Sequence[str | int | float | bool]:
    words = question_words()
    if field.enum:
        return field.enum
    if field.type is FieldType.BOOLEAN:
        return (True, False)
    return words.suggested_numbers.get(field.name) or words.suggested_words.get(field.name, [])


def shown_value(value: Plain) -> str:
    """A plain value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
