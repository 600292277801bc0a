"""A fixed slice of the exhaustive suite (`make crash`): killed there, a run ends as if nothing had happened."""

from __future__ import annotations

import pytest

from tests.crash.points import CALL, spread
from tests.crash.stage import Stage
from tests.crash.suite import Enumeration, try_point

SLICE = 64

# The first test of a process waits until all points are found.
pytestmark = pytest.mark.timeout(600)


def test_the_points_are_of_every_kind(enumeration: Enumeration) -> None:
    points = enumeration.points

    chosen = spread(points, SLICE)

    assert len(points) > 300
    assert len(set(points)) == len(points)
    assert len(chosen) == SLICE
    assert {(point.victim, point.moment) for point in chosen} == {
        (victim, moment) for victim in ("worker", "api") for moment in ("before", "after")
    }
    assert {point.phase for point in points if point.victim == "api"} == {
        "request", "approve", "answers", "reject", "cancel", "revise"
    }  # fmt: skip
    calls = {point.name.split()[0] for point in points if point.where == CALL}
    assert calls == {"store", "git", "sandbox"}
    assert any(point.where == CALL for point in chosen)


@pytest.mark.parametrize("number", range(SLICE))
def test_a_kill_at_a_point_changes_nothing_that_is_told(stage: Stage, enumeration: Enumeration, number: int) -> None:
    point = spread(enumeration.points, SLICE)[number]

    result = try_point(stage, point, enumeration.calm[point.story])

    assert result.faults == (), str(point)
    assert result.reached, f"nobody came to {point}"
