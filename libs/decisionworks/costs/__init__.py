"""What a plan costs in a month: dated list prices times quantities derived from the constraints."""

from decisionworks.costs.errors import PriceBookBroken, UnknownPrice, UnsizedPattern
from decisionworks.costs.estimate_cost import (
    BALANCED_PATTERNS,
    SECOND_REGION,
    STANDBY_CAPABILITIES,
    WIDENING,
    estimate_cost,
    price_patterns,
)
from decisionworks.costs.load_prices import load_prices, parse_price_book, raw_prices
from decisionworks.costs.model import PatternCost, Price, PriceBook, Quote, UsageLine, Workload
from decisionworks.costs.price_queries import PriceQuery, queries_for
from decisionworks.costs.quote_price import quote_price
from decisionworks.costs.renew_table import PriceChange, differences, renew_table
from decisionworks.costs.sizing.serving import API_FRONT
from decisionworks.costs.workload import batch_runs_month, default_training_compute, derive_workload

__all__ = [
    "API_FRONT",
    "BALANCED_PATTERNS",
    "SECOND_REGION",
    "STANDBY_CAPABILITIES",
    "WIDENING",
    "PatternCost",
    "Price",
    "PriceBook",
    "PriceBookBroken",
    "PriceChange",
    "PriceQuery",
    "Quote",
    "UnknownPrice",
    "UnsizedPattern",
    "UsageLine",
    "Workload",
    "batch_runs_month",
    "default_training_compute",
    "derive_workload",
    "differences",
    "estimate_cost",
    "load_prices",
    "parse_price_book",
    "price_patterns",
    "queries_for",
    "quote_price",
    "raw_prices",
    "renew_table",
]
