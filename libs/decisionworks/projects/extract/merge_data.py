"""Lays constraint data over what the text said: data is stated, a difference is never passed over, null withdraws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.constraint_values import unsaid
from decisionworks.projects.model import (
    Assumption,
    Constraints,
    ConstraintValue,
    Contradiction,
    Plain,
    ValueState,
)

OnMissing = Literal["ask", "assume"]


def merge_data(
    constraints: Constraints, data: Mapping[str, Plain | None], *, on_missing: OnMissing
) -> tuple[Constraints, list[Contradiction], list[Assumption]]:
    """The constraints with data applied; where the text states otherwise, a conflict to ask about or an assumption.

    None takes back what the text says of a field: it is as open as if nobody had spoken of it, and that is listed.
    """
    merged = dict(constraints)
    contradictions: list[Contradiction] = []
    assumptions: list[Assumption] = []
    for name, value in data.items():
        said = constraints[name]
        if value is None:
            merged[name], taken_back = _withdrawn(name, said)
            assumptions += taken_back
            continue
        if not _differs(name, said, value):
            merged[name] = _from_data(value, said, note="given as data")
            continue
        quote = f"“{said.span.text}”" if said.span else f"{said.value}"
        why = f"{name}: the text says {quote}, the data says {shown(value)}"
        if on_missing == "ask":
            merged[name] = ConstraintValue(
                value=value, state=ValueState.CONFLICTING, span=said.span, confidence=0.5, reason=why
            )
            contradictions.append(Contradiction(fields=(name,), spans=(said.span,) if said.span else (), why=why))
        else:
            merged[name] = _from_data(value, said, note=f"given as data; {why}")
            assumptions.append(Assumption(field=name, value=value, effect=f"{why}; the data counts"))
    return merged, contradictions, assumptions


def _withdrawn(name: str, said: ConstraintValue) -> tuple[ConstraintValue, list[Assumption]]:
    open_again = unsaid(load_constraint_catalogue().by_name[name])
    if said.value is None or said.state in (ValueState.DEFAULTED, ValueState.MISSING):
        return open_again, []
    quote = f"“{said.span.text}”" if said.span else shown(said.value)
    why = f"{name}: the text says {quote}, null in the constraints takes it back"
    return replace(open_again, reason=why), [Assumption(field=name, value=open_again.value, effect=why)]


def _from_data(value: Plain, said: ConstraintValue, *, note: str) -> ConstraintValue:
    span = said.span if said.is_known and said.value == value else None
    return ConstraintValue(value=value, state=ValueState.STATED, span=span, confidence=1.0, reason=note)


def _differs(name: str, said: ConstraintValue, value: Plain) -> bool:
    if said.state is not ValueState.STATED or name == "use_case_summary":
        return False
    if isinstance(said.value, list) and isinstance(value, list):
        return sorted(said.value) != sorted(value)
    if isinstance(value, int | float) and isinstance(said.value, int | float):
        return abs(value - said.value) > 0.02 * max(abs(value), abs(said.value))
    return said.value != value


def shown(value: Plain) -> str:
    """A plain value in a sentence."""
    return ", ".join(value) if isinstance(value, list) else str(value)
