from __future__ import annotations

from uuid import UUID

import pytest

from decisionworks_api.errors import TooManyWrites
from decisionworks_api.limits import WriteLimit

ADA, BOB = UUID(int=1), UUID(int=2)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_caller_may_spend_a_minutes_writes_at_once_and_no_more() -> None:
    limit = WriteLimit(3, clock=Clock())

    for _ in range(3):
        limit.spend(ADA)

    with pytest.raises(TooManyWrites) as refused:
        limit.spend(ADA)
    assert refused.value.retry_after_s == pytest.approx(20.0)


def test_time_gives_writes_back_and_one_caller_does_not_spend_anothers() -> None:
    clock = Clock()
    limit = WriteLimit(3, clock=clock)
    for _ in range(3):
        limit.spend(ADA)

    limit.spend(BOB)
    clock.now += 21
    limit.spend(ADA)

    with pytest.raises(TooManyWrites):
        limit.spend(ADA)


def test_a_long_pause_gives_no_more_than_a_minutes_writes() -> None:
    clock = Clock()
    limit = WriteLimit(2, clock=clock)
    limit.spend(ADA)
    clock.now += 3600

    limit.spend(ADA)
    limit.spend(ADA)

    with pytest.raises(TooManyWrites):
        limit.spend(ADA)
