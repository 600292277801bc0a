"""An attack, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from decisionworks.sandbox.model import SandboxLevel, Sockets

Family = Literal["files", "network", "kernel", "processes", "memory", "disk", "time and output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One thing that a command should not be able to do.

    `code` is Python that says through `escapes` or `escaped` what it reached; `limits` are those that it is run with.
    `open_at` names the levels that are known not to hold it, with what keeps generated code away from it there.
    """

    id: str
    family: Family
    aim: str
    code: str
    limits: Mapping[str, float] = field(default_factory=dict)
    sockets: Sockets = Sockets.NONE
    open_at: Mapping[SandboxLevel, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How one attack ended at one level; `got_out` says what it reached, and is empty when it was held."""

    attack: Attack
    level: SandboxLevel
    got_out: tuple[str, ...]
    stopped_by: str | None

    @property
    def is_contained(self) -> bool:
        """Whether nothing got out."""
        return not self.got_out

    @property
    def is_known(self) -> bool:
        """Whether it is contained, or known to be open at this level."""
        return self.is_contained or self.level in self.attack.open_at
