from __future__ import annotations

from itertools import pairwise

import pytest

from decisionworks.decisions import TERMINAL, Status, can_become

ROAD = [Status.QUEUED, Status.INTAKE, Status.PLANNING, Status.GATE_WAITING, Status.GENERATING, Status.COMPLETED]


def test_the_straight_road_from_request_to_repository_is_open() -> None:
    steps = list(pairwise(ROAD))

    assert [can_become(found, wanted) for found, wanted in steps] == [True] * 5


def test_questions_lead_out_of_intake_and_back() -> None:
    assert can_become(Status.INTAKE, Status.NEEDS_INPUT)
    assert can_become(Status.NEEDS_INPUT, Status.INTAKE)


@pytest.mark.parametrize("found", sorted(TERMINAL))
@pytest.mark.parametrize("wanted", list(Status))
def test_nothing_follows_an_end(found: Status, wanted: Status) -> None:
    assert not can_become(found, wanted)


@pytest.mark.parametrize("found", sorted(set(Status) - TERMINAL))
def test_whatever_is_under_way_can_be_cancelled_or_fail(found: Status) -> None:
    assert can_become(found, Status.CANCELLED)
    assert can_become(found, Status.FAILED)


def test_no_code_is_generated_without_passing_the_gate() -> None:
    before = [Status.QUEUED, Status.INTAKE, Status.NEEDS_INPUT, Status.PLANNING]

    assert not any(can_become(found, Status.GENERATING) for found in before)
    assert not any(can_become(found, Status.COMPLETED) for found in [*before, Status.GATE_WAITING])
