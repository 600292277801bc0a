"""The provider that needs no network and no key: each task is answered by written rules, the same way every time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from decisionworks.kit.errors import Broken
from decisionworks.llm.call_site import CallSite
from decisionworks.llm.model import OFFLINE, StructuredAnswer, StructuredQuestion

Rules = Callable[[Mapping[str, Any]], Mapping[str, Any]]
RULES = "rules"


class OfflineProvider:
    """Answers by rules that the graphs hand in, one function a task; they run in a thread, off the event loop."""

    def __init__(self, rules: Mapping[str, Rules]) -> None:
        self._rules = dict(rules)

    async def answer(self, question: StructuredQuestion, site: CallSite) -> StructuredAnswer:  # noqa: ARG002 the rules know no site
        """Answer by the task's rules.

        Raises: Broken, no rules are known for the task.
        """
        return StructuredAnswer(
            content=await self.apply(question.task, question.material), provider=OFFLINE, model=RULES
        )

    async def apply(self, task: str, material: Mapping[str, Any]) -> Mapping[str, Any]:
        """Apply a task's rules to its material.

        Raises: Broken, no rules are known for the task.
        """
        rules = self._rules.get(task)
        if rules is None:
            raise Broken(f"the offline provider has no rules for the task {task!r}")
        return await asyncio.to_thread(rules, material)
