"""Where a question comes from: whose run, which node, and how something is written for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from decisionworks.kit.db import Database, Tx

Keep = Callable[[bytes], Awaitable[str]]


class WriteUnderLease(Protocol):
    """Runs one write in a transaction that holds the right to write for the run."""

    def __call__(self, work: Callable[[Tx], Awaitable[None]], /) -> Awaitable[None]:
        """Write it.

        Raises: LeaseLost.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSite:
    """One node of one run. `may_have_asked` is false where no earlier attempt can have left an answer behind.

    `keep` puts an unusable answer away for people to look at, and returns its digest.
    """

    database: Database
    write: WriteUnderLease
    keep: Keep
    project_id: UUID
    decision_set_id: UUID
    run_id: UUID
    node: str
    may_have_asked: bool
