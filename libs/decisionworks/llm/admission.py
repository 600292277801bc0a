"""Who may call when: limits of a provider shared by all workers, and budgets, both checked before anything is sent.

A provider's schedule is one row. A caller takes the next free moment in it and sleeps until then with no transaction
open. Vendors count over sliding windows and requests are held up on their way, so that the schedule keeps a fourth of
headroom, and who comes late to a moment gives it up.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from decisionworks.kit.ids import new_id
from decisionworks.llm.call_site import CallSite
from decisionworks.llm.errors import BudgetExceeded, FaultKind, VendorFault
from decisionworks.llm.statements import statement

_HEADROOM = 1.25
_LOOK_AGAIN_S = 0.15
# How much of the time between two moments somebody may be late, and what no process can be asked to keep.
_LATE_SHARE = 0.25
_LEAST_LATE_S = 0.02
_LOOKS = 64
_LONGEST_DELAY_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one provider may be asked for. Units: requests per second; calls at the same time; None is no limit."""

    rate_per_s: float | None = None
    at_once: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The most that may be spent per call, run, and project and month; None is no limit."""

    call_usd: float | None = None
    call_tokens: int | None = None
    run_usd: float | None = None
    run_tokens: int | None = None
    month_usd: float | None = None
    month_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The worst that a call may take. Units: tokens of both kinds; US dollars; seconds until it must have ended."""

    provider: str
    tokens: int
    cost_usd: float
    lasts_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place among those that call at the same time, from a monotonic moment on; whether the project keeps texts."""

    id: UUID
    due: float
    keeps_texts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Lets calls through, one at a time per provider and project in the database."""

    limits: Limits
    budgets: Budgets
    _clocks: deque[float] = field(default_factory=lambda: deque(maxlen=_LOOKS), init=False, repr=False, compare=False)

    async def take(self, site: CallSite, need: Need, *, deadline: float) -> Place:
        """Wait for a place and a moment, at most until a monotonic deadline; the place is held until somebody frees it.

        Raises: BudgetExceeded; VendorFault, every place is taken or the next moment is too far away.
        """
        self._check_call(need)
        while True:
            place = await self._reserve(site, need, deadline=deadline)
            if place.due > time.monotonic():
                await self._sleep(site, place.id, place.due - time.monotonic())
            # Whoever comes late would crowd those behind: the moment is given up for a new one.
            rate = self.limits.rate_per_s
            if rate is None or time.monotonic() - place.due < self._may_be_late_s(rate):
                return place
            await self.give_up(site, place.id)

    @staticmethod
    def _may_be_late_s(rate_per_s: float) -> float:
        return max(_LATE_SHARE / rate_per_s, _LEAST_LATE_S)

    async def give_up(
        self, site: CallSite, place_id: UUID, *, provider: str | None = None, pause_s: float | None = None
    ) -> None:
        """Free a place whose call did not come to an answer; the vendor may have asked for a pause of everybody."""
        async with site.database.system_transaction(is_durable=False) as tx:
            await tx.execute("DELETE FROM model_places WHERE id = %s", (place_id,))
            if provider is not None and pause_s:
                await tx.execute(statement("pause"), {"provider": provider, "pause": timedelta(seconds=pause_s)})

    async def _sleep(self, site: CallSite, place_id: UUID, wait_s: float) -> None:
        try:
            await asyncio.sleep(wait_s)
        except asyncio.CancelledError:
            await self.give_up(site, place_id)
            raise

    def _check_call(self, need: Need) -> None:
        budgets = self.budgets
        for unit, limit, needed in (
            ("USD", budgets.call_usd, need.cost_usd),
            ("tokens", budgets.call_tokens, need.tokens),
        ):
            if limit is not None and needed > limit:
                raise BudgetExceeded(scope="call", unit=unit, limit=limit, used=0, needed=needed)

    async def _reserve(self, site: CallSite, need: Need, *, deadline: float) -> Place:
        """Take a place and the next moment, as soon as there is one."""
        while True:
            left_s = deadline - time.monotonic()
            place = await self._try_reserve(site, need, left_s=left_s)
            if place is not None:
                return place
            if left_s <= 0:
                raise VendorFault(FaultKind.BUSY, f"all {self.limits.at_once} places of {need.provider} are taken")
            await asyncio.sleep(min(max(left_s, 0.0), _LOOK_AGAIN_S * random.uniform(0.5, 1.5)))

    async def _try_reserve(self, site: CallSite, need: Need, *, left_s: float) -> Place | None:
        place_id = new_id()
        limits, budgets = self.limits, self.budgets
        spacing_s = 0.0 if limits.rate_per_s is None else _HEADROOM / limits.rate_per_s
        asked = (
            place_id, need.provider, site.project_id, site.run_id, need.tokens, Decimal(str(need.cost_usd)),
            timedelta(seconds=need.lasts_s), timedelta(seconds=spacing_s), timedelta(seconds=max(left_s, 0.0)),
            limits.at_once,
            budgets.run_tokens, _exact(budgets.run_usd), budgets.month_tokens, _exact(budgets.month_usd),
        )  # fmt: skip
        [row] = await site.database.call(statement("take"), asked)
        due = self._here(row["seen_at"], row["due_at"])
        if row["is_taken"]:
            return Place(id=place_id, due=due, keeps_texts=bool(row["keeps_texts"]))
        self._check_budgets(need, row)
        if limits.at_once is not None and row["busy"] >= limits.at_once:
            return None
        wait_s = (row["due_at"] - row["seen_at"]).total_seconds()
        raise VendorFault(
            FaultKind.BUSY, f"the next moment for {need.provider} is {wait_s:.1f} s away", retry_after_s=wait_s
        )

    def _here(self, seen_at: datetime, due_at: datetime) -> float:
        """A moment of the server by our monotonic clock. Of the last looks at both clocks the one with the least delay
        counts: an answer that lay about in a busy process does not put off the moment. Where the server's clock was set
        back, the delay of this one bounds the error."""
        now = time.monotonic()
        self._clocks.append(now - seen_at.timestamp())
        at_latest = now + (due_at - seen_at).total_seconds()
        return max(due_at.timestamp() + min(self._clocks), at_latest - _LONGEST_DELAY_S)

    def _check_budgets(self, need: Need, row: Mapping[str, Any]) -> None:
        budgets = self.budgets
        for scope, unit, limit, used, needed in (
            ("run", "USD", budgets.run_usd, row["run_usd"], need.cost_usd),
            ("run", "tokens", budgets.run_tokens, row["run_tokens"], need.tokens),
            ("project and month", "USD", budgets.month_usd, row["month_usd"], need.cost_usd),
            ("project and month", "tokens", budgets.month_tokens, row["month_tokens"], need.tokens),
        ):
            if limit is not None and float(used) + needed > limit:
                raise BudgetExceeded(scope=scope, unit=unit, limit=limit, used=float(used), needed=needed)


def _exact(usd: float | None) -> Decimal | None:
    return None if usd is None else Decimal(str(usd))
