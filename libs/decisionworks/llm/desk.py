"""From settings to who answers: one ladder of models a task, all on one set of lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from decisionworks.kit.settings import Settings
from decisionworks.llm.admission import Admission, Budgets, Limits
from decisionworks.llm.errors import InvalidModels
from decisionworks.llm.ladder import ModelLadder
from decisionworks.llm.line import Line, Patience
from decisionworks.llm.model import OFFLINE, VendorClient
from decisionworks.llm.model_catalogue import ModelCard, ending, load_model_catalogue
from decisionworks.llm.provider import OrchestrationProvider
from decisionworks.llm.tracing import LangSmithTracer, NoTracer, Tracer

TASKS = ("extract", "question", "critic", "plan-argument")
_PROVIDERS = ("anthropic", "openai")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDesk:
    """Who answers which task; a task without an entry is answered by the written rules alone."""

    ladders: Mapping[str, ModelLadder]
    lines: tuple[Line, ...]
    tracer: Tracer

    def ladder(self, task: str) -> ModelLadder | None:
        """The models of a task, None where it is offline."""
        return self.ladders.get(task)

    def label(self, task: str) -> str:
        """The models of a task as node keys name them."""
        ladder = self.ladders.get(task)
        return OFFLINE if ladder is None else ladder.label

    def warnings(self, today: date) -> list[str]:
        """Which of the chosen models end soon, or have."""
        return [said for line in self.lines if (said := ending(line.card, today=today)) is not None]

    async def close(self) -> None:
        """Send what is traced and close every connection."""
        await self.tracer.close()
        for line in self.lines:
            await line.close()


NO_MODELS = ModelDesk(ladders={}, lines=(), tracer=NoTracer())


def open_desk(settings: Settings, *, offline: OrchestrationProvider) -> ModelDesk:
    """Who answers, by the settings; no connection is made and no SDK loaded before the first question.

    Raises: InvalidModels.
    """
    chosen = {task: _chosen(settings, task) for task in TASKS}
    required = _required(settings)
    tracer = _tracer(settings) if any(chosen.values()) else NoTracer()
    patience = _patience(settings)
    lines: dict[str, Line] = {}
    for card in {card.label: card for cards in chosen.values() for card in cards}.values():
        admission = Admission(limits=_limits(settings), budgets=_budgets(settings))
        lines[card.label] = Line(card, _client(settings, card.provider), admission=admission, patience=patience)
    ladders = {
        task: ModelLadder(
            [lines[card.label] for card in cards],
            last=None if task in required else offline,
            patience=patience,
            tracer=tracer,
        )
        for task, cards in chosen.items()
        if cards
    }
    return ModelDesk(ladders=ladders, lines=tuple(lines.values()), tracer=tracer)


def _chosen(settings: Settings, task: str) -> list[ModelCard]:
    """The models that a setting names, or the packaged choice among the providers that there is a key for."""
    said = str(getattr(settings, f"models_{task.replace('-', '_')}"))
    catalogue = load_model_catalogue()
    labels = [name.strip() for name in said.split(",") if name.strip()]
    if not labels:
        labels = [label for label in catalogue.defaults[task] if _has_key(settings, label.partition("/")[0])]
    cards = []
    for label in labels:
        if label == OFFLINE:
            break
        provider = label.partition("/")[0]
        if provider not in _PROVIDERS:
            raise InvalidModels(f"there is no provider {provider!r}", remedy=f"use one of {', '.join(_PROVIDERS)}")
        if not _has_key(settings, provider):
            raise InvalidModels(
                f"{label} is to answer {task}, and there is no key for {provider}",
                remedy=f"set DECISIONWORKS_{provider.upper()}_API_KEY",
            )
        cards.append(catalogue.get(label, is_own_server=_base_url(settings, provider) is not None))
    return cards


def _required(settings: Settings) -> frozenset[str]:
    names = frozenset(name.strip() for name in settings.models_required.split(",") if name.strip())
    unknown = names - frozenset(TASKS)
    if unknown:
        raise InvalidModels(f"there is no node {sorted(unknown)[0]!r}", remedy=f"use some of {', '.join(TASKS)}")
    return names


def _has_key(settings: Settings, provider: str) -> bool:
    return getattr(settings, f"{provider}_api_key", None) is not None


def _base_url(settings: Settings, provider: str) -> str | None:
    url: str | None = getattr(settings, f"{provider}_base_url", None)
    return url


def _client(settings: Settings, provider: str) -> Callable[[], VendorClient]:
    """Makes the provider's client at its first use, once for all its models."""

    @cache
    def make() -> VendorClient:
        key = getattr(settings, f"{provider}_api_key").get_secret_value()
        base_url, pause_s = _base_url(settings, provider), settings.model_pause_s
        if provider == "anthropic":
            from decisionworks.llm.vendors.anthropic_messages import AnthropicMessages

            return AnthropicMessages(api_key=key, base_url=base_url, pause_s=pause_s)
        from decisionworks.llm.vendors.openai_api import OpenAIChat, OpenAIResponses

        vendor = OpenAIChat if settings.openai_protocol == "chat" else OpenAIResponses
        return vendor(api_key=key, base_url=base_url, pause_s=pause_s)

    return make


def _patience(settings: Settings) -> Patience:
    return Patience(
        deadline_s=settings.model_deadline_s,
        request_s=settings.model_request_s,
        requests=settings.model_requests,
        first_pause_s=settings.model_first_pause_s,
        breaker_failures=settings.model_breaker_failures,
        breaker_rest_s=settings.model_breaker_rest_s,
        hedge_after_s=settings.model_hedge_after_s,
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
