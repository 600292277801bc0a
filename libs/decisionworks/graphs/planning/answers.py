"""What models may answer to each planning task; the packs' `schema.json` says the same to the vendors."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Reading(_Answer):
    """One value that the request states or implies, with the words that say so."""

    field: str = Field(max_length=80)
    value: str | int | float | bool | list[str]
    quote: str = Field(min_length=1, max_length=600)
    is_stated: bool
    confidence: float = Field(ge=0, le=1)


class Readings(_Answer):
    """A model's reading of a request."""

    readings: list[Reading] = Field(max_length=120)


class PutQuestion(_Answer):
    """One open question in the user's language."""

    field: str = Field(max_length=80)
    text: str = Field(min_length=8, max_length=320)


class PutQuestions(_Answer):
    """The open questions in the user's language."""

    questions: list[PutQuestion] = Field(max_length=8)


class Objection(_Answer):
    """What the planner could be asked to do instead."""

    verb: Literal["exclude", "require"]
    pattern: str = Field(max_length=80)


class Finding(_Answer):
    """One remark on a plan; `cites` names the element of the plan that it rests on."""

    severity: Literal["high", "medium", "low"]
    finding: str = Field(min_length=8, max_length=500)
    cites: str = Field(min_length=1, max_length=120)
    because: str = Field(max_length=500)
    proposal: str = Field(max_length=400)
    objection: Objection | None


class Findings(_Answer):
    """A critic's remarks."""

    findings: list[Finding] = Field(max_length=12)


class Sentence(_Answer):
    """One sentence of an argument, with the elements of the plan that it rests on."""

    text: str = Field(min_length=8, max_length=500)
    cites: list[str] = Field(min_length=1, max_length=8)


class Argument(_Answer):
    """Why the plan is as it is, in prose."""

    sentences: list[Sentence] = Field(max_length=12)
