"""The money of a plan: by capability, what moves it, and what the tiers add or leave out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from decisionworks.decisions.documents.model import Json, PlanContent
from decisionworks.decisions.documents.money import by_capability
from decisionworks.decisions.documents.said import Currency, currency_of, money
from decisionworks.kit.markdown import code, md, table


def cost(content: PlanContent) -> list[str]:
    """The section."""
    estimate = content.cost_estimate
    monthly = estimate.get("monthly")
    if not monthly:
        return ["## Cost", "", "The plan carries no estimate."]
    rows: list[tuple[str, ...]] = [
        (md(capability), _cents(one.low), _cents(one.expected), _cents(one.high))
        for capability, one in by_capability(estimate).items()
    ]
    low, expected, high = (f"**{_cents(monthly[key])}**" for key in ("low", "expected", "high"))
    rows.append(("**all**", low, expected, high))
    currency = currency_of(content.plan)
    if currency is not None:
        rows.append(
            (f"**all in {md(currency.code)}**", *(_in(currency, monthly[key]) for key in ("low", "expected", "high")))
        )
    lines = [
        "## Cost",
        "",
        f"{md(estimate.get('currency', 'USD'))} a month, list prices of {md(estimate.get('prices_as_of', 'the plan'))};"
        " every line is in [cost.csv](cost.csv)." + (f" {md(currency.note)}." if currency else ""),
        "",
        *table(("capability", "low", "expected", "high"), rows, right=[1, 2, 3]),
    ]
    return lines + _drivers(estimate) + _per_prediction(estimate) + _unpriced(estimate) + _tiers(content)


def _in(currency: Currency, usd: object) -> str:
    return f"**{float(usd) / currency.usd_per:,.2f}**" if isinstance(usd, int | float) else ""


def _drivers(estimate: Json) -> list[str]:
    drivers = [one for one in estimate.get("drivers") or () if isinstance(one, Mapping)]
    named = [f"{code(one.get('price', ''))} {money(one.get('usd'))}" for one in drivers]
    return ["", f"What moves the bill most: {', '.join(named)}."] if named else []


def _per_prediction(estimate: Json) -> list[str]:
    one = estimate.get("per_prediction")
    if not isinstance(one, Mapping):
        return []
    return [
        "",
        f"At {one['predictions_month']:,} predictions a month a thousand cost {_plain(one['usd_per_thousand'])} USD:"
        f" {_cents(one['fixed_usd_month'])} a month are there before the first one, a thousand more add"
        f" {_plain(one['next_thousand_usd'])} USD.",
    ]


def _plain(usd: float) -> str:
    """Three digits without an exponent, however little it is."""
    return f"{Decimal(f'{usd:.3g}'):,f}" if usd else "0"


def _unpriced(estimate: Json) -> list[str]:
    names = [code(one.get("price", one) if isinstance(one, Mapping) else one) for one in estimate.get("unpriced") or ()]
    return ["", f"Not priced, so not in the sum: {', '.join(names)}."] if names else []


def _tiers(content: PlanContent) -> list[str]:
    tiers = content.plan.get("tiers") or {}
    currency = currency_of(content.plan)
    rows = [
        (md(name), _cents(tier.get("monthly_usd")), md(tier.get("why", "")))
        for name in ("lean", "recommended", "robust")
        if isinstance(tier := tiers.get(name), Mapping)
    ]
    if currency is not None:
        rows = [
            (name, f"{usd} ({md(currency.amount(float(tiers[name]['monthly_usd'])))})", why) for name, usd, why in rows
        ]
    return ["", *table(("tier", "USD a month", "against the plan"), rows, right=[1])] if rows else []


def _cents(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, int | float) else ""
