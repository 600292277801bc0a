"""Constraints as JSON, and the plain values that planning reads from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from decisionworks.projects.errors import InvalidConstraints
from decisionworks.projects.model import (
    ConstraintCatalogue,
    Constraints,
    ConstraintValue,
    Field,
    Plain,
    Span,
    ValueState,
)


def constraints_to_json(constraints: Mapping[str, ConstraintValue]) -> dict[str, dict[str, object]]:
    """The constraints as the outside sees them, order kept."""
    return {name: value.to_json() for name, value in constraints.items()}


def constraints_from_json(record: Mapping[str, object]) -> Constraints:
    """Constraints from their JSON.

    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    return {name: _value_from_json(name, entry) for name, entry in record.items()}


def known_values(constraints: Mapping[str, ConstraintValue]) -> dict[str, Plain]:
    """What was stated or inferred, as plain values."""
    return {name: one.value for name, one in constraints.items() if one.is_known and one.value is not None}


def planning_values(constraints: Mapping[str, ConstraintValue], *, catalogue: ConstraintCatalogue) -> dict[str, Plain]:
    """What is known, and the catalogue's default where nothing is known."""
    known = known_values(constraints)
    values: dict[str, Plain] = {}
    for field in catalogue.fields:
        value = known.get(field.name, field.default)
        if value is not None:
            values[field.name] = value
    return values


def unsaid(field: Field) -> ConstraintValue:
    """The value of a field about which nothing was said."""
    if field.default is None:
        return ConstraintValue(value=None, state=ValueState.MISSING, reason="not said, and no default is safe")
    return ConstraintValue(
        value=field.default, state=ValueState.DEFAULTED, reason="not said; the default of the catalogue is used"
    )


def _value_from_json(name: str, entry: object) -> ConstraintValue:
    if not isinstance(entry, Mapping) or "state" not in entry or "value" not in entry:
        raise InvalidConstraints(f"{name} is not a constraint value with state and value")
    span = entry.get("span")
    confidence = entry.get("confidence") or 0.0
    reason = entry.get("reason")
    try:
        return ConstraintValue(
            value=cast("Plain | None", entry["value"]),
            state=ValueState(str(entry["state"])),
            span=None if span is None else Span(start=int(span["start"]), end=int(span["end"]), text=str(span["text"])),
            confidence=float(confidence),
            reason=None if reason is None else str(reason),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidConstraints(f"{name} is not a constraint value: {error}") from error
