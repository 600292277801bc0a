"""What the documents are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """An approved plan with what it rests on, in the shapes of a decision set; no id, time or duration."""

    request: str
    plan: Json
    cost_estimate: Json
    policy_results: Json
    plan_hash: str | None
    values: Json = field(default_factory=dict)
    critiques: Sequence[Json] = ()
    infeasibility: Json | None = None
    guidance: str = ""

    @property
    def patterns(self) -> Sequence[Json]:
        """The rows of the plan."""
        return self.plan.get("patterns") or ()

    @property
    def short_hash(self) -> str:
        """As much of the plan hash as people compare."""
        return (self.plan_hash or "none")[:12]


def shown(value: object) -> str:
    """A constraint's value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
