"""From settings to who answers: one ladder of models a task, all on one set of lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from decisionworks.kit.settings import Settings
from decisionworks.llm.admission import Admission, Budgets, Limits
from decisionworks.llm.clients import PROVIDERS, VendorClients, base_url, obstacle
from decisionworks.llm.code_model import CODEGEN, CodeGenProvider, CodeModels
from decisionworks.llm.errors import InvalidModels
from decisionworks.llm.ladder import ModelLadder
from decisionworks.llm.line import Line, Patience
from decisionworks.llm.model import OFFLINE
from decisionworks.llm.model_catalogue import CLAUDE_CODE, ModelCard, ending, load_model_catalogue
from decisionworks.llm.provider import OrchestrationProvider
from decisionworks.llm.tracing import LangSmithTracer, NoTracer, Tracer

TASKS = ("extract", "question", "critic", "plan-argument", CODEGEN)
# A session that failed for its whole time is not worth a third one.
_CODE_REQUESTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDesk:
    """Who answers which task; a task without an entry is answered by the written rules alone."""

    ladders: Mapping[str, ModelLadder]
    lines: tuple[Line, ...]
    tracer: Tracer

    def ladder(self, task: str) -> ModelLadder | None:
        """The models of a task, None where it is offline."""
        return self.ladders.get(task)

    def code_models(self) -> CodeGenProvider | None:
        """Who writes code, None where nobody is asked."""
        ladder = self.ladders.get(CODEGEN)
        return None if ladder is None else CodeModels(ladder)

    def label(self, task: str) -> str:
        """The models of a task as node keys name them."""
        ladder = self.ladders.get(task)
        return OFFLINE if ladder is None else ladder.label

    def warnings(self, today: date) -> list[str]:
        """Which of the chosen models end soon, or have."""
        return [said for line in self.lines if (said := ending(line.card, today=today)) is not None]

    async def open(self) -> None:
        """Load the vendors' SDKs, which takes seconds, before a question waits for them."""
        for line in self.lines:
            await line.open()

    async def close(self) -> None:
        """Send what is traced and close every connection."""
        await self.tracer.close()
        for line in self.lines:
            await line.close()


NO_MODELS = ModelDesk(ladders={}, lines=(), tracer=NoTracer())


def open_desk(settings: Settings, *, offline: OrchestrationProvider) -> ModelDesk:
    """Who answers, by the settings; no connection is made and no SDK loaded before `open` or the first question.

    Raises: InvalidModels.
    """
    chosen = {task: _chosen(settings, task) for task in TASKS}
    required = _required(settings)
    tracer = _tracer(settings) if any(chosen.values()) else NoTracer()
    clients = VendorClients(settings)
    admission = Admission(limits=_limits(settings), budgets=_budgets(settings))
    lines: dict[tuple[str, bool], Line] = {}
    ladders: dict[str, ModelLadder] = {}
    for task, cards in chosen.items():
        patience = _patience(settings, is_code=task == CODEGEN)
        for card in cards:
            lines.setdefault(
                (card.label, task == CODEGEN),
                Line(
                    card,
                    clients.maker(card.provider),
                    admission=admission,
                    patience=patience,
                    session_usd=settings.codegen_session_usd if card.provider == CLAUDE_CODE else None,
                ),
            )
        if cards:
            ladders[task] = ModelLadder(
                [lines[card.label, task == CODEGEN] for card in cards],
                last=None if task in required else offline,
                patience=patience,
                tracer=tracer,
            )
    return ModelDesk(ladders=ladders, lines=tuple(lines.values()), tracer=tracer)


def _chosen(settings: Settings, task: str) -> list[ModelCard]:
    """The models that a setting names, or the packaged choice among those that can be asked here.

    Raises: InvalidModels.
    """
    said = str(getattr(settings, f"models_{task.replace('-', '_')}"))
    catalogue = load_model_catalogue()
    labels = [name.strip() for name in said.split(",") if name.strip()]
    if not labels:
        labels = [label for label in catalogue.defaults[task] if obstacle(settings, label.partition("/")[0]) is None]
    cards = []
    for label in labels:
        if label == OFFLINE:
            break
        provider = label.partition("/")[0]
        if provider not in PROVIDERS:
            raise InvalidModels(f"there is no provider {provider!r}", remedy=f"use one of {', '.join(PROVIDERS)}")
        if provider == CLAUDE_CODE and task != CODEGEN:
            raise InvalidModels(f"{label} writes code and cannot answer {task}", remedy=f"name it for {CODEGEN} only")
        found = obstacle(settings, provider)
        if found is not None:
            raise InvalidModels(f"{label} is to answer {task}, and {found.why}", remedy=found.remedy)
        cards.append(catalogue.get(label, is_own_server=base_url(settings, provider) is not None))
    return cards


def _required(settings: Settings) -> frozenset[str]:
    names = frozenset(name.strip() for name in settings.models_required.split(",") if name.strip())
    unknown = names - frozenset(TASKS)
    if unknown:
        raise InvalidModels(f"there is no node {sorted(unknown)[0]!r}", remedy=f"use some of {', '.join(TASKS)}")
    return names


def _patience(settings: Settings, *, is_code: bool) -> Patience:
    """How long a model is waited for; writing code takes longer than any answer."""
    requests = settings.model_requests
    return Patience(
        deadline_s=_CODE_REQUESTS * settings.codegen_session_s if is_code else settings.model_deadline_s,
        request_s=settings.codegen_session_s if is_code else settings.model_request_s,
        requests=min(_CODE_REQUESTS, requests) if is_code else requests,
        first_pause_s=settings.model_first_pause_s,
        breaker_failures=settings.model_breaker_failures,
        breaker_rest_s=settings.model_breaker_rest_s,
        hedge_after_s=None if is_code else settings.model_hedge_after_s,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(rate_per_s=settings.model_rate_per_s or None, at_once=settings.model_at_once or None)


def _budgets(settings: Settings) -> Budgets:
    return Budgets(
        call_usd=settings.model_budget_call_usd or None,
        call_tokens=settings.model_budget_call_tokens or None,
        run_usd=settings.model_budget_run_usd or None,
        run_tokens=settings.model_budget_run_tokens or None,
        month_usd=settings.model_budget_month_usd or None,
        month_tokens=settings.model_budget_month_tokens or None,
    )


def _tracer(settings: Settings) -> Tracer:
    if not settings.langsmith_tracing:
        return NoTracer()
    if settings.langsmith_api_key is None:
        raise InvalidModels(
            "LangSmith tracing is on and has no key", remedy="set DECISIONWORKS_LANGSMITH_API_KEY, or switch it off"
        )
    return LangSmithTracer(
        endpoint=settings.langsmith_endpoint,
        api_key=settings.langsmith_api_key.get_secret_value(),
        project=settings.langsmith_project,
    )
