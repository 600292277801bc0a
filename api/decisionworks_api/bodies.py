"""The JSON bodies that the API takes; unknown fields are refused with the nearest known one."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from decisionworks.projects import MAX_REQUEST_BYTES

Text = Annotated[str, Field(max_length=1_000_000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewProject(_Body):
    """A project to make."""

    name: Annotated[str, Field(description="1 to 200 printable characters, unlike every other project's name")]


class NewDecisionSet(_Body):
    """A request for a plan: words, constraints, or both."""

    request: Text | None = Field(
        default=None, description=f"free text, Markdown, YAML or JSON, at most {MAX_REQUEST_BYTES // 1024} KiB"
    )
    constraints: dict[str, Any] | None = Field(
        default=None, description="plain values of the constraint catalogue", examples=[{"budget_usd_month": 500}]
    )
    parent_id: UUID | None = Field(default=None, description="the decision set that this one follows")
    metadata: dict[str, Any] | None = Field(default=None, description="kept and shown, never interpreted; 16 KiB")
    on_missing: Literal["ask", "assume"] = Field(
        default="ask", description="ask for what is missing, or plan on with listed assumptions"
    )


class Answers(_Body):
    """Answers to the intake's questions: by field, or in words."""

    answers: dict[str, Any] | None = Field(default=None, examples=[{"budget_usd_month": 500, "cloud": "aws"}])
    message: Text | None = Field(default=None, description="answers in words")


class Decision(_Body):
    """A decision at the gate; `version` or `plan_hash` name what the caller looked at."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    plan_hash: Annotated[str, Field(max_length=128)] | None = None
    comment: Text | None = None


class NoBody(_Body):
    """Nothing."""


class Revision(_Body):
    """What changes against the parent: constraints, words, or both."""

    constraints: dict[str, Any] | None = Field(default=None, examples=[{"budget_usd_month": 900}])
    message: Text | None = None


class ChatMessage(_Body):
    """One message of a conversation."""

    role: Literal["user", "assistant", "system"]
    content: Text


class Chat(_Body):
    """A conversation; the last message is the one that is answered."""

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    thread_id: str | None = Field(default=None, description="the decision set that the conversation is about")
    project_id: str | None = Field(default=None, description="for a new thread; default: the token's default project")
