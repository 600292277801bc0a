"""What can go wrong with the price list service."""

from __future__ import annotations

from decisionworks.kit.errors import Forbidden, RetryLater


class NoAccessToPrices(Forbidden):
    """There are no credentials here, or they may not read the price list."""

    code = "no-access-to-prices"


class PriceListUnavailable(RetryLater):
    """The price list service does not answer now."""

    code = "price-list-unavailable"
