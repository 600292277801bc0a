"""Finds constraint data that stands inside plain words: lines in our field names, or a JSON object that uses them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import yaml

from decisionworks.projects.errors import InvalidConstraints
from decisionworks.projects.model import ConstraintCatalogue, Plain, RequestDocument
from decisionworks.projects.parse_constraint_data import parse_constraint_data

_LINE = re.compile(
    r"^[ \t]*(?:[-*•][ \t]+)?\"?(?P<name>[a-z][a-z0-9_]{2,40})\"?[ \t]*[:=][ \t]*(?P<value>\S[^\n]{0,400})$",
    re.MULTILINE,
)
# “cloud: AWS” is what anybody writes in a list; two names such as `latency_p95_ms` are a form that was filled in.
LEAST_NAMES = 2
MOST_OBJECTS = 5


def take_inline_data(text: str, *, catalogue: ConstraintCatalogue) -> RequestDocument:
    """The words with the data blanked, so that places stay places, and the data; what no field can hold stays words."""
    found = [*_lines(text, catalogue), *_objects(text, catalogue)]
    if sum("_" in name for _, values in found for name in values) < LEAST_NAMES:
        return RequestDocument(text=text, data={})
    data: dict[str, object] = {}
    for (start, end), values in found:
        data.update(values)
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return RequestDocument(text=text, data=data)


def _lines(text: str, catalogue: ConstraintCatalogue) -> Iterator[tuple[tuple[int, int], dict[str, Plain]]]:
    for match in _LINE.finditer(text):
        if match["name"] not in catalogue.by_name:
            continue
        try:
            value = yaml.safe_load(match["value"])
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
        if values := _accepted({match["name"]: value}, catalogue):
            yield match.span(), values


def _objects(text: str, catalogue: ConstraintCatalogue) -> Iterator[tuple[tuple[int, int], dict[str, Plain]]]:
    decoder, at = json.JSONDecoder(), 0
    for _ in range(MOST_OBJECTS):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            loaded, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        nested = loaded.get("constraints") if isinstance(loaded, Mapping) else None
        record = nested if isinstance(nested, Mapping) else loaded
        if isinstance(record, Mapping) and (values := _accepted(record, catalogue)):
            yield (at, end), values
        at = end


def _accepted(record: Mapping[str, object], catalogue: ConstraintCatalogue) -> dict[str, Plain]:
    """The entries that are values of our fields."""
    accepted: dict[str, Plain] = {}
    for name, value in record.items():
        if name in catalogue.by_name:
            try:
                accepted |= parse_constraint_data({name: value}, catalogue=catalogue)
            except InvalidConstraints:
                continue
    return accepted
