"""Reads scenario files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from decisionworks.kit.errors import Invalid

SETS = (
    "dev", "held_out", "unseen", "fresh", "blind", "blind_second", "blind_third", "blind_fourth", "blind_fifth",
    "blind_sixth",
    "blind_seventh",
    "blind_eighth",
    "blind_ninth",
    "blind_tenth",
    "blind_eleventh",
    "blind_twelfth",
    "blind_thirteenth",
    "blind_fourteenth",
    "blind_fifteenth",
    "blind_sixteenth",
    "blind_seventeenth",
    "blind_twentieth",
)  # fmt: skip


class InvalidScenarios(Invalid):
    """The file is not a list of scenarios."""

    code = "invalid-scenarios"


class ExpectedCost(BaseModel):
    """Where the middle of the estimate has to lie. Units: US dollars a month."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    range_usd_month: tuple[float, float]


class ExpectedPolicies(BaseModel):
    """Rules that have to fire: exactly these blocks, at least these warnings."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    block: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()


class Scenario(BaseModel):
    """One request and what a good answer to it holds."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    title: str = ""
    language: str = "en"
    request: str
    expected_constraints: Mapping[str, Any] = Field(default_factory=dict)
    expected_questions: tuple[str, ...] = ()
    must_patterns: tuple[str, ...] = ()
    must_not_patterns: tuple[str, ...] = ()
    one_of_patterns: tuple[tuple[str, ...], ...] = ()
    expected_cost: ExpectedCost | None = None
    policies_expected: ExpectedPolicies = ExpectedPolicies()
    request_findings: Mapping[str, Any] = Field(default_factory=dict)


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    scenarios: tuple[Scenario, ...] = Field(min_length=1)


def load_scenarios(path: Path) -> tuple[Scenario, ...]:
    """The scenarios of a YAML file.

    Raises: InvalidScenarios.
    """
    try:
        return _File.model_validate(yaml.safe_load(path.read_bytes())).scenarios
    except OSError as error:
        raise InvalidScenarios(f"cannot read {path}: {error.strerror or error}") from error
    except yaml.YAMLError as error:
        raise InvalidScenarios(f"{path} is not valid YAML: {str(error).splitlines()[0]}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InvalidScenarios(f"{path} is not a scenario file: {place}: {first['msg']}") from error


def packaged_scenarios(name: str = "dev") -> Path:
    """A set of scenarios that ships with the package: `dev` is developed against, the others only judge."""
    if name not in SETS:
        raise InvalidScenarios(f"there is no set {name}", remedy=f"use one of: {', '.join(SETS)}")
    return Path(str(resources.files("decisionworks.evaluation").joinpath(f"scenarios_{name}.yaml")))
