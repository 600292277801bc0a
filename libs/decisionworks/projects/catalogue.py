"""Loads the constraint catalogue that ships with the package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from decisionworks.projects.conditions import check_condition, fields_of
from decisionworks.projects.errors import InvalidCatalogue
from decisionworks.projects.model import ConstraintCatalogue, Field, FieldType, Plain


class _FieldRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    type: FieldType
    group: str
    mandatory: bool
    weight: int
    question: str
    # Left to right, so that 1 stays an integer and `none` a word.
    default: bool | int | float | str | list[str] | None = None
    enum: list[str] = []
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    applies_when: dict[str, object] | None = None
    phrasing_examples: list[str] = []
    note: str | None = None


class _CatalogueFile(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    fields: list[_FieldRecord]
    total_weight: int


@cache
def load_constraint_catalogue() -> ConstraintCatalogue:
    """The packaged constraint catalogue, checked; `version` is the SHA-256 of its file.

    Raises: InvalidCatalogue, the packaged file contradicts itself.
    """
    raw = resources.files("decisionworks.projects").joinpath("constraints.yaml").read_bytes()
    return parse_catalogue(raw)


def parse_catalogue(raw: bytes) -> ConstraintCatalogue:
    """Read a constraint catalogue from the bytes of its YAML file.

    Raises: InvalidCatalogue
    """
    try:
        record = _CatalogueFile.model_validate(yaml.safe_load(raw))
    except (yaml.YAMLError, ValidationError) as error:
        raise InvalidCatalogue(f"the constraint catalogue cannot be read: {error}") from error
    fields = tuple(_field(one) for one in record.fields)
    by_name = {field.name: field for field in fields}
    _check(fields, by_name, total_weight=record.total_weight)
    version = hashlib.sha256(raw).hexdigest()
    return ConstraintCatalogue(fields=fields, by_name=MappingProxyType(by_name), version=version)


def _field(record: _FieldRecord) -> Field:
    return Field(
        name=record.name,
        type=record.type,
        group=record.group,
        mandatory=record.mandatory,
        default=_default(record.default),
        weight=record.weight,
        question=record.question,
        enum=tuple(record.enum),
        unit=record.unit,
        minimum=record.minimum,
        maximum=record.maximum,
        applies_when=record.applies_when,
        phrasing_examples=tuple(record.phrasing_examples),
        note=record.note,
    )


def _default(value: bool | int | float | str | list[str] | None) -> Plain | None:
    return value


def _check(fields: tuple[Field, ...], by_name: Mapping[str, Field], *, total_weight: int) -> None:
    if len(by_name) != len(fields):
        raise InvalidCatalogue("the constraint catalogue names a field twice")
    if sum(field.weight for field in fields) != total_weight:
        raise InvalidCatalogue("the weights of the constraint catalogue do not add up to its total_weight")
    for field in fields:
        if field.enum and field.default is not None and field.default not in field.enum:
            raise InvalidCatalogue(f"the default of {field.name} is not one of its values")
        if field.applies_when is not None:
            check_condition(field.applies_when)
            unknown = [name for name in fields_of(field.applies_when) if name not in by_name]
            if unknown:
                raise InvalidCatalogue(f"applies_when of {field.name} reads unknown fields {unknown}")
