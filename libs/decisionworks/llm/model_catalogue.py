"""The models that may be asked: what they can do, what they cost, and when they end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.llm.errors import InvalidModels
from decisionworks.llm.model import Usage

ANTHROPIC = "anthropic"
CLAUDE_CODE = "claude-code"
_SOON = timedelta(days=60)
_MILLION = 1_000_000


class Prices(BaseModel):
    """US dollars per million tokens of each kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float
    output: float
    cache_read: float
    cache_write: float


class LongPrompt(BaseModel):
    """The prices of a whole request whose prompt has more than `over` tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    over: int
    usd: Prices


class ModelCard(BaseModel):
    """One model; `checked` says where its prices were compared. Units: `context` and `max_output` are tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    provider: str
    context: int
    max_output: int
    sampling: bool
    ends: date | None
    usd: Prices
    long: LongPrompt | None = None
    checked: Literal["vendor", "program", "others", "unverified"] = "unverified"

    def prices_of(self, prompt_tokens: int) -> Prices:
        """The prices of a request with a prompt of this length."""
        return self.usd if self.long is None or prompt_tokens <= self.long.over else self.long.usd

    def cost_of(self, usage: Usage, *, requests: int = 1) -> float:
        """What these tokens cost, in US dollars; those of several requests are taken as spread over them evenly."""
        prices = self.prices_of(usage.total_input // max(1, requests))
        parts = (
            usage.input_tokens * prices.input,
            usage.output_tokens * prices.output,
            usage.cache_read_tokens * prices.cache_read,
            usage.cache_write_tokens * prices.cache_write,
        )
        return sum(parts) / _MILLION

    @property
    def label(self) -> str:
        """The model as settings name it."""
        return f"{self.provider}/{self.id}"

    @property
    def account(self) -> str:
        """Whose limits a call counts against: Claude Code calls Anthropic's models with Anthropic's key."""
        return ANTHROPIC if self.provider == CLAUDE_CODE else self.provider


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    prices_as_of: date
    defaults: dict[str, list[str]]
    models: list[ModelCard]


class ModelCatalogue:
    """The packaged list of models."""

    def __init__(self, file: _File) -> None:
        self._by_label = {card.label: card for card in file.models}
        self.defaults: Mapping[str, list[str]] = MappingProxyType(file.defaults)

    def get(self, label: str, *, is_own_server: bool) -> ModelCard:
        """The card of `provider/model`; at a server of one's own any name will do, without a price.

        Raises: InvalidModels.
        """
        provider, _, model = label.partition("/")
        if provider == CLAUDE_CODE:
            return self.get(f"{ANTHROPIC}/{model}", is_own_server=is_own_server).model_copy(
                update={"provider": CLAUDE_CODE}
            )
        known = self._by_label.get(label)
        if known is not None:
            return known
        if is_own_server and model:
            free = Prices(input=0, output=0, cache_read=0, cache_write=0)
            return ModelCard(
                id=model, provider=provider, context=32_000, max_output=8_000, sampling=True, ends=None, usd=free
            )
        raise InvalidModels(
            f"there is no model {label!r}",
            remedy=f"use one of {', '.join(sorted(self._by_label))}, or set a base URL of your own",
        )


@cache
def load_model_catalogue() -> ModelCatalogue:
    """The packaged models, checked."""
    text = resources.files("decisionworks.llm").joinpath("models.yaml").read_text(encoding="utf-8")
    return ModelCatalogue(_File.model_validate(yaml.safe_load(text)))


def ending(card: ModelCard, *, today: date) -> str | None:
    """What to warn of: the model has ended, or will within two months; None where nothing is announced."""
    if card.ends is None or card.ends - today > _SOON:
        return None
    if card.ends <= today:
        return f"{card.label} ended on {card.ends}; its calls will fail over to the next model"
    return f"{card.label} ends on {card.ends}, in {(card.ends - today).days} days; choose another one"
