"""The bill of a plan by capability and by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decisionworks.costs import WIDENING

Json = Mapping[str, Any]
_COLUMNS = (
    "pattern",
    "capability",
    "service",
    "price",
    "quantity",
    "unit",
    "unit_usd",
    "low",
    "usd",
    "high",
    "confidence",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """An expected sum and how far it may be off. Units: US dollars a month."""

    low: float
    expected: float
    high: float


def by_capability(estimate: Json) -> dict[str, Range]:
    """What each capability costs, dearest first; the ranges add up to the range of the whole."""
    sums: dict[str, Range] = {}
    for item in estimate.get("items") or ():
        one, key = range_of(item, estimate), str(item.get("capability"))
        was = sums.get(key, Range(low=0.0, expected=0.0, high=0.0))
        sums[key] = Range(low=was.low + one.low, expected=was.expected + one.expected, high=was.high + one.high)
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1].expected, pair[0])))


def range_of(item: Json, estimate: Json) -> Range:
    """A line's part of the whole range: as wide as the confidence of its price, plus what all lines share."""
    usd = float(item.get("usd") or 0)
    spread = usd * (_of_price(item) + _shared(estimate))
    return Range(low=max(0.0, usd - spread), expected=usd, high=usd + spread)


def _of_price(item: Json) -> float:
    return WIDENING.get(str(item.get("confidence")), 0.0)


def _shared(estimate: Json) -> float:
    """How far usage may be off: what is left of the whole range after the confidence of prices."""
    monthly, items = estimate.get("monthly") or {}, estimate.get("items") or ()
    total = sum(float(item.get("usd") or 0) for item in items)
    if not monthly or not total:
        return 0.0
    of_prices = sum(float(item.get("usd") or 0) * _of_price(item) for item in items)
    return max(0.0, (float(monthly["high"]) - float(monthly["expected"]) - of_prices) / total)


def cost_csv(estimate: Json) -> str:
    """Every priced line, and what has no price with an empty sum."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for item in estimate.get("items") or ():
        one = range_of(item, estimate)
        sums = {"low": f"{one.low:.2f}", "usd": f"{one.expected:.2f}", "high": f"{one.high:.2f}"}
        writer.writerow([_cell({**item, **sums}.get(column)) for column in _COLUMNS])
    for item in estimate.get("unpriced") or ():
        row = item if isinstance(item, Mapping) else {"price": item}
        writer.writerow([_cell({**row, "confidence": "unpriced"}.get(column)) for column in _COLUMNS])
    return out.getvalue()


def _cell(value: object) -> str:
    """A cell that a spreadsheet shows and does not run."""
    text = "" if value is None else " ".join(str(value).split())
    is_formula = isinstance(value, str) and text[:1] in ("=", "+", "-", "@") and not _is_number(text)
    return f"'{text}" if is_formula else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
