"""Lays a model's reading of a request beside that of the rules: agreement raises confidence, disagreement asks.

A reading counts only with a quote that stands in the request, outside of the orders found in it. Data is not touched.
What policies read is never believed from a model alone: there it can agree or ask, not state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from decisionworks.projects.errors import InvalidConstraints
from decisionworks.projects.extract.injection import find_untrusted_instructions
from decisionworks.projects.extract.merge_data import OnMissing, shown
from decisionworks.projects.model import (
    Assumption,
    ConstraintCatalogue,
    Constraints,
    ConstraintValue,
    Contradiction,
    Plain,
    Span,
    ValueState,
)
from decisionworks.projects.parse_constraint_data import parse_constraint_data

_MOST_CONFIDENT = 0.99
_ALONE = 0.8
_NEVER_READ = frozenset({"use_case_summary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReading:
    """One value that a model read, and the words that it names for it."""

    field: str
    value: object
    quote: str
    is_stated: bool
    confidence: float


@dataclass(slots=True, kw_only=True)
class MergedReading:
    """What came of laying the two readings beside each other; `dropped` says why readings did not count."""

    constraints: Constraints
    contradictions: list[Contradiction] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    agreed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    disagreed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def merge_reading(
    constraints: Constraints,
    readings: Iterable[ModelReading],
    *,
    request: str,
    untrusted: Sequence[tuple[int, int]],
    given: Mapping[str, Plain | None],
    guarded: frozenset[str],
    on_missing: OnMissing,
    catalogue: ConstraintCatalogue,
) -> MergedReading:
    """Merge a model's readings into what the rules found.

    `untrusted` are the spans of orders in the request; `guarded` are the fields that policies read.
    """
    merged = MergedReading(constraints=dict(constraints))
    seen: set[str] = set()
    for reading in readings:
        span = _span_of(reading.quote, request)
        why_not = _why_dropped(reading, span, untrusted=untrusted, given=given, catalogue=catalogue)
        value = None if why_not else _typed(reading, catalogue)
        if why_not is None and value is None:
            why_not = "not a value of the field"
        if why_not is None and reading.field in seen:
            why_not = "named twice"
        if why_not is not None or value is None or span is None:
            merged.dropped.append(f"{reading.field[:60]}: {why_not}")
            continue
        seen.add(reading.field)
        _lay(merged, reading, value, span, is_guarded=reading.field in guarded, on_missing=on_missing)
    return merged


def _why_dropped(
    reading: ModelReading,
    span: Span | None,
    *,
    untrusted: Sequence[tuple[int, int]],
    given: Mapping[str, Plain | None],
    catalogue: ConstraintCatalogue,
) -> str | None:
    if reading.field not in catalogue.by_name or reading.field in _NEVER_READ:
        return "not a field that may be read"
    if reading.field in given:
        return "given as data" if given[reading.field] is not None else "withdrawn by null in the constraints"
    if span is None:
        return "its quote is not in the request"
    if any(start < span.end and span.start < end for start, end in untrusted):
        return "its quote is part of an order"
    # The quote alone may be an order that its surroundings hide.
    if find_untrusted_instructions(span.text):
        return "its quote is an order"
    return None


def _typed(reading: ModelReading, catalogue: ConstraintCatalogue) -> Plain | None:
    try:
        return parse_constraint_data({reading.field: reading.value}, catalogue=catalogue).get(reading.field)
    except InvalidConstraints:
        return None


def _lay(
    merged: MergedReading, reading: ModelReading, value: Plain, span: Span, *, is_guarded: bool, on_missing: OnMissing
) -> None:
    name, said = reading.field, merged.constraints[reading.field]
    if said.state is ValueState.CONFLICTING:
        return
    if said.is_known and _same(said.value, value):
        confidence = 1 - (1 - said.confidence) * (1 - min(reading.confidence, 0.9))
        merged.constraints[name] = replace(said, confidence=round(min(_MOST_CONFIDENT, confidence), 3))
        merged.agreed.append(name)
        return
    if said.is_known:
        quote = f"“{said.span.text}”" if said.span else (said.reason or shown(said.value or ""))
        why = f"{name}: read as {shown(said.value or '')} from {quote}, and as {shown(value)} from “{span.text}”"
        _disagree(merged, name, said, value, span, why=why, on_missing=on_missing)
    elif is_guarded:
        why = f"{name}: a model reads {shown(value)} from “{span.text}”; policies look at it, so a person has to say it"
        _disagree(merged, name, said, value, span, why=why, on_missing=on_missing)
    else:
        merged.constraints[name] = ConstraintValue(
            value=value,
            state=ValueState.STATED if reading.is_stated else ValueState.INFERRED,
            span=span,
            confidence=round(min(_ALONE, reading.confidence), 3),
            reason="read by a model alone",
        )
        merged.added.append(name)


def _disagree(
    merged: MergedReading,
    name: str,
    said: ConstraintValue,
    value: Plain,
    span: Span,
    *,
    why: str,
    on_missing: OnMissing,
) -> None:
    """Under `ask` a question with both readings; under `assume` the rules' word counts and the difference is listed."""
    merged.disagreed.append(name)
    if on_missing == "assume":
        merged.assumptions.append(Assumption(field=name, value=said.value, effect=f"{why}; the former counts"))
        return
    kept = said.value if said.is_known else value
    merged.constraints[name] = ConstraintValue(
        value=kept, state=ValueState.CONFLICTING, span=said.span or span, confidence=0.5, reason=why
    )
    spans = tuple(one for one in (said.span, span) if one is not None)
    merged.contradictions.append(Contradiction(fields=(name,), spans=spans, why=why))


def _same(one: Plain | None, other: Plain) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= 0.02 * max(abs(one), abs(other))
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return one == other


def _span_of(quote: str, request: str) -> Span | None:
    """Where the quote stands in the request, however its white space was broken."""
    words = quote.split()
    if not words or len(quote) > 600:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), request)
    if found is None:
        found = re.search(r"\s+".join(map(re.escape, words)), request, re.IGNORECASE)
    return None if found is None else Span(start=found.start(), end=found.end(), text=found.group())
