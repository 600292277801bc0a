"""The queue: durable jobs, leases with fencing tokens, rescue. Knows no domain word."""

from decisionworks.jobs.claim import FIRST_PROJECT, Claimed, Scan, claim, hold_lease, note_progress
from decisionworks.jobs.duties import clean, promote
from decisionworks.jobs.enqueue import Order, enqueue, enqueue_many
from decisionworks.jobs.errors import (
    AlreadyQueued,
    JobNotFound,
    LeaseLost,
    NotInQuarantine,
    ScheduleNotFound,
    ScheduleTaken,
    UnfitLimit,
    UnfitPriority,
    UnfitSchedule,
)
from decisionworks.jobs.finish import finish, finish_many, park, release, release_many, retry
from decisionworks.jobs.limits import limit_of, limit_running
from decisionworks.jobs.listing import Backlog, backlog, get_job, list_jobs, queue_stats
from decisionworks.jobs.liveness import cancelled_leases, forget_worker, rescue, take_back
from decisionworks.jobs.model import DEFAULT_QUEUE, TASK_QUEUE, ClaimedJob, FinalOutcome, HeldLease, Lease, LostJob
from decisionworks.jobs.replay import discard, replay
from decisionworks.jobs.schedules import Missed, Schedule, add_schedule, fire_due, list_schedules, remove_schedule
from decisionworks.jobs.wake import close_waiting, request_cancel, wake

__all__ = [
    "DEFAULT_QUEUE",
    "FIRST_PROJECT",
    "TASK_QUEUE",
    "AlreadyQueued",
    "Backlog",
    "Claimed",
    "ClaimedJob",
    "FinalOutcome",
    "HeldLease",
    "JobNotFound",
    "Lease",
    "LeaseLost",
    "LostJob",
    "Missed",
    "NotInQuarantine",
    "Order",
    "Scan",
    "Schedule",
    "ScheduleNotFound",
    "ScheduleTaken",
    "UnfitLimit",
    "UnfitPriority",
    "UnfitSchedule",
    "add_schedule",
    "backlog",
    "cancelled_leases",
    "claim",
    "clean",
    "close_waiting",
    "discard",
    "enqueue",
    "enqueue_many",
    "finish",
    "finish_many",
    "fire_due",
    "forget_worker",
    "get_job",
    "hold_lease",
    "limit_of",
    "limit_running",
    "list_jobs",
    "list_schedules",
    "note_progress",
    "park",
    "promote",
    "queue_stats",
    "release",
    "release_many",
    "remove_schedule",
    "replay",
    "request_cancel",
    "rescue",
    "retry",
    "take_back",
    "wake",
]
