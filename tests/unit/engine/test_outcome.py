"""What an error means for a job."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from decisionworks.engine.errors import RunCancelled
from decisionworks.engine.outcome import Cancelled, Failed, Lost, TryAgain, outcome_of, poisoned
from decisionworks.jobs import ClaimedJob, LeaseLost
from decisionworks.kit.errors import Broken, Invalid, RetryLater
from decisionworks.kit.ids import new_id

JOB = ClaimedJob(
    id=new_id(),
    project_id=new_id(),
    kind="test",
    queue="default",
    subject_id=new_id(),
    payload={},
    lease_token=1 << 20,
    failures=0,
    lost_leases=0,
    max_failures=5,
    cancel_requested=False,
    returned=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    rank_at=datetime(2026, 1, 1, tzinfo=UTC),
    waited_s=0.0,
)


def test_a_lost_lease_is_left_to_its_new_owner() -> None:
    assert outcome_of(LeaseLost(JOB.id, 1), JOB) == Lost()


def test_a_cancelled_run_ends_as_cancelled() -> None:
    assert outcome_of(RunCancelled(), JOB) == Cancelled()


@pytest.mark.parametrize("error", [Invalid("no such field"), Broken("a promise does not hold")])
def test_wrong_input_and_our_own_faults_are_not_tried_again(error: Exception) -> None:
    outcome = outcome_of(error, JOB)

    assert isinstance(outcome, Failed)
    assert not outcome.failure.quarantined
    assert outcome.failure.message == str(error)


def test_what_may_work_later_waits_at_least_as_long_as_it_asks() -> None:
    outcome = outcome_of(RetryLater("busy", retry_after_s=42.0), JOB)

    assert isinstance(outcome, TryAgain)
    assert outcome.delay_s >= 42.0


def test_what_asks_for_time_gets_twice_as_much_with_every_failure() -> None:
    outcome = outcome_of(RetryLater("disk full", retry_after_s=10.0), replace(JOB, failures=3))

    assert isinstance(outcome, TryAgain)
    assert outcome.delay_s >= 80.0


def test_a_full_disk_is_given_time_and_is_not_taken_for_a_fault_of_ours() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    now, at_last = outcome_of(full, JOB), outcome_of(full, replace(JOB, failures=4))

    assert isinstance(now, TryAgain)
    assert now.delay_s >= 10.0
    assert isinstance(at_last, Failed)
    assert not at_last.failure.quarantined
    assert "No space left" in at_last.failure.message


def test_the_wait_grows_with_the_failures_and_is_bounded() -> None:
    tired = replace(JOB, failures=3)

    delays = [outcome_of(RetryLater("busy"), tired) for _ in range(200)]

    assert all(isinstance(one, TryAgain) and 0 <= one.delay_s <= 8.0 for one in delays)
    assert len({one.delay_s for one in delays if isinstance(one, TryAgain)}) > 100


def test_the_last_failure_ends_the_job() -> None:
    last = replace(JOB, failures=4)

    outcome = outcome_of(RetryLater("busy"), last)

    assert isinstance(outcome, Failed)


def test_an_unforeseen_error_rests_in_quarantine_and_tells_nothing_of_its_insides() -> None:
    last = replace(JOB, failures=4)

    outcome = outcome_of(ZeroDivisionError("secret detail"), last)

    assert isinstance(outcome, Failed)
    assert outcome.failure.quarantined
    assert "secret detail" not in outcome.failure.message


@pytest.mark.parametrize(("lost", "is_poison"), [(4, False), (5, True)])
def test_five_workers_lost_in_a_row_make_a_job_poison(lost: int, is_poison: bool) -> None:
    verdict = poisoned(replace(JOB, lost_leases=lost))

    assert (verdict is not None) == is_poison
