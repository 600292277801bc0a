"""How the vendors' clients are made: which of them can be used here, and each of them once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from decisionworks.kit.settings import Settings
from decisionworks.llm.model import VendorClient
from decisionworks.llm.model_catalogue import ANTHROPIC, CLAUDE_CODE

OPENAI = "openai"
PROVIDERS = (ANTHROPIC, OPENAI, CLAUDE_CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a provider cannot be asked, and what would help."""

    why: str
    remedy: str


def obstacle(settings: Settings, provider: str) -> Obstacle | None:
    """Why a provider cannot be asked here; None where it can."""
    account = ANTHROPIC if provider == CLAUDE_CODE else provider
    if getattr(settings, f"{account}_api_key", None) is None:
        return Obstacle(why=f"there is no key for {account}", remedy=f"set DECISIONWORKS_{account.upper()}_API_KEY")
    if provider == CLAUDE_CODE:
        from decisionworks.llm.vendors.claude_code import why_not_here

        if (why := why_not_here()) is not None:
            return Obstacle(why=why, remedy="install it, or name another model for codegen")
    return None


def base_url(settings: Settings, provider: str) -> str | None:
    """Another address for a provider's protocol."""
    url: str | None = getattr(settings, f"{ANTHROPIC if provider == CLAUDE_CODE else provider}_base_url", None)
    return url


class VendorClients:
    """Makes each provider's client at its first use, once for all its models, from whichever thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, VendorClient] = {}
        self._lock = threading.Lock()

    def maker(self, provider: str) -> Callable[[], VendorClient]:
        """What makes or finds the client of a provider; it may load an SDK for seconds."""
        return partial(self._client, provider)

    def _client(self, provider: str) -> VendorClient:
        with self._lock:
            if provider not in self._made:
                self._made[provider] = _make(self._settings, provider)
            return self._made[provider]


def _make(settings: Settings, provider: str) -> VendorClient:
    account = ANTHROPIC if provider == CLAUDE_CODE else provider
    key = getattr(settings, f"{account}_api_key").get_secret_value()
    url, pause_s = base_url(settings, provider), settings.model_pause_s
    if provider == CLAUDE_CODE:
        from decisionworks.llm.vendors.claude_code import ClaudeCode

        return ClaudeCode(
            api_key=key, base_url=url, turns=settings.codegen_turns, budget_usd=settings.codegen_session_usd
        )
    if provider == ANTHROPIC:
        from decisionworks.llm.vendors.anthropic_messages import AnthropicMessages

        return AnthropicMessages(api_key=key, base_url=url, pause_s=pause_s)
    from decisionworks.llm.vendors.openai_api import OpenAIChat, OpenAIResponses

    vendor = OpenAIChat if settings.openai_protocol == "chat" else OpenAIResponses
    return vendor(api_key=key, base_url=url)
