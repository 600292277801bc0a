"""How many writes one caller may send: a bucket per caller that refills with time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from decisionworks_api.errors import TooManyWrites

_MOST_CALLERS = 10_000


class WriteLimit:
    """A token bucket per caller in this process. Units: `per_minute` is both its size and its refill in a minute."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[UUID, tuple[float, float]] = OrderedDict()

    def spend(self, caller_id: UUID) -> None:
        """Count one write.

        Raises: TooManyWrites, with the time until the next one is allowed.
        """
        now = self._clock()
        left, seen = self._buckets.pop(caller_id, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - seen) * self._per_minute / 60)
        is_allowed = left >= 1
        self._buckets[caller_id] = (left - 1 if is_allowed else left, now)
        while len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        if not is_allowed:
            raise TooManyWrites(
                f"more than {self._per_minute} writes in a minute",
                retry_after_s=(1 - left) * 60 / self._per_minute,
                remedy="wait and send again",
            )
