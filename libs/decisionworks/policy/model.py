"""Nouns of policy: rules, the facts they read, waivers and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
class PolicyBook:
    """Every rule in order; `version` is the digest of the file they came from."""

    policies: tuple[Policy, ...]
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
