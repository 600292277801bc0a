"""Two statements of a request that exclude each other: each side planned and priced, and the question between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from decisionworks.patterns.bench import RECOMMENDED, Bench
from decisionworks.patterns.layers import reading_order
from decisionworks.patterns.model import Json
from decisionworks.patterns.ways_out import with_changes
from decisionworks.projects.tell_values import joined, name_field, tell_value

LETTERS = "AB"
SAID_TWICE = "is said twice and differently"
MOST_QUOTED = 70
# Intake quotes both sides in its reason; they are shown beside it.
_QUOTES = re.compile(r"(?:: )?“[^”]*”(?: and “[^”]*”)*(?:: )?")


def plan_both_ways(bench: Bench, findings: Mapping[str, object]) -> Json | None:
    """The conflicts that the words of a request hold, and a way out for each side that has a plan; None without any."""
    rows = findings.get("contradictions")
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    conflicts = [_conflict(bench, row) for row in found if not row.get("by_solver")]
    if not conflicts:
        return None
    ways = [
        {
            "changes": side["changes"],
            "monthly_usd": side["monthly"]["expected"],
            "why": f"“{side['quote']}” counts: {side['why']}",
        }
        for conflict in conflicts
        for side in _sides(conflict)
        if isinstance(side["monthly"], dict) and side["changes"]
    ]
    return {"conflicts": conflicts, "relaxations": ways}


def with_words(infeasibility: Json | None, of_words: Json | None) -> Json | None:
    """What the solver refutes and what the words refute, together; ways out of the words come first."""
    if infeasibility is None or of_words is None:
        return infeasibility or of_words
    return {key: [*_list(of_words[key]), *_list(infeasibility[key])] for key in ("conflicts", "relaxations")}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _sides(conflict: Json) -> list[Json]:
    rows = conflict.get("readings")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _conflict(bench: Bench, row: Mapping[str, object]) -> Json:
    fields = [str(name) for name in _list(row.get("fields"))]
    spans = [span for span in _list(row.get("spans")) if isinstance(span, Mapping)]
    sides = _planned(bench, _list(row.get("readings")), spans)
    why = " ".join(_QUOTES.sub(" ", str(row.get("why") or "")).split()).strip(" :")
    # “Is said twice and differently” tells nothing that the two quotations do not.
    reason = f": {why}" if why and SAID_TWICE not in why else ""
    return {
        "fields": fields,
        "spans": [dict(span) for span in spans],
        "why": f"The request says two things about {joined([name_field(one) for one in fields])}{reason}.",
        "is_contradiction": True,
        "is_of_words": True,
        "readings": sides,
        "question": _question(fields, spans, sides),
    }


def _planned(bench: Bench, readings: Sequence[object], spans: Sequence[Mapping[str, object]]) -> list[Json]:
    """Each side as it would be planned, with what only it has."""
    sides: list[Json] = []
    for reading, span in zip(readings, spans, strict=False):
        if not isinstance(reading, Mapping):
            continue
        changed = with_changes(bench, reading)
        solution = changed.solve(RECOMMENDED)
        patterns = [] if solution is None else reading_order(solution.patterns, catalogue=bench.catalogue)
        monthly = changed.estimate(patterns)["monthly"] if patterns else None
        sides.append(
            {"quote": span.get("text", ""), "changes": dict(reading), "monthly": monthly, "patterns": patterns}
        )
    for side in sides:
        others = [other for other in sides if other is not side]
        side["why"] = _told(bench, side, others)
    return sides


def _told(bench: Bench, side: Json, others: Sequence[Json]) -> str:
    changes, patterns = side["changes"], [str(one) for one in _list(side["patterns"])]
    values = _values(changes)
    if not patterns:
        return f"{values}: no plan meets this and all the rest that was asked"
    by_id = bench.catalogue.by_id
    serving = joined([by_id[name].name for name in patterns if by_id[name].capability == "serving"])
    told = f"{values}: {serving or 'a plan'} with {len(patterns)} parts{_of_budget(bench, side)}"
    for other in others:
        rest = _list(other["patterns"])
        more = [by_id[name].name for name in patterns if name not in rest]
        if rest and more:
            told += f"; only here: {joined(more)}"
        elif patterns == rest and side["monthly"] == other["monthly"]:
            told += "; parts and price are those of the other side, only this promise differs"
    return told


def _of_budget(bench: Bench, side: Json) -> str:
    """How much of the budget of this side its plan takes, where the two sides are budgets."""
    changes, monthly = side["changes"], side["monthly"]
    budget = changes.get("budget_usd_month") if isinstance(changes, Mapping) else None
    if not isinstance(budget, int | float) or not budget or not isinstance(monthly, Mapping):
        return ""
    return f", {float(monthly['expected']) / budget:.0%} of this budget"


def _values(changes: object) -> str:
    told = [
        f"as quoted, with no figure for {name_field(field)}" if value is None else tell_value(field, value)
        for field, value in (changes.items() if isinstance(changes, Mapping) else ())
    ]
    return joined(told) or "no value that a plan reads"


def _question(fields: Sequence[str], spans: Sequence[Mapping[str, object]], sides: Sequence[Json]) -> str:
    quoted = [
        f"{letter}, “{_shortened(str(span.get('text', '')))}”" for letter, span in zip(LETTERS, spans, strict=False)
    ]
    prices = [side["monthly"]["expected"] for side in sides if isinstance(side["monthly"], dict)]
    asked = f"Which of the two counts for {joined([name_field(one) for one in fields])}"
    told = f"{asked}: {' or '.join(quoted)}?" if len(quoted) > 1 else f"{asked}?"
    if len(prices) < 2:
        return told
    if prices[0] == prices[1]:
        return f"{told} Either costs {prices[0]:,.2f} USD a month."
    return f"{told} A costs {prices[0]:,.2f}, B {prices[1]:,.2f} USD a month."


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_QUOTED else f"{flat[: MOST_QUOTED - 1].rstrip()}…"
