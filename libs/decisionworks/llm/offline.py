"""The provider that needs no network and no key: each task is answered by written rules, the same way every time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from decisionworks.kit.errors import Broken
from decisionworks.llm.model import StructuredAnswer, StructuredQuestion

Rules = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class OfflineProvider:
    """Answers by rules that the graphs hand in, one function a task; they run in a thread, off the event loop."""

    def __init__(self, rules: Mapping[str, Rules]) -> None:
        self._rules = dict(rules)

    async def answer(self, question: StructuredQuestion) -> StructuredAnswer:
        """Answer by the task's rules.

        Raises: Broken, no rules are known for the task.
        """
        rules = self._rules.get(question.task)
        if rules is None:
            raise Broken(f"the offline provider has no rules for the task {question.task!r}")
        content = await asyncio.to_thread(rules, question.material)
        return StructuredAnswer(content=content, provider="offline", model="rules")
