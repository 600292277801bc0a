"""The nouns of asking a model: the question, the answer, who gave it, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel

from decisionworks.llm.path_rules import PathRules

if TYPE_CHECKING:
    from decisionworks.llm.prompt_pack import PromptPack

OFFLINE = "offline"


class Finish(StrEnum):
    """Why a model stopped."""

    COMPLETE = "complete"
    TOO_LONG = "too_long"
    REFUSED = "refused"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens by kind, with one meaning for all vendors: the four kinds do not overlap.

    `reasoning_tokens` is the part of `output_tokens` that was thought and not said.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_input(self) -> int:
        """Everything that was read, from a cache or not."""
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens

    def __add__(self, other: Usage) -> Usage:
        """The tokens of two calls."""
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A model that was left for the next one, and why."""

    provider: str
    name: str
    reason: str

    def to_json(self) -> dict[str, str]:
        """The switch as a card shows it."""
        return {"provider": self.provider, "name": self.name, "reason": self.reason}


Check = Callable[[BaseModel], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredQuestion:
    """One question: a named task, the material as data, and how it is put to a model.

    `shape` is what an answer must be; `check` says what is still wrong with one that has the shape. `parts` become the
    prompt: trusted ones are ours, untrusted ones are delimited and marked as data. The offline rules read `material`.
    `files` are shown as data too, or lie in the work tree of a model that has one; `rules` say which may be written.
    """

    task: str
    material: Mapping[str, Any]
    pack: PromptPack
    shape: type[BaseModel]
    trusted: Mapping[str, str] = field(default_factory=dict)
    untrusted: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    rules: PathRules | None = None
    check: Check = lambda _answer: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredAnswer:
    """A JSON answer and who gave it; `tries` counts how often the question had to be put to the one who answered.

    Units: `cost_usd` is US dollars. Tokens and cost are those of every call that this question took.
    """

    content: Mapping[str, Any]
    provider: str
    model: str
    usage: Usage = field(default_factory=Usage)
    cost_usd: float = 0.0
    tries: int = 1
    sampling: Mapping[str, float] | None = None
    switches: tuple[Switch, ...] = ()
    question_key: str | None = None

    @property
    def is_offline(self) -> bool:
        """Whether the written rules answered."""
        return self.provider == OFFLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorPrompt:
    """What goes over the wire to one vendor: the system text, the turns so far and the schema of the answer.

    `files` and `rules` are for models with a work tree; for the others the files are part of the turns.
    """

    model: str
    system: str
    turns: Sequence[tuple[str, str]]
    schema: Mapping[str, Any]
    schema_name: str
    max_output_tokens: int
    sampling: Mapping[str, float] | None
    files: Mapping[str, str] = field(default_factory=dict)
    rules: PathRules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAnswer:
    """What came back, before anybody looked at it; `requests` counts those that the vendor bills one by one."""

    text: str
    finish: Finish
    usage: Usage
    request_id: str | None
    requests: int = 1


class VendorClient(Protocol):
    """Speaks one vendor's protocol."""

    async def send(self, prompt: VendorPrompt, *, timeout_s: float) -> VendorAnswer:
        """Send one request, once.

        Raises: VendorFault.
        """
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...
