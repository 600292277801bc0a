"""What of a request cannot hold together: both statements word for word, each side planned and priced, the question."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.decisions.documents.model import Json, PlanContent, shown
from decisionworks.decisions.documents.said import Currency, currency_of, in_plain_words, money
from decisionworks.kit.markdown import code, md, quoted_md, table
from decisionworks.projects.tell_values import as_sentence


def conflicts(content: PlanContent) -> list[str]:
    """The section; nothing where everything holds."""
    if content.infeasibility is None:
        return []
    lines = ["## What cannot hold together"]
    for conflict in content.infeasibility.get("conflicts") or ():
        lines += ["", *_conflict(conflict, content)]
    # A side that stands in the table of its conflict is not told twice.
    sides = [side for one in content.infeasibility.get("conflicts") or () for side in one.get("readings") or ()]
    told = [side.get("changes") for side in sides]
    currency = currency_of(content.plan)
    rows = [
        (
            _changes(way.get("changes")),
            _sum(way.get("monthly_usd"), currency),
            md(in_plain_words(way.get("why", ""), {})),
        )
        for way in content.infeasibility.get("relaxations") or ()
        if way.get("changes") not in told
    ]
    return [*lines, "", *table(("a way out", "USD a month", "why"), rows, right=[1])] if rows else lines


def _conflict(conflict: Json, content: PlanContent) -> list[str]:
    sides = [one for one in conflict.get("readings") or () if isinstance(one, Mapping)]
    lines = [md(as_sentence(in_plain_words(conflict.get("why", ""), content.values)))]
    spans = [one for one in conflict.get("spans") or () if isinstance(one, Mapping)]
    for letter, span in zip("ABCDEF", spans, strict=False):
        where = _place(span, content.request)
        lines += ["", f"{letter if sides else 'You said'}{where}:", "", quoted_md(span.get("text", ""))]
    if sides:
        currency = currency_of(content.plan)
        rows = [_side(letter, one, currency) for letter, one in zip("ABCDEF", sides, strict=False)]
        heads = ("if this counts", "then", "USD a month", "say so with")
        lines += ["", *table(heads, rows, right=[2])]
    if conflict.get("question"):
        lines += ["", f"**To answer:** {md(conflict['question'])}"]
    return lines


def _side(letter: str, side: Json, currency: Currency | None) -> tuple[str, ...]:
    monthly = side.get("monthly")
    price = "nothing fits"
    if isinstance(monthly, Mapping):
        low, expected, high = (monthly.get(key) for key in ("low", "expected", "high"))
        price = f"{_sum(expected, currency)}, {_cents(low)} to {_cents(high)}"
    return letter, md(side.get("why", "")), price, _changes(side.get("changes"))


def _place(span: Json, request: str) -> str:
    start = span.get("start")
    if not isinstance(start, int) or not 0 <= start < len(request):
        return ""
    return f", in line {request.count(chr(10), 0, start) + 1} of the request"


def _changes(changes: object) -> str:
    if isinstance(changes, Mapping):
        pairs = ((field, "null" if value is None else shown(value)) for field, value in changes.items())
        return ", ".join(f"{code(field)} = {md(value)}" for field, value in pairs)
    return md(changes)


def _sum(usd: object, currency: Currency | None) -> str:
    return md(money(usd, currency))


def _cents(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, int | float) else ""
