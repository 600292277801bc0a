"""Typed reads of plain constraint values."""

from __future__ import annotations

from collections.abc import Mapping


def items_of(values: Mapping[str, object], field: str) -> tuple[str, ...]:
    """A value as a list of words, empty when it is none."""
    value = values.get(field)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def number_of(values: Mapping[str, object], field: str, default: float = 0.0) -> float:
    """A value as a number, or the default."""
    value = values.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def trains(values: Mapping[str, object]) -> bool:
    """Whether a model is trained here."""
    return values.get("training_compute") != "none"
