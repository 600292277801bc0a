"""The port to a model: what is asked, what is answered, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredQuestion:
    """One question to a model: a named task, the material as data, and the prompt pack (name@digest) it is put with."""

    task: str
    material: Mapping[str, Any]
    prompt_pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredAnswer:
    """A JSON answer, not yet validated by the asker, and who gave it.

    Units: `cost_usd` US dollars.
    """

    content: Mapping[str, Any]
    provider: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


class OrchestrationProvider(Protocol):
    """Answers structured questions."""

    async def answer(self, question: StructuredQuestion) -> StructuredAnswer:
        """Answer one question.

        Raises: RetryLater, the provider cannot answer now; Broken, it does not know the task.
        """
        ...
