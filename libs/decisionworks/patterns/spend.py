"""A plan beside the budget that was wished for: in whose money, by how much it is over, why, and what brings it down.

What brings it down is not guessed: each way is a plan solved again under its change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from decisionworks.patterns.bench import RECOMMENDED, Bench
from decisionworks.patterns.model import Json
from decisionworks.patterns.ways_out import on_a_schedule, with_changes
from decisionworks.projects.tell_values import joined, tell_value

# Law and the kind of data: what they ask for is no matter of taste.
GUARDING = (
    "compliance", "data_sensitivity", "data_residency", "audit_retention_years", "explainability_required",
    "human_review_required",
)  # fmt: skip
MOST_WAYS = 3
MOST_TRIED = 5
LEAST_SAVING = 0.05
LEAST_USD = 0.5
USUAL_AVAILABILITY = 99.5
_RATE = re.compile(r"at (?P<usd>\d[\d.]*) USD per (?P<code>[A-Z]{3}) \((?P<as_of>\d{4}-\d{2}-\d{2})\)")


def tell_budget(
    bench: Bench, constraints: Mapping[str, object], *, rows: Sequence[Json], usd: float, tiers: Json
) -> Json | None:
    """What is known of the budget, and where the plan is over it, why and what would help; None where none was named.

    Units: United States dollars a month; a `currency` says what one of the requester's own is worth.
    """
    budget = bench.situation.known.get("budget_usd_month")
    if not isinstance(budget, int | float) or isinstance(budget, bool):
        return None
    told: Json = {
        "usd": budget,
        "is_hard": bench.situation.working.get("budget_hardness") == "hard",
        "currency": _currency(constraints.get("budget_usd_month")),
        "over_usd": round(max(0.0, usd - budget), 2),
        "because": [],
        "ways": [],
    }
    if usd > budget:
        told["because"] = _because(bench, rows)
        told["ways"] = [*_lean(tiers, budget, usd), *_ways(bench, usd)][:MOST_WAYS]
    return told


def _currency(entry: object) -> Json | None:
    """The requester's currency as intake noted it beside the amount."""
    reason = entry.get("reason") if isinstance(entry, Mapping) else None
    found = _RATE.search(reason) if isinstance(reason, str) else None
    if found is None or found["code"] == "USD":
        return None
    return {"code": found["code"], "usd_per": float(found["usd"]), "as_of": found["as_of"]}


def _because(bench: Bench, rows: Sequence[Json]) -> list[Json]:
    """The parts that law and the kind of data ask for, then the dearest of the others."""
    guarded = {
        name: [field for field in need.fields if field in GUARDING]
        for need in bench.problem.needs
        for name in need.any_of
        if any(field in GUARDING for field in need.fields)
    }
    paid = {str(row["id"]): (str(row["name"]), float(str(row["monthly_usd"]))) for row in rows}
    lines = sorted((name for name in guarded if name in paid), key=lambda name: (-paid[name][1], name))
    told: list[Json] = []
    if lines:
        total = sum(paid[name][1] for name in lines)
        fields = dict.fromkeys(field for name in lines for field in guarded[name])
        asked = joined([tell_value(field, bench.situation.working.get(field)) for field in fields])
        named = ", ".join(f"{paid[name][0]} {paid[name][1]:,.2f}" for name in lines[:4])
        told.append(
            {"patterns": lines, "usd": round(total, 2), "text": f"{asked} ask for {total:,.2f} USD of it ({named})"}
        )
    dearest = sorted((name for name in paid if name not in guarded), key=lambda name: (-paid[name][1], name))[:2]
    told += [
        {"patterns": [name], "usd": paid[name][1], "text": f"{paid[name][0]} takes {paid[name][1]:,.2f} USD"}
        for name in dearest
        if paid[name][1] >= LEAST_USD
    ]
    return told


def _lean(tiers: Json, budget: float, usd: float) -> list[Json]:
    lean = tiers.get("lean")
    price = lean.get("monthly_usd") if isinstance(lean, Mapping) else None
    if not isinstance(price, int | float) or usd - price < LEAST_SAVING * usd:
        return []
    fits = "inside the budget" if price <= budget else f"still {price - budget:,.2f} over"
    return [{"changes": {}, "monthly_usd": price, "text": f"the lean tier at {price:,.2f} USD a month, {fits}"}]


def _ways(bench: Bench, usd: float) -> list[Json]:
    """Single wishes given up, each planned again; the largest saving first."""
    found: list[tuple[float, Json]] = []
    for changes in list(_wishes(bench))[:MOST_TRIED]:
        changed = with_changes(bench, {"budget_usd_month": None, **changes})
        solution = changed.solve(RECOMMENDED)
        price = None if solution is None else changed.usd(solution.patterns)
        if price is not None and usd - price >= LEAST_SAVING * usd:
            told = joined([tell_value(field, value) for field, value in changes.items() if field in _SAID] or ["less"])
            text = f"{told}: {price:,.2f} USD a month, {usd - price:,.2f} less"
            found.append((price, {"changes": changes, "monthly_usd": price, "text": text}))
    return [way for _, way in sorted(found, key=lambda one: (one[0], str(one[1]["changes"])))]


# Of what changes together, what is worth saying.
_SAID = (
    "multi_region", "availability_slo_pct", "inference_mode", "explainability_required", "human_review_required",
    "labelling_needed", "retraining_frequency",
)  # fmt: skip


def _wishes(bench: Bench) -> Iterator[dict[str, object]]:
    known = bench.situation.known
    if known.get("multi_region") is True:
        yield {"multi_region": False}
    availability = known.get("availability_slo_pct")
    if isinstance(availability, int | float) and availability > USUAL_AVAILABILITY:
        yield {"availability_slo_pct": USUAL_AVAILABILITY}
    if later := on_a_schedule(bench):
        yield later
    for field in ("human_review_required", "labelling_needed", "explainability_required"):
        if known.get(field) is True:
            yield {field: False}
    if known.get("retraining_frequency") in ("hourly", "daily", "weekly"):
        yield {"retraining_frequency": "monthly"}
