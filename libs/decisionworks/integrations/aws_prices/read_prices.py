"""Questions to the price list, and the one price that each answer holds.

An answer is used only when it is plain: on demand, the first tier, the expected unit, and the same price in every offer
that fits. Anything else leaves the old price in place and says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

PriceListCall: TypeAlias = Callable[[Mapping[str, object]], Mapping[str, object]]
MOST_PAGES = 50
PAGE = 100


class Question(Protocol):
    """What is asked for: a service, attributes that have to match, and the unit of the answer.

    Units: the answer's price for one `unit`, times `times`, is the price that is told.
    """

    @property
    def price(self) -> str:
        """The name under which the answer is told."""

    @property
    def service(self) -> str:
        """The service code of the price list."""

    @property
    def match(self) -> Mapping[str, str]:
        """Attributes and their values."""

    @property
    def usagetype_ends(self) -> str:
        """How the usage type ends, behind its region prefix."""

    @property
    def unit(self) -> str:
        """The unit of the offer."""

    @property
    def times(self) -> float:
        """Units of the offer in one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReading:
    """What was read by price and region, and why the rest was not.

    Units: United States dollars for one unit of the price.
    """

    usd: Mapping[tuple[str, str], float] = field(default_factory=dict)
    unread: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceList:
    """The price list service behind one call."""

    call: PriceListCall

    def offers(self, query: Question, *, region: str) -> list[Mapping[str, object]]:
        """Every offer that fits a question in a region. Raises: NoAccessToPrices, PriceListUnavailable."""
        fields = {"regionCode": region, **query.match}
        filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in sorted(fields.items())]
        request: dict[str, object] = {"ServiceCode": query.service, "Filters": filters, "MaxResults": PAGE}
        found: list[Mapping[str, object]] = []
        for _ in range(MOST_PAGES):
            answer = self.call(request)
            found += _parsed(answer.get("PriceList"))
            token = answer.get("NextToken")
            if not token:
                break
            request |= {"NextToken": token}
        return [offer for offer in found if _usage_type(offer).endswith(query.usagetype_ends)]


def read_prices(queries: Iterable[Question], *, regions: Sequence[str], price_list: PriceList) -> PriceReading:
    """Ask every question in every region.

    Raises: NoAccessToPrices, PriceListUnavailable.
    """
    usd: dict[tuple[str, str], float] = {}
    unread: dict[tuple[str, str], str] = {}
    for query in queries:
        for region in regions:
            found = _prices(price_list.offers(query, region=region), unit=query.unit)
            place = (query.price, region)
            if len(found) == 1:
                usd[place] = float(f"{found.pop() * query.times:.10g}")
            else:
                unread[place] = "not offered there" if not found else f"{len(found)} different prices fit"
    return PriceReading(usd=usd, unread=unread)


def _parsed(rows: object) -> list[Mapping[str, object]]:
    """The offers of a page; each is a JSON text, and one that is not is left out."""
    found: list[Mapping[str, object]] = []
    for row in rows if isinstance(rows, list) else []:
        try:
            offer = json.loads(row) if isinstance(row, str) else row
        except ValueError:
            continue
        if isinstance(offer, Mapping):
            found.append(offer)
    return found


def _usage_type(offer: Mapping[str, object]) -> str:
    return str(_inside(offer, "product", "attributes").get("usagetype", ""))


def _prices(offers: Iterable[Mapping[str, object]], *, unit: str) -> set[float]:
    """The different first-tier prices on demand that are counted in this unit; free ones are not prices."""
    found: set[float] = set()
    for offer in offers:
        for term in _inside(offer, "terms", "OnDemand").values():
            for tier in _inside(term, "priceDimensions").values():
                usd = _dollars(tier, unit)
                if usd is not None:
                    found.add(usd)
    return found


def _dollars(tier: object, unit: str) -> float | None:
    if not isinstance(tier, Mapping) or str(tier.get("unit", "")).lower() != unit.lower():
        return None
    try:
        if float(str(tier.get("beginRange", "0"))) != 0:
            return None
        usd = float(str(_inside(tier, "pricePerUnit").get("USD")))
    except ValueError:
        return None
    return usd if usd > 0 else None


def _inside(value: object, *names: str) -> Mapping[str, object]:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
