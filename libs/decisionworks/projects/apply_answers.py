"""Puts a person's answers into the constraints."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.errors import InvalidConstraints
from decisionworks.projects.extract import extract_constraints
from decisionworks.projects.model import (
    ConstraintCatalogue,
    Constraints,
    ConstraintValue,
    Field,
    FieldType,
    Plain,
    ValueState,
)
from decisionworks.projects.parse_constraint_data import parse_constraint_data

_YES = frozenset({"yes", "y", "true", "ja", "oui", "sí", "si", "sim", "はい"})
_NO = frozenset({"no", "n", "false", "nein", "non", "não", "nao", "いいえ"})
MAX_ANSWER_CHARS = 2_000
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?")
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?")


ANSWERED = "answered by the requester"


def apply_answers(
    constraints: Mapping[str, ConstraintValue], answers: Mapping[str, object], *, catalogue: ConstraintCatalogue
) -> Constraints:
    """The constraints with each answer as a stated value; later answers replace what was known before.

    Raises: InvalidConstraints, an answer names no field or does not fit it.
    """
    readable = {name: _readable(name, value, catalogue=catalogue) for name, value in answers.items()}
    values = parse_constraint_data(readable, catalogue=catalogue)
    return {name: _answered(one, values.get(name)) for name, one in constraints.items()}


def told_otherwise(
    answers: Mapping[str, object], said: Mapping[str, Plain], *, catalogue: ConstraintCatalogue
) -> dict[str, Plain]:
    """What words say of a field that an answer given beside them says otherwise; answers that do not fit are none."""
    differing: dict[str, Plain] = {}
    for name in answers.keys() & said.keys():
        try:
            readable = _readable(name, answers[name], catalogue=catalogue)
            answered = parse_constraint_data({name: readable}, catalogue=catalogue).get(name)
        except InvalidConstraints:
            continue
        if answered is not None and answered != said[name]:
            differing[name] = said[name]
    return differing


def extract_answers_from_message(
    message: str,
    open_questions: Sequence[Mapping[str, object]],
    *,
    catalogue: ConstraintCatalogue | None = None,
) -> dict[str, Plain]:
    """The answers to open questions that a chat message holds, by field, and whatever else it states outright.

    A question that was not asked yet, or was answered otherwise before, is answered by the newest words.
    """
    known = catalogue or load_constraint_catalogue()
    asked = [str(question["field"]) for question in open_questions]
    found = extract_constraints(message, data=None, on_missing="ask", catalogue=known).constraints
    answers = {
        name: one.value
        for name, one in found.items()
        if one.is_known
        and (name in asked or one.state is ValueState.STATED)
        and one.value is not None
        and known.by_name[name].type is not FieldType.STRING
    }
    if not answers and len(asked) == 1:
        # A bare reply to the only question: "500", "yes", "Ireland".
        return _bare_reply(message, known.by_name[asked[0]], catalogue=known)
    return answers


def _bare_reply(message: str, field: Field, *, catalogue: ConstraintCatalogue) -> dict[str, Plain]:
    try:
        readable = _readable(field.name, message.strip().rstrip(".!"), catalogue=catalogue)
        return parse_constraint_data({field.name: readable}, catalogue=catalogue)
    except InvalidConstraints:
        return {}


def _answered(before: ConstraintValue, value: Plain | None) -> ConstraintValue:
    if value is None:
        return before
    if before.state is ValueState.STATED and before.value == value:
        return before
    return replace(before, value=value, state=ValueState.STATED, span=None, confidence=1.0, reason=ANSWERED)


def _readable(name: str, value: object, *, catalogue: ConstraintCatalogue) -> object:
    """An answer typed by a person, brought nearer to the type of its field; the unreadable is left to be refused."""
    field = catalogue.by_name.get(name)
    if field is None or not isinstance(value, str) or len(value) > MAX_ANSWER_CHARS:
        return value
    text = value.strip()
    match field.type:
        case FieldType.BOOLEAN:
            word = text.lower().rstrip(".!")
            return True if word in _YES else False if word in _NO else _from_words(field, text, catalogue=catalogue)
        case FieldType.NUMBER | FieldType.INTEGER:
            return _number(text) if _number(text) is not None else _from_words(field, text, catalogue=catalogue)
        case FieldType.LIST:
            return _list(field, text, catalogue=catalogue)
        case FieldType.ENUM:
            return _word(field, text, catalogue=catalogue)
        case FieldType.STRING:
            return text


def _number(text: str) -> int | float | None:
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    return json.loads(plain) if _PLAIN_NUMBER.fullmatch(plain) else None


def _list(field: Field, text: str, *, catalogue: ConstraintCatalogue) -> object:
    items = [part.strip() for part in text.strip("[]").replace(";", ",").split(",") if part.strip(" '\"")]
    items = [item.strip("'\"") for item in items]
    if _fits(field, items, catalogue=catalogue):
        return items
    return _from_words(field, text, catalogue=catalogue, otherwise=items)


def _word(field: Field, text: str, *, catalogue: ConstraintCatalogue) -> object:
    return text if _fits(field, text, catalogue=catalogue) else _from_words(field, text, catalogue=catalogue)


def _fits(field: Field, value: object, *, catalogue: ConstraintCatalogue) -> bool:
    try:
        parse_constraint_data({field.name: value}, catalogue=catalogue)
    except InvalidConstraints:
        return False
    return True


def _from_words(field: Field, text: str, *, catalogue: ConstraintCatalogue, otherwise: object = None) -> object:
    found = extract_constraints(text, data=None, on_missing="ask", catalogue=catalogue).constraints[field.name]
    return found.value if found.is_known else (otherwise if otherwise is not None else text)
