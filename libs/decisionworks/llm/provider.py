"""The port to whoever answers structured questions."""

from __future__ import annotations

from typing import Protocol

from decisionworks.llm.call_site import CallSite
from decisionworks.llm.model import StructuredAnswer, StructuredQuestion


class OrchestrationProvider(Protocol):
    """Answers structured questions."""

    async def answer(self, question: StructuredQuestion, site: CallSite) -> StructuredAnswer:
        """Answer one question.

        Raises: ModelUnavailable, nobody can answer now; AnswerQuarantined; BudgetExceeded; Broken, an unknown task.
        """
        ...
