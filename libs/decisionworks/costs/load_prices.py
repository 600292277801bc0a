"""The price file, checked and turned into a price book once per process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from decisionworks.costs.errors import PriceBookBroken
from decisionworks.costs.model import Price, PriceBook
from decisionworks.kit.canonical import sha256_hex

HOME_REGION = "us-east-1"


class _PriceRow(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=False)

    id: str
    service: str
    what: str
    unit: str
    usd: dict[str, float] = Field(min_length=1)
    as_of: str
    confidence: Literal["high", "medium", "low"]


class _Fallback(BaseModel):
    factor_on_us_east_1: float = Field(gt=0)


class _PriceFile(BaseModel):
    captured: str
    region_fallback: dict[str, _Fallback]
    prices: list[_PriceRow]


@cache
def load_prices() -> PriceBook:
    """Read the price book that ships with the product.

    Raises: PriceBookBroken, the file does not hold what the code expects.
    """
    return parse_price_book(raw_prices())


def raw_prices() -> bytes:
    """The bytes of the price table that ships with the product."""
    return files("decisionworks.costs").joinpath("prices.yaml").read_bytes()


def parse_price_book(raw: bytes) -> PriceBook:
    """Read a price book from the bytes of a price table.

    Raises: PriceBookBroken
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = _PriceFile.model_validate(yaml.load(raw, Loader=loader))  # noqa: S506, both loaders are the safe ones
    except (ValidationError, yaml.YAMLError) as cause:
        raise PriceBookBroken(f"the price table cannot be read: {cause}") from cause
    rows = {row.id: Price(**row.model_dump()) for row in document.prices}
    if len(rows) != len(document.prices):
        raise PriceBookBroken("the price table names a price twice")
    factor = max(entry.factor_on_us_east_1 for entry in document.region_fallback.values())
    return PriceBook(
        by_id=rows,
        fallback_factor=factor,
        home_region=HOME_REGION,
        captured=document.captured,
        version=sha256_hex(raw),
    )
