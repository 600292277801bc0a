"""Nouns of planning: capability patterns, what a request needs of them, and what a composition says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = "dict[str, object]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The limits outside which a pattern cannot work; None is no limit.

    Units: milliseconds, requests a second, gigabytes, United States dollars a month, people.
    """

    latency_p95_ms_floor: float | None
    rps_peak_max: float | None
    data_volume_gb_max: float | None
    budget_usd_month_min: float
    team_size_min: int
    model_types: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRule:
    """Points that a pattern gains or loses under a condition."""

    when: Mapping[str, object]
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A catalogued way to provide a capability."""

    id: str
    name: str
    capability: str
    summary: str
    aws_services: tuple[str, ...]
    open_source_alternative: str
    requires: tuple[str, ...]
    conflicts: tuple[str, ...]
    envelope: Envelope
    points: tuple[PointRule, ...]
    burden: int
    maturity: int
    cost_drivers: tuple[str, ...]
    terraform_resources: tuple[str, ...]
    risks: tuple[str, ...]
    retired_services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternCatalogue:
    """Every pattern in catalogue order; `version` is the digest of the file."""

    patterns: tuple[Pattern, ...]
    by_id: Mapping[str, Pattern]
    capabilities: tuple[str, ...]
    version: str


def ways_to_meet(required: str, *, catalogue: PatternCatalogue) -> tuple[str, ...]:
    """The patterns of which one meets a requirement: itself, for `any:a|b` those, for `cap:x` all of a capability."""
    if required.startswith("any:"):
        return tuple(required[4:].split("|"))
    if required.startswith("cap:"):
        return tuple(one.id for one in catalogue.patterns if one.capability == required[4:])
    return (required,)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReason:
    """One limit of a pattern that a known constraint violates."""

    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points of a pattern for one request, with what gave them; `rules` are the fields and the points of each."""

    points: int
    because: tuple[str, ...]
    rules: tuple[tuple[tuple[str, ...], int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """At least one of these patterns has to be (or, with a weight, should be) in the plan.

    Units: `weight` is points lost when a wish stays open; None makes it a demand. `fields` are the constraints it
    follows from; a demand without fields holds for every plan.
    """

    id: str
    any_of: tuple[str, ...]
    why: str
    fields: tuple[str, ...] = ()
    weight: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """A pattern that this request rules out for a reason other than its envelope."""

    pattern: str
    why: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A request as the planner sees it: what is known, and what is taken for the rest.

    `working` is `known` plus what follows from it plus defaults; limits are tested on `known`, taste on `working`.
    """

    known: Mapping[str, object]
    working: Mapping[str, object]
    derived: Mapping[str, str]
    region: str
    second_region: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything the solver is told about one request."""

    situation: Situation
    gates: Mapping[str, tuple[GateReason, ...]]
    scores: Mapping[str, Score]
    needs: tuple[Need, ...]
    bans: tuple[Ban, ...]
    slots: tuple[tuple[str, ...], ...]
    objections: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much a tier cares about each thing, in points.

    Units: `cost` is points for a whole budget spent, `burden` points per unit of operational burden; `extras` are
    points that this tier adds to single patterns.
    """

    points: float
    wishes: float
    cost: float
    burden: float
    extras: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A plan for a request, or why there is none, with the facts a reason card needs."""

    plan: Json | None
    infeasibility: Json | None
    cost_estimate: Json
    trace: Json = field(default_factory=dict)
