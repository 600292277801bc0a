"""The JSON bodies that the API takes; unknown fields are refused with the nearest known one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from decisionworks.projects import MAX_REQUEST_BYTES

_DEEPEST = 20
_LARGEST_NUMBER = 10**300


def _readable(text: str) -> str:
    """A text that can be kept and sent: no NUL, no half of a surrogate pair."""
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    return _encodable(text)


def _encodable(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds half of a surrogate pair, which is no character")
    return text


def _keepable(value: dict[str, Any]) -> dict[str, Any]:
    """Data that can be looked at and refused field by field without upsetting anything."""
    _walk(value, depth=0)
    return value


def _walk(value: Any, *, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"is nested deeper than {_DEEPEST} levels")
    match value:
        case str():
            _encodable(value)
        case int() if abs(value) > _LARGEST_NUMBER:
            raise ValueError("holds a number with more than 300 digits")
        case dict():
            for name, one in value.items():
                _encodable(str(name))
                _walk(one, depth=depth + 1)
        case list():
            for one in value:
                _walk(one, depth=depth + 1)
        case _:
            pass


Text = Annotated[str, Field(max_length=1_000_000), AfterValidator(_readable)]
Name = Annotated[str, Field(max_length=1_000), AfterValidator(_readable)]
Data = Annotated[dict[str, Any], AfterValidator(_keepable)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewProject(_Body):
    """A project to make."""

    name: Annotated[Name, Field(description="1 to 200 printable characters, unlike every other project's name")]


class NewWaiver(_Body):
    """A rule that is accepted for a time."""

    policy: Annotated[Name, Field(description="the id of the rule, as policy_results shows it")]
    reason: Annotated[Text, Field(min_length=1, description="why the rule may be passed over")]
    expires_at: datetime = Field(description="when the waiver ends; within a year, UTC where no zone is named")
    decision_set_id: UUID | None = Field(
        default=None, description="limits the waiver to this decision set and its revisions; else the whole project"
    )


class NewThreshold(_Body):
    """A number of the rules that a project sets for itself."""

    value: float = Field(allow_inf_nan=False, description="in the unit of the threshold, within its bounds")
    reason: Annotated[Text, Field(min_length=1, description="why the project has a limit of its own")]
    decision_set_id: UUID | None = Field(
        default=None, description="a decision set of the project that is planned again and judged by the new number"
    )


class ChangedProject(_Body):
    """What of a project is to change."""

    keeps_model_texts: bool = Field(
        description="whether prompts and answers of models are kept, redacted; false also removes those that are there"
    )


class NewDecisionSet(_Body):
    """A request for a plan: words, constraints, or both."""

    request: Text | None = Field(
        default=None, description=f"free text, Markdown, YAML or JSON, at most {MAX_REQUEST_BYTES // 1024} KiB"
    )
    constraints: Data | None = Field(
        default=None,
        description="plain values of the constraint catalogue; null takes back what the words say of a field",
        examples=[{"budget_usd_month": 500}],
    )
    parent_id: UUID | None = Field(default=None, description="the decision set that this one follows")
    metadata: Data | None = Field(default=None, description="kept and shown, never interpreted; 16 KiB")
    on_missing: Literal["ask", "assume"] = Field(
        default="ask", description="ask for what is missing, or plan on with listed assumptions"
    )


class Answers(_Body):
    """Answers to the intake's questions: by field, or in words."""

    answers: Data | None = Field(default=None, examples=[{"budget_usd_month": 500, "cloud": "aws"}])
    message: Text | None = Field(default=None, description="answers in words")


class Decision(_Body):
    """A decision at the gate; `version` or `plan_hash` name what the caller looked at."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    plan_hash: Name | None = None
    comment: Text | None = None


class NoBody(_Body):
    """Nothing."""


class Revision(_Body):
    """What changes against the parent: constraints, words, or both."""

    constraints: Data | None = Field(default=None, examples=[{"budget_usd_month": 900}])
    message: Text | None = None


class Variant(_Body):
    """One of several plans to compare: what it changes against what they share."""

    name: Annotated[Name, Field(min_length=1, max_length=80)]
    constraints: Data = Field(default_factory=dict, examples=[{"budget_usd_month": 200}])


def _named_apart(variants: list[Variant]) -> list[Variant]:
    if len({variant.name for variant in variants}) < len(variants):
        raise ValueError("two variants have the same name")
    return variants


Variants = Annotated[list[Variant], Field(min_length=1, max_length=8), AfterValidator(_named_apart)]


class PlanPreview(_Body):
    """What a plan would be: words, constraints, or changes against a decision set; one of them, or several variants."""

    request: Text | None = Field(
        default=None, description="words, as for a new decision set; with a base, what changes against it"
    )
    constraints: Data | None = Field(
        default=None, description="plain values of the constraint catalogue", examples=[{"budget_usd_month": 500}]
    )
    base_decision_set_id: UUID | None = Field(default=None, description="the decision set to start from")
    variants: Variants | None = Field(
        default=None, description="up to eight sets of constraints, each on top of `constraints`, to compare"
    )


class ChatMessage(_Body):
    """One message of a conversation."""

    role: Literal["user", "assistant", "system"]
    content: Text


class Chat(_Body):
    """A conversation; the last message is the one that is answered."""

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    thread_id: Name | None = Field(default=None, description="the decision set that the conversation is about")
    project_id: Name | None = Field(default=None, description="for a new thread; default: the token's default project")


class NewSchedule(_Body):
    """A decision set that is planned again at set times."""

    name: Name
    cron: Annotated[str, Field(max_length=200)]
    decision_set_id: UUID
    kind: Literal["replan"] = "replan"
    time_zone: Annotated[str, Field(max_length=100)] = "UTC"
    missed: Literal["skip", "last", "all"] = "last"


class NewLimit(_Body):
    """How many jobs of a project may run at once; null for no limit."""

    max_running: Annotated[int, Field(ge=1, le=100_000)] | None
