"""Claiming for one queue: who is looked at, and how often the whole queue is.

Normally every claim looks for all projects that have work. When an old snapshot somewhere (an analyst's query, a
forgotten replication slot) keeps dead entries from being cleaned, that look reads past all of them. Then it is taken
rarely, a small part of the time, and the claims between it go straight to the projects that are known to have work,
from the rank on at which they last had some.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from decisionworks import jobs
from decisionworks.jobs import FIRST_PROJECT, Claimed, ClaimedJob, Scan
from decisionworks.kit.db import Database

_DEAR_S = 0.05
_PART_OF_TIME = 0.05
# Enqueued a moment earlier and committed a moment later than what was claimed last.
_LATE_COMMITS = timedelta(seconds=1)
_MOST_MARKS = 512


class Batch(NamedTuple):
    """What one claim got, and whether another one may get more at once.

    Units: `took_s` seconds from asking to answer; None where the database was not asked, or gave no answer.
    """

    jobs: list[ClaimedJob]
    may_be_more: bool
    took_s: float | None = None


class Claimer:
    """The claims of one worker on one queue."""

    def __init__(self, database: Database, queue: str) -> None:
        self.queue = queue
        self._database = database
        self._after = FIRST_PROJECT
        self._marks: OrderedDict[UUID, datetime] = OrderedDict()
        self._next_scan = 0.0

    async def claim(self, worker_id: UUID, free: int) -> Batch:
        """Take up to `free` jobs.

        Raises: DatabaseUnavailable.
        """
        began = time.perf_counter()
        if self._marks and time.monotonic() < self._next_scan:
            got = await self._claim(worker_id, free, scan=None)
            return Batch(got.jobs, bool(got.jobs), time.perf_counter() - began)
        got = await self._claim(worker_id, free, scan=Scan(after=self._after))
        self._next_scan = time.monotonic() + got.took_s / _PART_OF_TIME if got.took_s > _DEAR_S else 0.0
        came_round = self._after == FIRST_PROJECT and got.next_after == FIRST_PROJECT
        self._after = got.next_after
        return Batch(got.jobs, bool(got.jobs) or not came_round, time.perf_counter() - began)

    async def _claim(self, worker_id: UUID, free: int, *, scan: Scan | None) -> Claimed:
        known = None if scan is not None else self._marks
        got = await jobs.claim(self._database, worker_id=worker_id, free=free, queue=self.queue, scan=scan, known=known)
        for job in got.jobs:
            mark = job.rank_at - _LATE_COMMITS
            if mark > self._marks.get(job.project_id, mark - _LATE_COMMITS):
                self._marks[job.project_id] = mark
            self._marks.move_to_end(job.project_id)  # whoever was served comes last next time
        while len(self._marks) > _MOST_MARKS:
            self._marks.popitem(last=False)
        return got
