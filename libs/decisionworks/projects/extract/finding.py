"""One thing that a rule read out of a request."""

from __future__ import annotations

from dataclasses import dataclass

from decisionworks.projects.model import Plain, ValueState

# How directly a rule speaks about its field; of two findings the stronger one counts.
WEAK, FAIR, STRONG, EXPLICIT = 20, 40, 60, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A value for a field, the words it was read from and how sure the rule is. Units: offsets into the text."""

    field: str
    value: Plain
    start: int
    end: int
    state: ValueState = ValueState.STATED
    confidence: float = 0.9
    reason: str | None = None
    strength: int = STRONG


def stated(field: str, value: Plain, start: int, end: int, *, reason: str | None = None, confidence: float = 0.9,
           strength: int = STRONG) -> Finding:  # fmt: skip
    """A finding that the user said."""
    return Finding(
        field=field, value=value, start=start, end=end, reason=reason, confidence=confidence, strength=strength
    )


def inferred(field: str, value: Plain, start: int, end: int, *, reason: str, confidence: float = 0.7,
             strength: int = FAIR) -> Finding:  # fmt: skip
    """A finding that follows from what the user said."""
    return Finding(
        field=field, value=value, start=start, end=end, state=ValueState.INFERRED, confidence=confidence, reason=reason,
        strength=strength,
    )  # fmt: skip
