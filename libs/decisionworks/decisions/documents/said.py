"""What a plan says about money and policies, in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.decisions.documents.model import Json
from decisionworks.policy.told import in_plain_words

__all__ = ["Currency", "currency_of", "first_sentences", "in_plain_words", "money", "more_or_less"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """The requester's own currency. Units: `usd_per` is what one of it is worth in US dollars on `as_of`."""

    code: str
    usd_per: float
    as_of: str

    @property
    def note(self) -> str:
        """The rate, for beside a sum."""
        return f"{self.usd_per:g} USD per {self.code}, rate of {self.as_of}"

    def amount(self, usd: float) -> str:
        """A sum of US dollars in it."""
        value = usd / self.usd_per
        return f"{value:,.0f} {self.code}" if abs(value) >= 100 else f"{value:,.2f} {self.code}"


def currency_of(plan: Json) -> Currency | None:
    """The currency in which the budget was named; None where that was US dollars or no budget was named."""
    told = (plan.get("budget") or {}).get("currency")
    if not isinstance(told, Mapping):
        return None
    return Currency(code=str(told["code"]), usd_per=float(told["usd_per"]), as_of=str(told["as_of"]))


def money(usd: object, currency: Currency | None = None) -> str:
    """A sum in US dollars, and in the requester's currency where that is another."""
    if not isinstance(usd, int | float):
        return "not priced"
    return f"{usd:,.2f} USD" if currency is None else f"{usd:,.2f} USD ({currency.amount(usd)})"


def more_or_less(usd: float) -> str:
    """A difference with its sign."""
    return f"{usd:+,.2f} USD a month"


def first_sentences(texts: Sequence[str], *, most: int) -> str:
    """The first of several remarks, numbered where there are more than one."""
    kept = texts[:most]
    if len(kept) < 2:
        return "".join(kept)
    return " ".join(f"({number}) {text}" for number, text in enumerate(kept, start=1))
