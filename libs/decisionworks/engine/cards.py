"""The reason card: why a node decided as it did, in facts of this run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What was not chosen, and why."""

    id: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """Who answered, with which prompt pack, and what it cost.

    Units: `cost_usd` is US dollars; tokens count input and output together as {"input": n, "output": n}.
    """

    provider: str = "offline"
    name: str = "rules"
    prompt_pack: str = "none"
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCard:
    """One decision of one agent: `because` names the values that led to it.

    Units: `confidence` is 0 to 1.
    """

    agent: str
    title: str
    decision: str
    because: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()
    tradeoffs: tuple[str, ...] = ()
    confidence: float = 1.0
    model: ModelUse = field(default_factory=ModelUse)

    def to_json(
        self, *, node: str, inputs_hash: str, outputs_hash: str, duration_ms: int, cached: bool
    ) -> dict[str, Any]:
        """The card as it is streamed."""
        return {
            "agent": self.agent,
            "node": node,
            "title": self.title,
            "decision": self.decision,
            "because": list(self.because),
            "alternatives": [{"id": other.id, "why_not": other.why_not} for other in self.alternatives],
            "tradeoffs": list(self.tradeoffs),
            "confidence": round(self.confidence, 3),
            "inputs_hash": inputs_hash,
            "outputs_hash": outputs_hash,
            "model": {
                "provider": self.model.provider,
                "name": self.model.name,
                "prompt_pack": self.model.prompt_pack,
            },
            "tokens": {"input": self.model.input_tokens, "output": self.model.output_tokens},
            "cost_usd": self.model.cost_usd,
            "duration_ms": duration_ms,
            "cached": cached,
        }
