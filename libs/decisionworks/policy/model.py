"""Nouns of policy: rules, the facts they read, waivers and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class Severity(StrEnum):
    """What a fired rule does to a plan."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Outcome(StrEnum):
    """What a rule says about given facts."""

    PASSED = "passed"
    FIRED = "fired"
    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One pure rule over facts."""

    id: str
    category: str
    severity: Severity
    title: str
    fires_when: Mapping[str, object]
    rationale: str
    remediation: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number that rules compare with and that a project may set for itself, within bounds."""

    # What the policy file says beyond these is a mistake in it.
    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}

    name: str
    title: str
    unit: str
    default: float
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """Every rule in order; `version` is the digest of the file they came from."""

    policies: tuple[Policy, ...]
    thresholds: Mapping[str, Threshold]
    by_id: Mapping[str, Policy]
    never_waivable: frozenset[str]
    fact_names: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A named person's decision to accept a fired block for a time. The caller hands in only waivers still in force."""

    policy: str
    by: str
    reason: str
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTerms:
    """What a project decided about its rules: those waived for now, and the thresholds that it set for itself."""

    waivers: tuple[Waiver, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
