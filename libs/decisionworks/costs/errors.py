"""What can go wrong when a plan is priced."""

from __future__ import annotations

from decisionworks.kit.errors import Broken


class UnknownPrice(Broken):
    """A formula names a price that the price book does not hold."""

    code = "unknown-price"


class UnsizedPattern(Broken):
    """A pattern has no sizing formula, so its cost cannot be told."""

    code = "unsized-pattern"


class PriceBookBroken(Broken):
    """The price file that ships with the product is not what the loader expects."""

    code = "price-book-broken"
