"""The models that may answer a node's questions, in order, with the written rules last where the node allows it.

A model that cannot be reached, refuses, or would cost too much is left for the next one, and the card says so. A model
that answers is asked at most three times for a usable answer; then that rests in quarantine and the node fails.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from decisionworks.kit.canonical import canonical_json, digest_of
from decisionworks.kit.redact import redact
from decisionworks.llm.call_site import CallSite
from decisionworks.llm.errors import AnswerQuarantined, BudgetExceeded, FaultKind, ModelRefused, ModelUnavailable
from decisionworks.llm.ledger import CallOutcome, CallRecord, HeardBefore, heard_before, record_call
from decisionworks.llm.line import Heard, Line, Patience, SeriesFailed
from decisionworks.llm.model import (
    Finish,
    StructuredAnswer,
    StructuredQuestion,
    Switch,
    Usage,
    VendorAnswer,
    VendorPrompt,
)
from decisionworks.llm.prompting import feedback_turn, first_turns, system_text
from decisionworks.llm.provider import OrchestrationProvider
from decisionworks.llm.tracing import Tracer
from decisionworks.llm.validate_answer import read_answer

log = structlog.get_logger(__name__)

MOST_TRIES = 3
_LONG_ANSWER = 5_000


class _Left(Exception):
    """This model is left for the next one."""

    def __init__(self, reason: str, *, error: Exception | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.error = error
        self.retry_after_s = retry_after_s


@dataclass(slots=True)
class _Asking:
    """One question on its way: where it comes from, its key, and what was heard so far."""

    question: StructuredQuestion
    site: CallSite
    key: str
    heard: list[HeardBefore]
    deadline: float
    usage: Usage = field(default_factory=Usage)
    cost_usd: float = 0.0

    def count(self, usage: Usage, cost_usd: float) -> None:
        self.usage += usage
        self.cost_usd += cost_usd

    def known(self, line: Line, attempt: int) -> HeardBefore | None:
        """What an earlier attempt of the run heard from this model to this try."""
        for one in self.heard:
            if (one.provider, one.model, one.attempt) == (line.card.provider, line.card.id, attempt):
                return one
        return None


class ModelLadder:
    """Asks one model after the other."""

    def __init__(
        self, lines: Sequence[Line], *, last: OrchestrationProvider | None, patience: Patience, tracer: Tracer
    ) -> None:
        self._lines = tuple(lines)
        self._last = last
        self._patience = patience
        self._tracer = tracer

    @property
    def is_required(self) -> bool:
        """Whether a model has to answer, for no rules are the last."""
        return self._last is None

    @property
    def label(self) -> str:
        """The models in order, as node keys name them."""
        names = [line.card.label for line in self._lines] + (["offline"] if self._last is not None else [])
        return ",".join(names)

    async def answer(self, question: StructuredQuestion, site: CallSite) -> StructuredAnswer:
        """Answer one question.

        Raises: ModelUnavailable, ModelRefused, BudgetExceeded, AnswerQuarantined; LeaseLost.
        """
        key = digest_of([
            str(site.decision_set_id), site.node, question.task, question.pack.digest, self.label,
            dict(question.trusted), dict(question.untrusted), dict(question.files),
        ])  # fmt: skip
        asking = _Asking(
            question=question,
            site=site,
            key=key,
            heard=await heard_before(site, key) if site.may_have_asked else [],
            deadline=0.0,
        )
        switches: list[Switch] = []
        last: _Left | None = None
        for line in self._lines:
            await line.open()  # loading an SDK is no part of a call's time
            asking.deadline = time.monotonic() + self._patience.deadline_s
            try:
                answer = await self._climb(line, asking)
            except _Left as left:
                log.warning("model.left", model=line.card.label, reason=left.reason, node_name=site.node)
                switches.append(Switch(provider=line.card.provider, name=line.card.id, reason=left.reason))
                last = left
                continue
            return replace(answer, switches=tuple(switches))
        if self._last is not None:
            answer = await self._last.answer(question, site)
            return replace(
                answer,
                usage=asking.usage,
                cost_usd=asking.cost_usd,
                switches=tuple(switches),
                question_key=key if switches else None,
            )
        raise _nobody(question.task, switches, last)

    async def _climb(self, line: Line, asking: _Asking) -> StructuredAnswer:
        """Put the question to one model until its answer can be used.

        Raises: _Left, AnswerQuarantined.
        """
        question = asking.question
        turns = first_turns(question, in_tree=line.has_work_tree)
        problems: list[str] = []
        for attempt in range(1, MOST_TRIES + 1):
            text, content, problems = await self._try(line, asking, turns, attempt)
            if content is not None:
                return StructuredAnswer(
                    content=content,
                    provider=line.card.provider,
                    model=line.card.id,
                    usage=asking.usage,
                    cost_usd=round(asking.cost_usd, 6),
                    tries=attempt,
                    sampling=_sampling(line),
                    question_key=asking.key,
                )
            turns = [
                *turns,
                ("assistant", text or "(empty)"),
                ("user", feedback_turn(problems, in_tree=line.has_work_tree)),
            ]
        raise await self._quarantine(line, asking, text, problems)

    async def _try(
        self, line: Line, asking: _Asking, turns: list[tuple[str, str]], attempt: int
    ) -> tuple[str, Mapping[str, Any] | None, list[str]]:
        """One try: its text, and the content or what is wrong with it."""
        known = asking.known(line, attempt)
        if known is not None and known.outcome in ("failed", "refused"):
            asking.count(known.usage, known.cost_usd)
            raise _Left(f"{known.detail or known.outcome} (before this attempt)")
        if known is not None and known.answer is not None:
            asking.count(known.usage, known.cost_usd)
            content, problems = await _reread(asking.question, known.answer)
            return known.answer, content, problems
        prompt = _prompt(line, asking.question, turns)
        try:
            heard = await line.ask(prompt, asking.site, deadline=asking.deadline)
        except BudgetExceeded as error:
            raise _Left(error.message, error=error) from error
        except SeriesFailed as failed:
            await self._record_failure(line, asking, failed, attempt)
            raise _Left(
                f"{failed.fault.kind}: {failed.fault.detail}", retry_after_s=failed.fault.retry_after_s
            ) from failed
        return await self._judge(line, asking, prompt, heard, attempt)

    async def _judge(
        self, line: Line, asking: _Asking, prompt: VendorPrompt, heard: Heard, attempt: int
    ) -> tuple[str, Mapping[str, Any] | None, list[str]]:
        answer = heard.answer
        is_refused = answer.finish is Finish.REFUSED
        content, problems = (None, ["refused"]) if is_refused else await _read(asking.question, answer)
        outcome: CallOutcome = "refused" if is_refused else "invalid" if content is None else "answered"
        cost_usd = line.card.cost_of(answer.usage, requests=answer.requests)
        asking.count(answer.usage, cost_usd)
        record = CallRecord(
            task=asking.question.task,
            question_key=asking.key,
            attempt=attempt,
            provider=line.card.provider,
            model=line.card.id,
            prompt_pack=asking.question.pack.label,
            outcome=outcome,
            finish_reason=answer.finish.value,
            usage=answer.usage,
            cost_usd=cost_usd,
            latency_ms=heard.latency_ms,
            requests=heard.requests,
            request_id=answer.request_id,
            detail="; ".join(problems) or None,
            answer=answer.text.replace("\x00", ""),
            prompt=canonical_json([prompt.system, *map(list, prompt.turns)]),
        )
        await record_call(asking.site, record, place=heard.place)
        self._tracer.note(record)
        if is_refused:
            raise _Left(f"{FaultKind.REFUSED}: the model refused to answer")
        return answer.text, content, problems

    async def _record_failure(self, line: Line, asking: _Asking, failed: SeriesFailed, attempt: int) -> None:
        if failed.requests == 0:
            return
        cost_usd = line.card.cost_of(failed.usage)
        asking.count(failed.usage, cost_usd)
        record = CallRecord(
            task=asking.question.task,
            question_key=asking.key,
            attempt=attempt,
            provider=line.card.provider,
            model=line.card.id,
            prompt_pack=asking.question.pack.label,
            outcome="failed",
            finish_reason=failed.fault.kind.value,
            usage=failed.usage,
            cost_usd=cost_usd,
            latency_ms=failed.latency_ms,
            requests=failed.requests,
            request_id=failed.fault.request_id,
            detail=f"{failed.fault.kind}: {failed.fault.detail}",
        )
        await record_call(asking.site, record, place=None)

    async def _quarantine(self, line: Line, asking: _Asking, text: str, problems: Sequence[str]) -> AnswerQuarantined:
        """Keep the last answer for people, with all that is needed to see why it was refused."""
        payload = {
            "task": asking.question.task,
            "node": asking.site.node,
            "decision_set_id": str(asking.site.decision_set_id),
            "model": {"provider": line.card.provider, "name": line.card.id, "sampling": _sampling(line)},
            "prompt_pack": asking.question.pack.label,
            "schema": asking.question.pack.schema,
            "errors": [redact(problem) for problem in problems],
            "tries": MOST_TRIES,
            "answer": redact(text),
            "question_key": asking.key,
        }
        digest = await asking.site.keep(canonical_json(payload).encode())
        return AnswerQuarantined(
            task=asking.question.task,
            provider=line.card.provider,
            model=line.card.id,
            problems=tuple(redact(problem) for problem in problems),
            digest=digest,
        )


async def _read(question: StructuredQuestion, answer: VendorAnswer) -> tuple[Mapping[str, Any] | None, list[str]]:
    """What an answer says; one that is long, as files are, is looked through off the loop."""
    if len(answer.text) < _LONG_ANSWER:
        return read_answer(question, answer)
    return await asyncio.to_thread(read_answer, question, answer)


async def _reread(question: StructuredQuestion, text: str) -> tuple[Mapping[str, Any] | None, list[str]]:
    answer = VendorAnswer(text=text, finish=Finish.COMPLETE, usage=Usage(), request_id=None)
    return await _read(question, answer)


def _sampling(line: Line) -> Mapping[str, float] | None:
    return {"temperature": 0.0} if line.card.sampling else None


def _prompt(line: Line, question: StructuredQuestion, turns: Sequence[tuple[str, str]]) -> VendorPrompt:
    return VendorPrompt(
        model=line.card.id,
        system=system_text(question, in_tree=line.has_work_tree),
        turns=tuple(turns),
        schema=question.pack.schema,
        schema_name=question.task.replace("-", "_"),
        max_output_tokens=min(question.pack.max_output_tokens, line.card.max_output),
        sampling=_sampling(line),
        files=question.files if line.has_work_tree else {},
        rules=question.rules,
    )


def _nobody(task: str, switches: Sequence[Switch], last: _Left | None) -> Exception:
    tried = "; ".join(f"{one.provider}/{one.name}: {one.reason}" for one in switches)
    if last is not None and isinstance(last.error, BudgetExceeded):
        return last.error
    if switches and all(one.reason.startswith(FaultKind.REFUSED) for one in switches):
        return ModelRefused(f"every model refused to answer {task!r} ({tried})")
    return ModelUnavailable(
        f"no model can answer {task!r} now ({tried or 'none is configured'})",
        retry_after_s=last.retry_after_s if last is not None else None,
        remedy="wait, name another model in the settings of this node, or let the offline rules be the last",
    )
