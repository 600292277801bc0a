"""Nouns of the intake: fields, values with their source, and what a reading of a request found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Plain: TypeAlias = str | int | float | bool | list[str]
Constraints: TypeAlias = "dict[str, ConstraintValue]"
# None withdraws what the words say of a field.
Given: TypeAlias = "dict[str, Plain | None]"
Question: TypeAlias = dict[str, object]


class ValueState(StrEnum):
    """How a value came to be known, or why it is not."""

    STATED = "stated"
    INFERRED = "inferred"
    DEFAULTED = "defaulted"
    MISSING = "missing"
    CONFLICTING = "conflicting"


class FieldType(StrEnum):
    """The shape of a field's value."""

    STRING = "string"
    ENUM = "enum"
    LIST = "list"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that the intake wants to know, with its vocabulary, weight and question."""

    name: str
    type: FieldType
    group: str
    mandatory: bool
    default: Plain | None
    weight: int
    question: str
    enum: tuple[str, ...] = ()
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    applies_when: Mapping[str, object] | None = None
    phrasing_examples: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintCatalogue:
    """Every field, in the order in which values are shown; `version` is the digest of the catalogue's file."""

    fields: tuple[Field, ...]
    by_name: Mapping[str, Field]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where in the request something was said. Units: character offsets, end exclusive."""

    start: int
    end: int
    text: str

    def to_json(self) -> dict[str, object]:
        """The span as the outside sees it."""
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintValue:
    """What is known about one field, and from where."""

    value: Plain | None
    state: ValueState
    span: Span | None = None
    confidence: float = 0.0
    reason: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether somebody said it or it follows from what was said."""
        return self.state in (ValueState.STATED, ValueState.INFERRED)

    def to_json(self) -> dict[str, object]:
        """The value as the outside sees it."""
        return {
            "value": self.value,
            "state": self.state.value,
            "span": None if self.span is None else self.span.to_json(),
            "confidence": self.confidence,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UntrustedInstruction:
    """An order found inside the request: quoted to the approver, never followed."""

    span: Span
    kind: str

    def to_json(self) -> dict[str, object]:
        """The instruction as the outside sees it."""
        return {"span": {"start": self.span.start, "end": self.span.end}, "text": self.span.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenUse:
    """Words that name a use which the law forbids; a person decides whether they mean it."""

    use: str
    span: Span

    def to_json(self) -> dict[str, object]:
        """The use as findings keep it."""
        return {"use": self.use, "span": self.span.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two statements of one request that cannot both hold."""

    fields: tuple[str, ...]
    spans: tuple[Span, ...]
    why: str

    def to_json(self) -> dict[str, object]:
        """The contradiction as the outside sees it."""
        return {"fields": list(self.fields), "spans": [span.to_json() for span in self.spans], "why": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value that nobody said and the plan rests on, with what would change if it were wrong."""

    field: str
    value: Plain | None
    effect: str

    def to_json(self) -> dict[str, object]:
        """The assumption as the outside sees it."""
        return {"field": self.field, "value": self.value, "effect": self.effect}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Everything that one reading of a request found."""

    constraints: Constraints
    language: str
    untrusted_instructions: tuple[UntrustedInstruction, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    forbidden_uses: tuple[ForbiddenUse, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what matters is known.

    Units: `score` and `progress` are 0 to 100. `score` counts what applies as far as is known, so an answer that makes
    more fields apply can lower it; `progress` counts what may still apply in, so that no answer ever does.
    """

    score: float
    missing_fields: tuple[str, ...]
    progress: float

    def to_json(self) -> dict[str, object]:
        """The coverage as the outside sees it."""
        return {"score": self.score, "missing_fields": list(self.missing_fields), "progress": self.progress}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDocument:
    """A request as handed in: its words, and the constraint data found beside or inside them."""

    text: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEffect:
    """How much the answer to a question could change. Units: `usd` is United States dollars a month; None: none."""

    score: float
    usd: float | None = None
