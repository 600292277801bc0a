"""Checks plain constraint values against the catalogue: names, types, vocabulary and range."""

from __future__ import annotations

import math
from collections.abc import Mapping

from decisionworks.kit.errors import FieldProblem
from decisionworks.projects.errors import InvalidConstraints
from decisionworks.projects.model import ConstraintCatalogue, Field, FieldType, Given, Plain
from decisionworks.projects.places import KNOWN_REGIONS, region_of_place
from decisionworks.projects.suggest import closest, normal_word

MAX_TEXT_CHARS = 2_000
MAX_LIST_ITEMS = 50
MAX_PROBLEMS = 50


def parse_constraint_data(data: Mapping[str, object], *, catalogue: ConstraintCatalogue) -> dict[str, Plain]:
    """Plain values in catalogue order, each of the type and vocabulary of its field; null means not given.

    Raises: InvalidConstraints, with one problem per bad field, naming what would be right.
    """
    problems: list[FieldProblem] = []
    values: dict[str, Plain] = {}
    for name in data:
        if name not in catalogue.by_name:
            problems.append(_unknown_field(str(name), catalogue=catalogue))
    for field in catalogue.fields:
        if data.get(field.name) is None:
            continue
        parsed = _parse(field, data[field.name])
        if isinstance(parsed, FieldProblem):
            problems.append(parsed)
        else:
            values[field.name] = parsed
    if problems:
        raise InvalidConstraints(_headline(problems), problems=tuple(problems[:MAX_PROBLEMS]))
    return values


def parse_given_constraints(given: Mapping[str, object], *, catalogue: ConstraintCatalogue) -> Given:
    """Constraints handed in beside the words: plain values, and None for a field whose words null takes back.

    Raises: InvalidConstraints.
    """
    values = parse_constraint_data(given, catalogue=catalogue)
    return {field.name: values.get(field.name) for field in catalogue.fields if field.name in given}


def _headline(problems: list[FieldProblem]) -> str:
    first = problems[0]
    more = "" if len(problems) == 1 else f" (and {len(problems) - 1} more)"
    return f"constraints: {first.pointer} {first.detail}{more}"


def _pointer(*parts: object) -> str:
    return "/" + "/".join(str(part)[:80].replace("~", "~0").replace("/", "~1") for part in ("constraints", *parts))


def _unknown_field(name: str, *, catalogue: ConstraintCatalogue) -> FieldProblem:
    near = closest(name, catalogue.by_name)
    remedy = f"did you mean {near}?" if near else "use a field of the constraint catalogue, such as budget_usd_month"
    return FieldProblem(pointer=_pointer(name), detail="is not a known field", remedy=remedy)


def _parse(field: Field, value: object) -> Plain | FieldProblem:
    match field.type:
        case FieldType.STRING:
            return _parse_string(field, value)
        case FieldType.ENUM:
            return _parse_word(field, value, pointer=_pointer(field.name))
        case FieldType.LIST:
            return _parse_list(field, value)
        case FieldType.NUMBER | FieldType.INTEGER:
            return _parse_number(field, value)
        case FieldType.BOOLEAN:
            if isinstance(value, bool):
                return value
            return _problem(
                field, f"must be true or false, found {_shown(value)}", "write true or false without quotes"
            )


def _problem(field: Field, detail: str, remedy: str) -> FieldProblem:
    return FieldProblem(pointer=_pointer(field.name), detail=detail, remedy=remedy)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _parse_string(field: Field, value: object) -> Plain | FieldProblem:
    if not isinstance(value, str):
        return _problem(field, f"must be text, found {_shown(value)}", "write a short sentence in quotes")
    text = value.strip()
    if not text:
        return _problem(field, "is empty", "write a short sentence or leave the field out")
    if len(text) > MAX_TEXT_CHARS or "\x00" in text:
        return _problem(field, f"must be printable text of at most {MAX_TEXT_CHARS} characters", "shorten the text")
    return text


def _parse_word(field: Field, value: object, *, pointer: str) -> str | FieldProblem:
    if value is False and "none" in field.enum:
        # YAML readers turn the bare words `no` and `off` into false.
        value = "none"
    if not isinstance(value, str):
        detail = f"must be one of its words, found {_shown(value)}"
        return FieldProblem(pointer=pointer, detail=detail, remedy=f"use one of: {', '.join(field.enum)}")
    word = normal_word(value)
    if word in field.enum:
        return word
    near = closest(value, field.enum)
    hint = f"did you mean {near}? " if near else ""
    return FieldProblem(
        pointer=pointer,
        detail=f"{_shown(value)} is not a value of it",
        remedy=f"{hint}use one of: {', '.join(field.enum)}",
    )


def _parse_list(field: Field, value: object) -> Plain | FieldProblem:
    items = value if isinstance(value, list | tuple) else [value]
    if not items or len(items) > MAX_LIST_ITEMS:
        return _problem(field, f"must hold 1 to {MAX_LIST_ITEMS} items", "leave the field out when nothing is known")
    words: list[str] = []
    for index, item in enumerate(items):
        pointer = _pointer(field.name, index) if isinstance(value, list | tuple) else _pointer(field.name)
        word = _parse_word(field, item, pointer=pointer) if field.enum else _parse_region(item, pointer=pointer)
        if isinstance(word, FieldProblem):
            return word
        if word not in words:
            words.append(word)
    if "none" in words and len(words) > 1:
        return _problem(field, "says none together with other values", "say none alone, or leave none out")
    return words


def _parse_region(item: object, *, pointer: str) -> str | FieldProblem:
    if not isinstance(item, str) or not item.strip():
        detail = f"must be a region code, found {_shown(item)}"
        return FieldProblem(pointer=pointer, detail=detail, remedy="write a region code such as eu-west-1")
    code = item.strip().lower()
    if code in KNOWN_REGIONS:
        return code
    near = region_of_place(item) or closest_region(code)
    remedy = f"did you mean {near}?" if near else "write a region code such as us-east-1 or eu-west-1"
    return FieldProblem(pointer=pointer, detail=f"{_shown(item)} is not a known region code", remedy=remedy)


def closest_region(code: str) -> str | None:
    """The region code nearest to a mistyped one, or None."""
    return closest(code.replace("_", "-"), [one.replace("-", "_") for one in KNOWN_REGIONS]) and _nearest(code)


def _nearest(code: str) -> str | None:
    near = closest(code, [one.replace("-", "_") for one in KNOWN_REGIONS])
    return None if near is None else near.replace("_", "-")


def _parse_number(field: Field, value: object) -> Plain | FieldProblem:
    unit = field.unit or "number"
    if isinstance(value, str):
        return _problem(
            field,
            f"must be a number in {unit}, found {_shown(value)}",
            f"write the number alone, in {unit}, without quotes",
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _problem(
            field, f"must be a number in {unit}, found {_shown(value)}", f"write the number alone, in {unit}"
        )
    if not math.isfinite(value):
        return _problem(field, "must be a finite number", "leave the field out when there is no limit")
    outside = _outside_range(field, value)
    if outside:
        return outside
    if field.type is FieldType.INTEGER and value != int(value):
        return _problem(field, f"must be a whole number of {unit}, found {_shown(value)}", "round it")
    return tidy_number(value, field=field)


def _outside_range(field: Field, value: float) -> FieldProblem | None:
    low, high = field.minimum, field.maximum
    unit = field.unit or "number"
    if low is not None and value < low:
        remedy = f"give a value in {unit} between {low:g} and {high:g}"
        if field.unit == "percent" and 0 < value <= 1:
            remedy = f"give percent: {value * 100:g} instead of {value:g}"
        return _problem(field, f"must not be below {low:g} {unit}, found {value:g}", remedy)
    if high is not None and value > high:
        detail = f"must not be above {high:g} {unit}, found {value:g}"
        return _problem(field, detail, f"check the unit: the value is read in {unit}")
    return None


def tidy_number(value: float, *, field: Field) -> int | float:
    """The same number without a needless decimal point, so that 500 and 500.0 give the same bytes."""
    if isinstance(value, int) or field.type is FieldType.INTEGER or float(value).is_integer():
        return int(value)
    return float(f"{value:.12g}")
