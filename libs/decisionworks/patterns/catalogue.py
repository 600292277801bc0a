"""The pattern file, checked and turned into a catalogue once per process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from decisionworks.kit.canonical import sha256_hex
from decisionworks.patterns.errors import PatternCatalogueBroken
from decisionworks.patterns.model import Envelope, Pattern, PatternCatalogue, PointRule
from decisionworks.projects.conditions import check_condition
from decisionworks.projects.errors import InvalidCondition

# Services with these states cannot be created by everybody any more.
GONE = ("ended", "closed_to_new")


class _PointRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    when: dict[str, object]
    points: int


class _EnvelopeRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    latency_p95_ms_floor: float | None
    rps_peak_max: float | None
    data_volume_gb_max: float | None
    budget_usd_month_min: float
    team_size_min: int
    model_types: list[str] | Literal["any"]
    compliance_ok: list[str] | Literal["any"]


class _FitsRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    envelope: _EnvelopeRow
    prefer: list[_PointRow]
    avoid: list[_PointRow]


class _DriverRow(BaseModel):
    price: str
    quantity: str


class _PatternRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    capability: str
    summary: str
    aws_services: list[str]
    open_source_alternative: str
    requires: list[str]
    conflicts: list[str]
    fits_when: _FitsRow
    operational_burden: int = Field(ge=1, le=5)
    maturity_level: int = Field(ge=0, le=2)
    cost_drivers: list[_DriverRow]
    terraform_resources: list[str]
    risks: list[str]
    sources: list[str]


class _ServiceRow(BaseModel):
    service: str
    status: str
    terraform_resources: list[str]


class _PatternFile(BaseModel):
    capabilities: list[str]
    service_lifecycle: list[_ServiceRow]
    patterns: list[_PatternRow]


@cache
def load_pattern_catalogue() -> PatternCatalogue:
    """Read the patterns that ship with the product.

    Raises: PatternCatalogueBroken, a pattern is malformed or names one that does not exist.
    """
    return parse_pattern_catalogue(files("decisionworks.patterns").joinpath("patterns.yaml").read_bytes())


def parse_pattern_catalogue(raw: bytes) -> PatternCatalogue:
    """Read patterns from the bytes of a catalogue file.

    Raises: PatternCatalogueBroken
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = _PatternFile.model_validate(yaml.load(raw, Loader=loader))  # noqa: S506, both loaders are the safe ones
        for row in document.patterns:
            for rule in [*row.fits_when.prefer, *row.fits_when.avoid]:
                check_condition(rule.when)
    except (ValidationError, yaml.YAMLError, InvalidCondition) as cause:
        raise PatternCatalogueBroken(f"patterns.yaml cannot be read: {cause}") from cause
    patterns = tuple(_pattern(row, document.service_lifecycle) for row in document.patterns)
    by_id = {pattern.id: pattern for pattern in patterns}
    _check(patterns, by_id, document.capabilities)
    return PatternCatalogue(
        patterns=patterns, by_id=by_id, capabilities=tuple(document.capabilities), version=sha256_hex(raw)
    )


def _pattern(row: _PatternRow, lifecycle: list[_ServiceRow]) -> Pattern:
    limits = row.fits_when.envelope
    types = limits.model_types
    return Pattern(
        id=row.id,
        name=row.name,
        capability=row.capability,
        summary=row.summary,
        aws_services=tuple(row.aws_services),
        open_source_alternative=row.open_source_alternative,
        requires=tuple(row.requires),
        conflicts=tuple(row.conflicts),
        envelope=Envelope(
            latency_p95_ms_floor=limits.latency_p95_ms_floor,
            rps_peak_max=limits.rps_peak_max,
            data_volume_gb_max=limits.data_volume_gb_max,
            budget_usd_month_min=limits.budget_usd_month_min,
            team_size_min=limits.team_size_min,
            model_types=None if isinstance(types, str) else tuple(types),
        ),
        points=tuple(
            PointRule(when=rule.when, points=rule.points) for rule in [*row.fits_when.prefer, *row.fits_when.avoid]
        ),
        burden=row.operational_burden,
        maturity=row.maturity_level,
        cost_drivers=tuple(driver.price for driver in row.cost_drivers),
        terraform_resources=tuple(row.terraform_resources),
        risks=tuple(row.risks),
        retired_services=tuple(service.service for service in lifecycle if _is_used(service, row)),
    )


def _is_used(service: _ServiceRow, row: _PatternRow) -> bool:
    if service.status not in GONE:
        return False
    return service.service in row.aws_services or any(
        resource in row.terraform_resources for resource in service.terraform_resources
    )


def _exists(name: str, by_id: dict[str, Pattern], capabilities: list[str]) -> bool:
    if name.startswith("cap:"):
        return name[4:] in capabilities
    return all(one in by_id for one in name.removeprefix("any:").split("|"))


def _check(patterns: tuple[Pattern, ...], by_id: dict[str, Pattern], capabilities: list[str]) -> None:
    if len(by_id) != len(patterns):
        raise PatternCatalogueBroken("patterns.yaml names a pattern twice")
    for pattern in patterns:
        for name in pattern.requires + pattern.conflicts:
            if not _exists(name, by_id, capabilities):
                raise PatternCatalogueBroken(f"{pattern.id} names {name}, which does not exist")
        if pattern.capability not in capabilities:
            raise PatternCatalogueBroken(f"{pattern.id} has the unknown capability {pattern.capability}")
        for other in pattern.conflicts:
            if pattern.id not in by_id[other].conflicts:
                raise PatternCatalogueBroken(f"{pattern.id} conflicts with {other}, but not the other way round")
