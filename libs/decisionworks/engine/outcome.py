"""What an error means for the job: try again later, fail, rest in quarantine, or say nothing more."""

from __future__ import annotations

import errno
import random
from dataclasses import dataclass
from typing import assert_never

from decisionworks.engine.definition import Failure, Waiting
from decisionworks.engine.errors import RunCancelled
from decisionworks.jobs import ClaimedJob, FinalOutcome, LeaseLost
from decisionworks.kit.errors import DecisionworksError, RetryLater

MOST_LOST_LEASES = 5
_LONGEST_DELAY_S = 300.0
# What a machine runs out of, and has again when somebody makes room.
_SHORTAGES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
_SHORTAGE_DELAY_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """The graph came to its end."""

    state: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """The graph waits for a person."""

    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Released:
    """This worker stops; others go on at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Something outside failed. Units: `delay_s` seconds from now."""

    delay_s: float
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The run ends without its result; quarantined when trying again would do harm."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Somebody asked for the end."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Another worker has the job: nothing may be written."""


Outcome = Succeeded | Parked | Released | TryAgain | Failed | Cancelled | Lost


def outcome_of(error: Exception, job: ClaimedJob) -> Outcome:
    """Judge an error that ended an attempt.

    What is wrong with the input or with us fails at once; what may work later, and anything unforeseen, is tried
    again with full jitter until the job's limit of failures without progress, and unforeseen errors then rest in
    quarantine.
    """
    match error:
        case LeaseLost():
            return Lost()
        case RunCancelled():
            return Cancelled()
        case RetryLater():
            return _again_or_fail(_failure(error, quarantined=False), job, at_least_s=error.retry_after_s or 0.0)
        case OSError(errno=number, strerror=reason) if number in _SHORTAGES:
            return _again_or_fail(_shortage(reason), job, at_least_s=_SHORTAGE_DELAY_S)
        case DecisionworksError():
            return Failed(failure=_failure(error, quarantined=False))
        case _:
            return _again_or_fail(_failure(error, quarantined=True), job, at_least_s=0.0)


def poisoned(job: ClaimedJob) -> Failed | None:
    """A job whose workers died too often in a row, without a newly finished node between."""
    if job.lost_leases < MOST_LOST_LEASES:
        return None
    return Failed(
        failure=Failure(
            code="poison",
            message=f"{job.lost_leases} workers in a row died or froze while working on this run",
            remedy="look at the workers' logs, then replay the job",
            quarantined=True,
        )
    )


def final_outcome_name(outcome: Succeeded | Failed | Cancelled) -> FinalOutcome:
    """The name under which the finished job is kept."""
    match outcome:
        case Succeeded():
            return "succeeded"
        case Cancelled():
            return "cancelled"
        case Failed(failure=failure):
            return "quarantined" if failure.quarantined else "failed"
        case _:
            assert_never(outcome)


def _again_or_fail(failure: Failure, job: ClaimedJob, *, at_least_s: float) -> TryAgain | Failed:
    if job.failures + 1 >= job.max_failures:
        return Failed(failure=failure)
    growth = 2.0**job.failures
    delay_s = max(at_least_s * growth, random.uniform(0.0, growth))  # noqa: S311 jitter
    return TryAgain(delay_s=min(_LONGEST_DELAY_S, delay_s), failure=failure)


def _shortage(reason: str | None) -> Failure:
    return Failure(
        code="machine-short",
        message=f"the worker's machine could not go on: {reason or 'a resource is used up'}",
        remedy="make room on the worker's machine (disk, memory, open files), then ask again",
        quarantined=False,
    )


def _failure(error: Exception, *, quarantined: bool) -> Failure:
    if isinstance(error, DecisionworksError):
        return Failure(code=error.code, message=error.message, remedy=error.remedy, quarantined=quarantined)
    return Failure(
        code="unexpected",
        message=f"an unexpected error of kind {type(error).__name__} ended the run",
        remedy="the worker's log has the details under this run's id; replay the job when the cause is mended",
        quarantined=quarantined,
    )
