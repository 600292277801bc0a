"""Thresholds: the numbers of rules that a project may set for itself, and how rules are read with them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping

from decisionworks.policy.errors import UnfitThreshold
from decisionworks.policy.model import Policy, PolicyBook, Threshold

_NAME = "threshold"
Condition = Mapping[str, object]


def threshold_named(name: str, *, book: PolicyBook) -> Threshold:
    """The threshold of this name.

    Raises: UnfitThreshold.
    """
    known = book.thresholds.get(name)
    if known is None:
        close = difflib.get_close_matches(name, book.thresholds, n=1)
        remedy = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(book.thresholds))}"
        raise UnfitThreshold("/name", f"no threshold is called {name}", remedy)
    return known


def check_threshold(name: str, value: float, *, book: PolicyBook) -> Threshold:
    """The threshold of this name, when it may have this value.

    Raises: UnfitThreshold.
    """
    known = threshold_named(name, book=book)
    if not (math.isfinite(value) and known.minimum <= value <= known.maximum):
        bounds = f"from {known.minimum:g} to {known.maximum:g} {known.unit}"
        raise UnfitThreshold("/value", f"{name} goes {bounds}, not {value:g}", f"name a value {bounds}")
    return known


def thresholds_of(policy: Policy) -> list[str]:
    """The names of the thresholds that a rule compares with, each once."""
    return list(dict.fromkeys(str(leaf[_NAME]) for leaf in leaves(policy.fires_when) if _NAME in leaf))


def with_values(condition: Condition, values: Mapping[str, float]) -> Condition:
    """The condition with numbers in place of the names of thresholds."""
    for combinator in ("all", "any"):
        parts = condition.get(combinator)
        if isinstance(parts, list):
            return {combinator: [with_values(part, values) for part in parts]}
    inner = condition.get("not")
    if isinstance(inner, Mapping):
        return {"not": with_values(inner, values)}
    if _NAME not in condition:
        return condition
    place = "factor" if "value_from" in condition else "value"
    plain = {key: value for key, value in condition.items() if key != _NAME}
    return plain | {place: values[str(condition[_NAME])]}


def values_of(book: PolicyBook, chosen: Mapping[str, float]) -> dict[str, float]:
    """Every threshold: the project's own value where it is set and still fits, the product's elsewhere."""
    return {
        name: chosen[name] if name in chosen and one.minimum <= chosen[name] <= one.maximum else one.default
        for name, one in book.thresholds.items()
    }


def leaves(condition: Condition) -> Iterator[Condition]:
    """The comparisons of a condition, in reading order."""
    for combinator in ("all", "any"):
        parts = condition.get(combinator)
        if isinstance(parts, list):
            for part in parts:
                yield from leaves(part)
            return
    inner = condition.get("not")
    if isinstance(inner, Mapping):
        yield from leaves(inner)
    else:
        yield condition
