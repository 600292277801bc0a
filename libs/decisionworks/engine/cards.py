"""The reason card: why a node decided as it did, in facts of this run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What was not chosen, and why."""

    id: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """Who answered, with which prompt pack, after which switches, and what it cost.

    Units: `cost_usd` is US dollars; tokens count input and output together as {"input": n, "output": n}. `run_usd` is
    what the run has cost up to here, None where no model was asked. `sampling` is what the model was really told.
    """

    provider: str = "offline"
    name: str = "rules"
    prompt_pack: str = "none"
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    tries: int = 1
    sampling: Mapping[str, float] | None = None
    switches: tuple[Mapping[str, str], ...] = ()
    run_usd: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The model as a card shows it; what only models have is left out where the rules answered at once."""
        shown: dict[str, Any] = {"provider": self.provider, "name": self.name, "prompt_pack": self.prompt_pack}
        if self.run_usd is None and not self.switches:
            return shown
        return shown | {
            "tries": self.tries,
            "sampling": None if self.sampling is None else dict(self.sampling),
            "switches": [dict(switch) for switch in self.switches],
            "run_usd": self.run_usd,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCard:
    """One decision of one agent: `because` names the values that led to it, `argument` says the same in prose.

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
    argument: str | None = None

    def to_json(
        self, *, node: str, inputs_hash: str, outputs_hash: str, duration_ms: int, cached: bool
    ) -> dict[str, Any]:
        """The card as it is streamed."""
        prose = {} if self.argument is None else {"argument": self.argument}
        return prose | {
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
            "model": self.model.to_json(),
            "tokens": {"input": self.model.input_tokens, "output": self.model.output_tokens},
            "cost_usd": self.model.cost_usd,
            "duration_ms": duration_ms,
            "cached": cached,
        }
