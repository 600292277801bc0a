"""What the bill of two plans differs by: in all, by capability, by price and by changed constraint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions.compare_digest import CENT

Json = Mapping[str, Any]
Rows = list[dict[str, Any]]


def compare_costs(before: Json, after: Json, *, of_change: Mapping[str, float]) -> dict[str, Any]:
    """The change of the estimate, and where it comes from.

    Units: money in the currency of the later estimate, a month; `of_change` is what each changed constraint adds.
    """
    old, new = before.get("monthly") or {}, after.get("monthly") or {}
    delta = {key: _difference(old.get(key), new.get(key)) for key in ("low", "expected", "high")}
    was, change = old.get("expected"), delta["expected"]
    return {
        "currency": after.get("currency") or before.get("currency"),
        "from": dict(old) or None,
        "to": dict(new) or None,
        "delta": delta,
        "delta_percent": round(100 * change / was, 1) if was and change is not None else None,
        "drivers": _compare_capabilities(before.get("items") or (), after.get("items") or ()),
        "causes": [{"field": field, "delta_usd": usd} for field, usd in of_change.items() if abs(usd) >= CENT],
        "items": _compare_items(before.get("items") or (), after.get("items") or ()),
    }


def _compare_items(before: Sequence[Json], after: Sequence[Json]) -> Rows:
    old, new = _item_totals(before), _item_totals(after)
    rows: Rows = []
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key, 0.0), new.get(key, 0.0)
        if abs(now - was) >= CENT:
            price, capability = key
            rows.append(
                {
                    "price": price,
                    "capability": capability,
                    "from_usd": round(was, 2),
                    "to_usd": round(now, 2),
                    "delta_usd": round(now - was, 2),
                }
            )
    return sorted(rows, key=lambda row: (-abs(row["delta_usd"]), str(row["price"]), str(row["capability"])))


def _compare_capabilities(before: Sequence[Json], after: Sequence[Json]) -> Rows:
    """What moved the sum, by capability, the largest move first."""
    sums: dict[str, list[float]] = {}
    for side, items in enumerate((before, after)):
        for item in items:
            sums.setdefault(str(item.get("capability")), [0.0, 0.0])[side] += float(item.get("usd") or 0)
    rows = [
        {"capability": name, "from_usd": round(was, 2), "to_usd": round(now, 2), "delta_usd": round(now - was, 2)}
        for name, (was, now) in sums.items()
        if abs(now - was) >= CENT
    ]
    return sorted(rows, key=lambda row: (-abs(float(str(row["delta_usd"]))), str(row["capability"])))


def _item_totals(items: Sequence[Json]) -> dict[tuple[str, str], float]:
    totals: dict[tuple[str, str], float] = {}
    for item in items:
        key = (str(item.get("price")), str(item.get("capability")))
        totals[key] = totals.get(key, 0.0) + float(item.get("usd") or 0)
    return totals


def _difference(before: object, after: object) -> float | None:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return round(after - before, 2)
    return None
