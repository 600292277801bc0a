"""Which prices can be asked for at the AWS price list service, and how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from decisionworks.costs.errors import PriceBookBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuery:
    """One question to the price list.

    Units: the answer's price for one `unit`, times `times`, is the price for one unit of ours.
    """

    price: str
    service: str
    match: Mapping[str, str] = field(default_factory=dict)
    usagetype_ends: str = ""
    unit: str
    times: float = 1.0


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    service: str
    match: dict[str, str] = {}
    usagetype_ends: str = ""
    unit: str
    times: float = Field(default=1.0, gt=0)


class _File(BaseModel):
    queries: list[_Row]


def queries_for(prices: Iterable[str]) -> tuple[PriceQuery, ...]:
    """The question for each price that has one, in the order of the prices.

    Raises: PriceBookBroken, the file of questions is malformed.
    """
    found = []
    for price in prices:
        for row in _rows():
            fitting = re.fullmatch(row.id, price)
            if fitting is not None:
                found.append(_query(row, price, fitting))
                break
    return tuple(found)


def _query(row: _Row, price: str, fitting: re.Match[str]) -> PriceQuery:
    group = fitting.group(1) if fitting.re.groups else ""
    return PriceQuery(
        price=price,
        service=row.service,
        match={name: value.replace("{1}", group) for name, value in row.match.items()},
        usagetype_ends=row.usagetype_ends.replace("{1}", group),
        unit=row.unit,
        times=row.times,
    )


@cache
def _rows() -> tuple[_Row, ...]:
    raw = files("decisionworks.costs").joinpath("price_queries.yaml").read_bytes()
    try:
        return tuple(_File.model_validate(yaml.safe_load(raw)).queries)
    except (ValidationError, yaml.YAMLError) as cause:
        raise PriceBookBroken(f"price_queries.yaml cannot be read: {cause}") from cause
