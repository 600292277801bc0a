"""The queue: durable jobs, leases with fencing tokens, rescue. Knows no domain word."""

from decisionworks.jobs.claim import claim, hold_lease, note_progress
from decisionworks.jobs.enqueue import DEFAULT_QUEUE, enqueue
from decisionworks.jobs.errors import AlreadyQueued, JobNotFound, LeaseLost
from decisionworks.jobs.finish import finish, park, release, retry
from decisionworks.jobs.listing import get_job, list_jobs, queue_stats
from decisionworks.jobs.liveness import cancelled_leases, forget_worker, rescue, take_back
from decisionworks.jobs.model import ClaimedJob, FinalOutcome, HeldLease, Lease, LostJob
from decisionworks.jobs.wake import close_waiting, request_cancel, wake

__all__ = [
    "DEFAULT_QUEUE",
    "AlreadyQueued",
    "ClaimedJob",
    "FinalOutcome",
    "HeldLease",
    "JobNotFound",
    "Lease",
    "LeaseLost",
    "LostJob",
    "cancelled_leases",
    "claim",
    "close_waiting",
    "enqueue",
    "finish",
    "forget_worker",
    "get_job",
    "hold_lease",
    "list_jobs",
    "note_progress",
    "park",
    "queue_stats",
    "release",
    "request_cancel",
    "rescue",
    "retry",
    "take_back",
    "wake",
]
