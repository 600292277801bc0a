"""A new dated price table from an old one and what was read, and what differs between two tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from decisionworks.costs.model import PriceBook

# A price and a region.
Place = tuple[str, str]
SOURCE = "aws_price_list"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """One price in one region before and after; None where there was or is none.

    Units: United States dollars for one unit of the price.
    """

    price: str
    region: str
    before: float | None
    after: float | None

    @property
    def share(self) -> float | None:
        """How much the price rose, as a share of what it was."""
        if self.before is None or self.after is None or self.before == 0:
            return None
        return self.after / self.before - 1


def differences(before: PriceBook, after: PriceBook) -> list[PriceChange]:
    """Every price that differs between two tables, by price and region."""
    old, new = _values(before), _values(after)
    return [
        PriceChange(price=price, region=region, before=old.get((price, region)), after=new.get((price, region)))
        for price, region in sorted(old.keys() | new.keys())
        if old.get((price, region)) != new.get((price, region))
    ]


def _values(book: PriceBook) -> dict[Place, float]:
    return {(price.id, region): usd for price in book.by_id.values() for region, usd in price.usd.items()}


def renew_table(raw: bytes, *, read: Mapping[Place, float], on: str) -> bytes:
    """The table with every price that was read, dated; a price that was not read keeps its value and its date.

    Units: `read` in United States dollars for one unit of the price; `on` is a date, YYYY-MM-DD.
    """
    document = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, both loaders are the safe ones
    for row in document["prices"]:
        renewed = {region: usd for (price, region), usd in sorted(read.items()) if price == row["id"]}
        if renewed:
            row["usd"] = {**row["usd"], **renewed}
            row |= {"source": SOURCE, "as_of": on, "confidence": "high"}
            row.pop("verified", None)
            row.pop("source_eu_west_1", None)
    document["captured"] = on
    kept = [source for source in document["sources"] if source["id"] != SOURCE]
    ours = {"id": SOURCE, "title": "AWS price list service", "as_of": on, "default_confidence": "high"}
    document["sources"] = [*kept, ours]
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=160)
    return text.encode()
