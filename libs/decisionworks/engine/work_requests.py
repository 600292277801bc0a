"""Work by request: a worker that claims only while somebody waits for it, and holds nothing in between.

    resting  --first request-->  working  --last request ends-->  laying down  --nothing held-->  resting

Some platforms give an instance processor time only while it answers a request. Between requests this process may
stand still at any instruction for any time: it then holds no job, no lock in the database and no LISTEN connection,
whose unread notices the server would have to keep.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from decisionworks.engine.duties import Duties
from decisionworks.engine.errors import TooManyWorkRequests, WorkerIsDraining
from decisionworks.engine.lane import Lane, LaneParts

MOST_OPEN = 16
# Longer than the pause between two rescues, so that a request rung for the jobs of the dead finds them.
_QUIET_S = 1.2
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """How a request ended: jobs that this worker claimed while it was open, and whether it left any."""

    worked: int
    has_more: bool


class WorkRequests:
    """Opens and closes a worker's lanes with the requests that are open.

    Units: `longest_s` is the time that a request works, `let_go_s` the time that running nodes have at its end.
    """

    def __init__(
        self, parts: LaneParts, lanes: Sequence[Lane], duties: Duties, *, longest_s: float, let_go_s: float
    ) -> None:
        self._parts = parts
        self._lanes = lanes
        self._duties = duties
        self._longest_s = longest_s
        self._let_go_s = let_go_s
        self._open = 0
        self._is_listening = False
        self._hold_off()

    @property
    def is_resting(self) -> bool:
        """Whether no request is open."""
        return self._open == 0

    async def work(self) -> Worked:
        """Work until there is nothing more to do or the time is over; the last request to end leaves nothing held.

        Raises: TooManyWorkRequests, WorkerIsDraining.
        """
        if self._is_draining():
            raise WorkerIsDraining
        if self._open >= MOST_OPEN:
            raise TooManyWorkRequests(MOST_OPEN)
        before = self._claimed()
        self._open += 1
        try:
            await self._go_on()
            is_done = await self._until_quiet()
        finally:
            self._open -= 1
            if self._open == 0:
                self._hold_off()
        gave_back = await self._lay_down()
        return Worked(worked=self._claimed() - before, has_more=gave_back or not is_done)

    async def _until_quiet(self) -> bool:
        """Wait until nothing runs and nothing was found for a while; False when the time is over before."""
        began = now = time.monotonic()
        busy_at = began
        while now - began < self._longest_s and not self._is_draining():
            if any(lane.held() or lane.found_nothing_at < began for lane in self._lanes):
                busy_at = now
            elif now - busy_at >= _QUIET_S:
                return True
            await asyncio.sleep(_LOOK_S)
            now = time.monotonic()
        return False

    async def _lay_down(self) -> bool:
        """Wait until nothing is under way; answers whether jobs were given back. A new request ends it."""
        while True:
            if not self.is_resting:
                return False
            if not self._duties.is_busy and not any(lane.is_looking for lane in self._lanes):
                break
            await asyncio.sleep(_LOOK_S / 5)
        gave_back = any(lane.held() for lane in self._lanes)
        await asyncio.gather(*(lane.let_go(self._let_go_s) for lane in self._lanes))
        if self.is_resting and self._is_listening:
            self._is_listening = False
            await self._parts.listener.stop()
        return gave_back

    async def _go_on(self) -> None:
        if not self._is_listening:
            self._is_listening = True
            await self._parts.listener.start()
        self._duties.go_on()
        for lane in self._lanes:
            lane.go_on()

    def _hold_off(self) -> None:
        self._duties.hold_off()
        for lane in self._lanes:
            lane.hold_off()

    def _claimed(self) -> int:
        return sum(lane.claimed_count for lane in self._lanes)

    def _is_draining(self) -> bool:
        return any(lane.is_draining for lane in self._lanes)
