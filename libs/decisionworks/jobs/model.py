"""A job and the right to work on it.

scheduled ──its time──▶ ready ──claim──▶ running ──finish──▶ (jobs_finished: succeeded, failed, cancelled, quarantined)
    ▲                     ▲                │ │ │
    └──retry, later───────│◀──lost lease───┘ │ └──park──▶ parked ──wake──▶ ready
                          └◀──retry, release─┘            quarantined ──replay──▶ ready

Whatever waits (scheduled, ready, parked) may be closed: it goes to the finished ones too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

# Jobs that run graphs, and light jobs, which a worker claims and finishes many at a time.
DEFAULT_QUEUE = "default"
TASK_QUEUE = "tasks"
DEFAULT_MAX_FAILURES = 5
# As decisionworks_next_token draws them.
LOT_BITS = 20

Returned = Literal["lost", "retry", "released", "woken", "replayed"]
FinalOutcome = Literal["succeeded", "failed", "cancelled", "quarantined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One worker's right to write for one job: the fencing token grows with every claim.

    Its high bits are the number of the attempt, from 1 on; its low `LOT_BITS` are drawn by lot, so that a claim that a
    crash of the server undid shares its token with no later one.
    """

    job_id: UUID
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job in the hands of this worker.

    `returned` says why it was ready again: None on the first claim.
    Units: `waited_s` seconds from when it could have been claimed until it was.
    """

    id: UUID
    project_id: UUID
    kind: str
    queue: str
    subject_id: UUID | None
    payload: dict[str, Any]
    lease_token: int
    failures: int
    lost_leases: int
    max_failures: int
    cancel_requested: bool
    returned: Returned | None
    created_at: datetime
    rank_at: datetime
    waited_s: float

    @property
    def lease(self) -> Lease:
        """The right to write for this job."""
        return Lease(job_id=self.id, token=self.lease_token)

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1 on."""
        return self.lease_token >> LOT_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class LostJob:
    """A job whose worker died."""

    id: UUID
    project_id: UUID
    subject_id: UUID | None
    kind: str
    queue: str
    lost_leases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLease:
    """What the lease check saw: what went wrong since the last progress, and whether the end was asked for."""

    failures: int
    lost_leases: int
    cancel_requested: bool
