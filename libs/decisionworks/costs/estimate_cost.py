"""A month's bill of a plan: quantity times dated list price, each line with its confidence, nothing dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decisionworks.costs.errors import UnsizedPattern
from decisionworks.costs.model import PatternCost, PriceBook, Quote, UsageLine, Workload
from decisionworks.costs.per_prediction import cost_per_prediction
from decisionworks.costs.quote_price import quote_price
from decisionworks.costs.sizing import SIZERS
from decisionworks.costs.sizing.serving import API_FRONT
from decisionworks.costs.workload import derive_workload

Json = dict[str, object]

# How far a line may be off, by the confidence of its price (prices.yaml, rules); the rest is usage nobody measured yet.
WIDENING = {"high": 0.0, "medium": 0.10, "low": 0.30}
USAGE_WIDENING = 0.10
GUESSED_USAGE_WIDENING = 0.25
# A second region stands by at half of the capacity of what answers callers and keeps their state.
STANDBY_SHARE = 0.5
STANDBY_CAPABILITIES = ("serving", "caching", "feature_store", "security_network")
SECOND_REGION = "dr-multi-region"
# Behind a load balancer the web firewall sits on it and no API gateway is paid.
BALANCED_PATTERNS = ("serve-container-ecs", "serve-eks-kserve")
DRIVER_COUNT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    line: UsageLine
    capability: str
    pattern: str
    quote: Quote | None
    quantity: float

    @property
    def usd(self) -> float:
        return 0.0 if self.quote is None else self.quantity * self.quote.unit_usd


def estimate_cost(
    pattern_ids: Iterable[str], values: Mapping[str, object], *, region: str, prices: PriceBook
) -> dict[str, object]:
    """Price a set of patterns for the usage that the constraint values imply.

    Units: United States dollars per month of 730 hours; list prices, on demand.
    Raises: UnsizedPattern, a pattern has no formula; UnknownPrice, a formula names a missing price.
    """
    workload = derive_workload(values)
    chosen = sorted(set(pattern_ids))
    items = _items(chosen, workload, region=region, prices=prices)
    priced = [item for item in items if item.quote is not None]
    rows = sorted((_row(item, prices) for item in priced), key=lambda row: (-float(str(row["usd"])), str(row["price"])))
    expected = _bill(items)
    assumed = GUESSED_USAGE_WIDENING if workload.assumptions else USAGE_WIDENING
    spread = sum(item.usd * (WIDENING[item.quote.confidence] + assumed) for item in priced if item.quote)
    fallbacks = sorted({item.line.price for item in priced if item.quote and item.quote.is_fallback})
    return {
        "currency": "USD",
        "region": region,
        "monthly": {
            "low": round(max(0.0, expected - spread), 2),
            "expected": expected,
            "high": round(expected + spread, 2),
        },
        "items": rows,
        "per_prediction": cost_per_prediction(
            workload, expected, lambda other: _bill(_items(chosen, other, region=region, prices=prices))
        ),
        "unpriced": [_unpriced(item) for item in items if item.quote is None],
        "drivers": _drivers(rows, expected),
        "prices_as_of": prices.captured,
        "assumptions": _assumptions(workload, fallbacks=fallbacks, region=region, prices=prices),
    }


def price_patterns(
    pattern_ids: Iterable[str], values: Mapping[str, object], *, region: str, prices: PriceBook
) -> dict[str, PatternCost]:
    """Price each pattern alone, split so that shared things and a second region can be added up without counting twice.

    Raises: UnsizedPattern, a pattern has no formula.
    """
    workload = derive_workload(values)
    costs = {}
    for pattern in pattern_ids:
        capability, lines = _lines_of(pattern, workload)
        own, shared, standby = 0.0, dict[str, float](), 0.0
        for line in lines:
            quote = quote_price(line.price, region=region, prices=prices)
            usd = 0.0 if quote is None else line.quantity * quote.unit_usd
            if line.share is None:
                own += usd
                standby += usd * STANDBY_SHARE if capability in STANDBY_CAPABILITIES else 0.0
            else:
                shared[line.share] = shared.get(line.share, 0.0) + usd
        costs[pattern] = PatternCost(own_usd=own, shared=shared, standby_usd=standby)
    return costs


def _lines_of(pattern: str, workload: Workload) -> tuple[str, list[UsageLine]]:
    if pattern not in SIZERS:
        raise UnsizedPattern(f"pattern {pattern} has no sizing formula")
    capability, sizer = SIZERS[pattern]
    return capability, sizer(workload)


def _items(patterns: list[str], workload: Workload, *, region: str, prices: PriceBook) -> list[_Item]:
    items: list[_Item] = []
    shared: dict[tuple[str, str], _Item] = {}
    for pattern in patterns:
        capability, lines = _lines_of(pattern, workload)
        for line in (line for line in lines if line.quantity > 0):
            quote = quote_price(line.price, region=region, prices=prices)
            item = _Item(line=line, capability=capability, pattern=pattern, quote=quote, quantity=line.quantity)
            if line.share is None:
                items.append(item)
                if SECOND_REGION in patterns and capability in STANDBY_CAPABILITIES:
                    items.append(_standby(item))
                continue
            if line.share == API_FRONT and any(balanced in patterns for balanced in BALANCED_PATTERNS):
                continue
            key = (line.share, line.price)
            if key not in shared or shared[key].quantity < item.quantity:
                shared[key] = item
    return [*items, *(shared[key] for key in sorted(shared))]


def _bill(items: list[_Item]) -> float:
    return round(sum(item.usd for item in items), 2)


def _standby(item: _Item) -> _Item:
    return _Item(
        line=item.line,
        capability="disaster_recovery",
        pattern=SECOND_REGION,
        quote=item.quote,
        quantity=item.quantity * STANDBY_SHARE,
    )


def _row(item: _Item, prices: PriceBook) -> Json:
    quote = item.quote
    return {
        "price": item.line.price,
        "service": prices.by_id[item.line.price].service,
        "capability": item.capability,
        "pattern": item.pattern,
        "quantity": round(item.quantity, 4),
        "unit": prices.by_id[item.line.price].unit,
        "unit_usd": 0.0 if quote is None else round(quote.unit_usd, 10),
        "usd": round(item.usd, 2),
        "confidence": "low" if quote is None else quote.confidence,
    }


def _unpriced(item: _Item) -> Json:
    return {
        "price": item.line.price,
        "pattern": item.pattern,
        "quantity": round(item.quantity, 4),
        "why": "no price for this region or for the home region",
    }


def _drivers(rows: list[Json], expected: float) -> list[Json]:
    """The largest sums by price, with their share of the whole."""
    sums: dict[str, float] = {}
    for row in rows:
        key = str(row["price"])
        sums[key] = sums.get(key, 0.0) + float(str(row["usd"]))
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:DRIVER_COUNT]
    return [
        {"price": price, "usd": round(usd, 2), "share": round(usd / expected, 3) if expected else 0.0}
        for price, usd in ranked
        if usd > 0
    ]


def _assumptions(workload: Workload, *, fallbacks: list[str], region: str, prices: PriceBook) -> list[Json]:
    rows = [assumption.to_json() for assumption in workload.assumptions]
    if fallbacks:
        effect = f"{len(fallbacks)} prices are {prices.home_region} x {prices.fallback_factor}: {', '.join(fallbacks)}"
        rows.append({"field": "regions", "value": region, "effect": effect})
    return rows
