"""Commits of all attempts of one worker: one alone goes at once, those that come while it is under way go together.

A commit that waits for the disk, and for the round trip, waits for all that came meanwhile; so the busier a worker is,
the fewer transactions its runs cost. Each of a group is checked and written as if alone. What cannot be decided in the
group (its job is held by somebody at this moment, or one of the group was refused) is asked again alone, beside those
that come next: nobody waits for a lock on somebody else's job.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
import structlog
from psycopg.types.json import Jsonb

from decisionworks.kit.db import Database, DatabaseUnavailable, Tx

log = structlog.get_logger(__name__)

Row = Mapping[str, Any]

# Each enters the project's scope, checks the lease and writes, all in the server (migration 0002).
_ALONE = b"SELECT * FROM decisionworks_commit_nodes(%s, %s, %s, %s, %s, %s)"
# The same, but a job that somebody holds at this moment is passed over.
_AT_ONCE = b"SELECT * FROM decisionworks_commit_nodes(%s, %s, %s, %s, %s, %s, false)"
_TOGETHER = b"SELECT * FROM decisionworks_commit_together(%s)"
_MOST_TOGETHER = 32


class Commit(NamedTuple):
    """What one attempt asks to be committed, under which lease and in which project."""

    job_id: UUID
    lease_token: int
    thread_id: UUID
    project_id: UUID
    heeds_cancel: bool
    made: Mapping[str, object]

    def alone(self) -> tuple[object, ...]:
        """The parameters of the function for one."""
        return (*self[:5], Jsonb(self.made, dumps=to_json))

    def as_one_of_many(self) -> bytes:
        """Its place in the parameter of the function for many."""
        return to_json([
            str(self.job_id), self.lease_token, str(self.thread_id), str(self.project_id), self.heeds_cancel, self.made,
        ])  # fmt: skip


@dataclass(slots=True, eq=False)
class _Asked:
    commit: Commit
    text: bytes
    answer: asyncio.Future[Row | None]


@dataclass(slots=True)
class Committer:
    """One worker's way to commit; answers a row when the lease held, None when it is lost."""

    database: Database
    _waiting: list[_Asked] = field(default_factory=list)
    _is_under_way: bool = False
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    async def commit(self, commit: Commit) -> Row | None:
        """Commit, alone or with others; when cancelled, returns only after what is under way is decided.

        Raises: DatabaseUnavailable, it may have been committed or not.
        """
        if not self._is_under_way:
            self._is_under_way = True
            try:
                row = await self._ask(_AT_ONCE, commit)
            finally:
                self._next()
            return row if row is not None else await self._ask(_ALONE, commit)
        # Written out here, so that what cannot be is the fault of nobody else in the group.
        asked = _Asked(commit, commit.as_one_of_many(), asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        try:
            return await asyncio.shield(asked.answer)
        except asyncio.CancelledError:
            if asked in self._waiting:
                self._waiting.remove(asked)
            else:
                await asyncio.wait([asked.answer])
            raise

    async def _ask(self, statement: bytes, commit: Commit) -> Row | None:
        rows = await self.database.call(statement, commit.alone())
        return rows[0] if rows else None

    def _next(self) -> None:
        """Send what came meanwhile."""
        self._is_under_way = bool(self._waiting)
        if not self._waiting:
            return
        group, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
        task = asyncio.create_task(self._send(group), name="commits")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, group: Sequence[_Asked]) -> None:
        """Commit a group; what was not decided in it is asked again beside those that come next, who do not wait."""
        undecided: Sequence[_Asked] = ()
        try:
            undecided = await (self._together(group) if len(group) > 1 else self._one(group[0]))
        except (DatabaseUnavailable, psycopg.Error) as error:
            for asked in group:
                _fail(asked, error)
        except Exception as error:  # one that was told nobody would have somebody wait for ever
            log.exception("commits.failed")
            for asked in group:
                _fail(asked, error)
        except asyncio.CancelledError:
            for asked in group:
                asked.answer.cancel()
            raise
        finally:
            self._next()
        await asyncio.gather(*map(self._again_alone, undecided))

    async def _one(self, asked: _Asked) -> list[_Asked]:
        row = await self._ask(_AT_ONCE, asked.commit)
        if row is None:
            return [asked]
        _tell(asked, row)
        return []

    async def _together(self, group: Sequence[_Asked]) -> list[_Asked]:
        """Commit a group; answers those that are to be asked alone."""
        text = b"[" + b",".join(asked.text for asked in group) + b"]"
        try:
            rows = await self.database.call(_TOGETHER, (Jsonb(text, dumps=bytes),))
        except DatabaseUnavailable:
            raise
        except psycopg.Error as error:
            log.warning("commits.refused_together", error=str(error), count=len(group))
            return list(group)
        decided = {row["nth"]: row for row in rows}
        for number, asked in enumerate(group):
            if number in decided:
                _tell(asked, decided[number])
        return [asked for number, asked in enumerate(group) if number not in decided]

    async def _again_alone(self, asked: _Asked) -> None:
        try:
            _tell(asked, await self._ask(_ALONE, asked.commit))
        except (DatabaseUnavailable, psycopg.Error) as error:
            _fail(asked, error)
        except Exception as error:  # as above
            log.exception("commits.failed")
            _fail(asked, error)


async def commit_within(tx: Tx, commit: Commit) -> Row | None:
    """Commit in the caller's transaction, for domain writes that belong to it."""
    return await (await tx.execute(_ALONE, commit.alone())).fetchone()


def to_json(value: object) -> bytes:
    """JSON, quickly where it can be; orjson knows no integers beyond 64 bits."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def _tell(asked: _Asked, row: Row | None) -> None:
    if not asked.answer.done():
        asked.answer.set_result(row)


def _fail(asked: _Asked, error: Exception) -> None:
    if not asked.answer.done():
        asked.answer.set_exception(error)
        asked.answer.exception()  # whoever was cancelled meanwhile does not look at it
