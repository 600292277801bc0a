"""Examples beside the rules: facts with which a rule fires, and facts close by with which it does not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from decisionworks.policy.errors import PolicyBookBroken

PATTERNS = "plan.patterns"


class Example(BaseModel):
    """Two changes to healthy facts; `with` and `without` put patterns into the plan and take them out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fires: Mapping[str, Any]
    passes: Mapping[str, Any]


class ExampleBook(BaseModel):
    """Facts of a plan with which nothing is wrong, and an example for each rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    healthy: Mapping[str, Any]
    examples: Mapping[str, Example]

    def facts(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The healthy facts with changes."""
        chosen = [name for name in self.healthy[PATTERNS] if name not in changes.get("without", ())]
        plain = {name: value for name, value in changes.items() if name not in ("with", "without")}
        return dict(self.healthy) | {PATTERNS: [*chosen, *changes.get("with", ())]} | plain


@cache
def load_examples() -> ExampleBook:
    """Read the examples that ship with the rules.

    Raises: PolicyBookBroken.
    """
    raw = files("decisionworks.policy").joinpath("examples.yaml").read_text(encoding="utf-8")
    try:
        return ExampleBook.model_validate(yaml.safe_load(raw))
    except (ValidationError, yaml.YAMLError) as cause:
        raise PolicyBookBroken(f"examples.yaml cannot be read: {cause}") from cause
