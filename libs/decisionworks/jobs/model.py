"""A job and the right to work on it.

ready ──claim──▶ running ──finish──▶ (jobs_finished: succeeded, failed, cancelled, quarantined)
  ▲                │ │ │
  │◀──lost lease───┘ │ └──park──▶ parked ──wake──▶ ready
  └◀──retry, release─┘
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Returned = Literal["lost", "retry", "released", "woken", "replayed"]
FinalOutcome = Literal["succeeded", "failed", "cancelled", "quarantined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One worker's right to write for one job: the fencing token grows with every claim."""

    job_id: UUID
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job in the hands of this worker.

    `returned` says why it was ready again: None on the first claim.
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

    @property
    def lease(self) -> Lease:
        """The right to write for this job."""
        return Lease(job_id=self.id, token=self.lease_token)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostJob:
    """A job whose worker died."""

    id: UUID
    project_id: UUID
    subject_id: UUID | None
    kind: str
    lost_leases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLease:
    """What the lease check saw: what went wrong since the last progress, and whether the end was asked for."""

    failures: int
    lost_leases: int
    cancel_requested: bool
