"""Current list prices, read from the AWS price list service where credentials exist."""

from decisionworks.integrations.aws_prices.errors import NoAccessToPrices, PriceListUnavailable
from decisionworks.integrations.aws_prices.open_price_list import open_price_list
from decisionworks.integrations.aws_prices.read_prices import PriceList, PriceListCall, PriceReading, read_prices

__all__ = [
    "NoAccessToPrices",
    "PriceList",
    "PriceListCall",
    "PriceListUnavailable",
    "PriceReading",
    "open_price_list",
    "read_prices",
]
