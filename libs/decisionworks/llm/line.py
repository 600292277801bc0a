"""The line to one model: a breaker around a series of tries, each admitted, sent and timed on its own.

One exhausted series is one failure of the breaker. It judges only what may work later: a request that the vendor calls
wrong says nothing about whether the vendor is up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pybreaker
import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from decisionworks.llm.admission import Admission, Need, Place
from decisionworks.llm.call_site import CallSite
from decisionworks.llm.errors import FaultKind, VendorFault
from decisionworks.llm.model import Usage, VendorAnswer, VendorClient, VendorPrompt
from decisionworks.llm.model_catalogue import ModelCard

log = structlog.get_logger(__name__)

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 20.0
_CHARS_PER_TOKEN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how often. Units: seconds; `hedge_after_s` sends a second request when the first is that slow."""

    deadline_s: float = 120.0
    request_s: float = 60.0
    requests: int = 4
    first_pause_s: float = _FIRST_PAUSE_S
    breaker_failures: int = 3
    breaker_rest_s: float = 30.0
    hedge_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer, how many requests it took, and how long; its place is freed by whoever writes it down.

    Units: `latency_ms` milliseconds, waiting included.
    """

    answer: VendorAnswer
    place: Place
    requests: int
    latency_ms: int


class SeriesFailed(Exception):
    """Every try of a series failed, or none was made; carries the last fault and what all of them took."""

    def __init__(self, fault: VendorFault, *, requests: int, latency_ms: int, usage: Usage | None = None) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.requests = requests
        self.latency_ms = latency_ms
        self.usage = usage or Usage()


class Line:
    """One model at one vendor, as this process sees it; limits are shared by all processes.

    `session_usd` is the most that a model with a work tree may spend in one session; None where one request is a call.
    """

    def __init__(
        self,
        card: ModelCard,
        client: Callable[[], VendorClient],
        *,
        admission: Admission,
        patience: Patience,
        session_usd: float | None = None,
    ) -> None:
        self.card = card
        self._session_usd = session_usd
        self._make_client = client
        self._client: VendorClient | None = None
        self._opening = asyncio.Lock()
        self._admission = admission
        self._patience = patience
        self._probing = asyncio.Lock()
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=patience.breaker_failures,
            reset_timeout=patience.breaker_rest_s,
            exclude=[lambda error: not (isinstance(error, SeriesFailed) and error.fault.is_retryable)],
            name=card.label,
            throw_new_error_on_trip=False,
        )

    @property
    def has_work_tree(self) -> bool:
        """Whether the model finds the files of a question in a folder, instead of in the text."""
        return self._session_usd is not None

    async def open(self) -> None:
        """Load the vendor's SDK now, so that no call waits for it."""
        await self._opened()

    async def close(self) -> None:
        """Close the connections, if any was ever opened."""
        if self._client is not None:
            await self._client.close()

    async def ask(self, prompt: VendorPrompt, site: CallSite, *, deadline: float) -> Heard:
        """Ask until there is an answer, at most until a monotonic deadline.

        Raises: SeriesFailed; BudgetExceeded.
        """
        began = time.monotonic()
        if self._breaker.current_state == pybreaker.STATE_CLOSED:
            return await self._guarded(prompt, site, began=began, deadline=deadline)
        # The breaker lets everybody through when its rest is over; one is enough to find out.
        if self._probing.locked():
            raise self._open()
        async with self._probing:
            return await self._guarded(prompt, site, began=began, deadline=deadline)

    async def _guarded(self, prompt: VendorPrompt, site: CallSite, *, began: float, deadline: float) -> Heard:
        try:
            with self._breaker.calling():
                return await self._series(prompt, site, began=began, deadline=deadline)
        except pybreaker.CircuitBreakerError as error:
            raise self._open() from error

    def _open(self) -> SeriesFailed:
        fault = VendorFault(FaultKind.BREAKER_OPEN, f"{self.card.label} failed too often and is left alone for a while")
        return SeriesFailed(fault, requests=0, latency_ms=0)

    async def _series(self, prompt: VendorPrompt, site: CallSite, *, began: float, deadline: float) -> Heard:
        sent, lost = 0, Usage()
        retrying = AsyncRetrying(
            stop=lambda state: self._must_stop(state, deadline),
            wait=self._wait,
            retry=retry_if_exception(lambda error: isinstance(error, VendorFault) and error.is_retryable),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    sent += 1
                    try:
                        answer, place = await self._once(prompt, site, deadline=deadline)
                    except VendorFault as fault:
                        lost += fault.usage
                        raise
            answer = replace(answer, usage=answer.usage + lost)
            return Heard(answer=answer, place=place, requests=sent, latency_ms=_since(began))
        except VendorFault as fault:
            log.warning("model.failed", model=self.card.label, kind=fault.kind.value, requests=sent)
            raise SeriesFailed(fault, requests=sent, latency_ms=_since(began), usage=lost) from fault

    def _must_stop(self, state: RetryCallState, deadline: float) -> bool:
        """After enough tries, or when the next one could not begin before the deadline."""
        return stop_after_attempt(self._patience.requests)(state) or time.monotonic() + state.upcoming_sleep > deadline

    def _wait(self, state: RetryCallState) -> float:
        """What the vendor asked for, else exponential with full jitter."""
        fault = state.outcome.exception() if state.outcome is not None else None
        jittered = wait_random_exponential(multiplier=self._patience.first_pause_s, max=_LONGEST_PAUSE_S)(state)
        asked = fault.retry_after_s if isinstance(fault, VendorFault) else None
        return jittered if asked is None else asked + min(0.25 * jittered, 0.5)

    async def _opened(self) -> VendorClient:
        """The client. Its first use loads the vendor's SDK, which takes seconds: off the loop, once; whoever asks
        meanwhile waits for the same one."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make_client)
            return self._client

    async def _once(self, prompt: VendorPrompt, site: CallSite, *, deadline: float) -> tuple[VendorAnswer, Place]:
        client = await self._opened()
        place = await self._admission.take(site, self._need(prompt), deadline=deadline)
        try:
            left_s = min(self._patience.request_s, deadline - time.monotonic())
            if left_s <= 0:
                raise VendorFault(FaultKind.DEADLINE, "no time is left for another request")
            try:
                async with asyncio.timeout(left_s):
                    return await self._send(client, prompt, timeout_s=left_s), place
            except TimeoutError as error:
                raise VendorFault(FaultKind.TIMEOUT, f"no whole answer within {left_s:.1f} s") from error
        except BaseException as error:  # also when cancelled, the place is given up
            asked_s = error.retry_after_s if isinstance(error, VendorFault) else None
            await self._admission.give_up(site, place.id, provider=self.card.account, pause_s=asked_s)
            raise

    async def _send(self, client: VendorClient, prompt: VendorPrompt, *, timeout_s: float) -> VendorAnswer:
        """Send once; where hedging is on and the answer is slow, send the same again and take the first answer."""
        hedge_after_s = self._patience.hedge_after_s
        if hedge_after_s is None:
            return await client.send(prompt, timeout_s=timeout_s)
        first = asyncio.create_task(client.send(prompt, timeout_s=timeout_s))
        running = {first}
        try:
            done, _ = await asyncio.wait(running, timeout=hedge_after_s)
            if not done:
                running.add(asyncio.create_task(client.send(prompt, timeout_s=timeout_s)))
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _need(self, prompt: VendorPrompt) -> Need:
        """The worst case: every character read without a cache, and the longest answer; or a session's whole limit."""
        if self._session_usd is not None:
            tokens = int(self._session_usd / self.card.usd.input * 1e6) if self.card.usd.input else 0
            return self._needing(tokens, self._session_usd)
        chars = len(prompt.system) + sum(len(text) for _, text in prompt.turns) + len(str(prompt.schema))
        tokens_in = int(chars / _CHARS_PER_TOKEN) + 1
        prices = self.card.prices_of(tokens_in)
        cost = (tokens_in * max(prices.input, prices.cache_write) + prompt.max_output_tokens * prices.output) / 1e6
        return self._needing(tokens_in + prompt.max_output_tokens, cost)

    def _needing(self, tokens: int, cost_usd: float) -> Need:
        lasts_s = self._patience.request_s + 5.0
        return Need(provider=self.card.account, tokens=tokens, cost_usd=round(cost_usd, 6), lasts_s=lasts_s)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
