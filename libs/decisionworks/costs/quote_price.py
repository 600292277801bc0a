"""One unit of one price in one region."""

from __future__ import annotations

from decisionworks.costs.errors import UnknownPrice
from decisionworks.costs.model import PriceBook, Quote


def quote_price(price: str, *, region: str, prices: PriceBook) -> Quote | None:
    """Quote a price in a region, scaled from the home region when the region has none; None when neither has one.

    Raises: UnknownPrice, the price book has no such id.
    """
    row = prices.by_id.get(price)
    if row is None:
        raise UnknownPrice(f"no price is called {price}")
    if region in row.usd:
        return Quote(unit_usd=row.usd[region], confidence=row.confidence, is_fallback=False)
    if prices.home_region not in row.usd:
        return None
    scaled = row.usd[prices.home_region] * prices.fallback_factor
    return Quote(unit_usd=scaled, confidence="low", is_fallback=True)
