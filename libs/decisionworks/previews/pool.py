"""Planner processes beside the process that asks: started ahead or on first use, ended when they
take too long, started again.

One process works on one question at a time. A question that finds no process free waits, a bounded number of them for a
bounded time; the rest is told at once to come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Any

import structlog

from decisionworks.previews.errors import PlannerBusy, PlannerFailed, PreviewTimedOut
from decisionworks.previews.wire import LONGEST_LINE, READY, encoded, raised

log = structlog.get_logger(__name__)

MOST_WAITING = 32
START_S = 20.0
# A process that has answered nothing yet loads its solver and rules first. Ended for that on a busy machine, its
# successor would be as cold, and no question would ever be answered.
FIRST_ANSWER_TIMES = 5
SERVER = ("-I", "-m", "decisionworks.previews.server")


class PlannerPool:
    """A few planner processes.

    Units: `timeout_s` is the longest that one question may take once it is worked on; the first one that a new process
    answers may take FIRST_ANSWER_TIMES as long.
    """

    def __init__(
        self,
        *,
        processes: int,
        timeout_s: float,
        most_waiting: int = MOST_WAITING,
        arguments: tuple[str, ...] = SERVER,
    ) -> None:
        self.processes = processes
        self.timeout_s = timeout_s
        self._most_waiting = most_waiting
        self._planners = [_Planner(arguments) for _ in range(processes)]
        # Last in, first out: callers that come one after another are answered by one warm process.
        self._idle: asyncio.LifoQueue[_Planner] = asyncio.LifoQueue()
        for planner in self._planners:
            self._idle.put_nowait(planner)
        self._waiting = 0

    async def ask(self, task: str, material: Mapping[str, Any], *, patience_s: float | None = None) -> dict[str, Any]:
        """The planner's answer.

        Units: `patience_s` bounds the wait for a free process, `timeout_s` when not given.
        Raises: PlannerBusy, PreviewTimedOut, PlannerFailed; Invalid, the question cannot be answered.
        """
        planner = await self._free(patience_s or self.timeout_s)
        try:
            return await planner.ask(task, material, timeout_s=self.timeout_s)
        finally:
            self._idle.put_nowait(planner)

    async def start(self) -> None:
        """Start the process that the first question will meet, so that it is warm by then.

        Raises: PlannerFailed, PreviewTimedOut.
        """
        planner = await self._free(self.timeout_s)
        try:
            await planner.start()
        finally:
            self._idle.put_nowait(planner)

    async def stop(self) -> None:
        """End every process."""
        await asyncio.gather(*(planner.end() for planner in self._planners))

    async def _free(self, patience_s: float) -> _Planner:
        if self._idle.empty() and self._waiting >= self._most_waiting:
            raise PlannerBusy("too many previews wait for an answer", retry_after_s=1, remedy="ask again in a moment")
        self._waiting += 1
        try:
            async with asyncio.timeout(patience_s):
                return await self._idle.get()
        except TimeoutError:
            raise PlannerBusy(
                f"no planner became free within {patience_s:g} s", retry_after_s=2, remedy="ask again in a moment"
            ) from None
        finally:
            self._waiting -= 1


class _Planner:
    """One process and the conversation with it."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._asked = 0
        self._is_warm = False

    async def ask(self, task: str, material: Mapping[str, Any], *, timeout_s: float) -> dict[str, Any]:
        """Ask, and end the process when the answer does not come or the caller goes away: half an answer is none."""
        process = await self._running()
        self._asked += 1
        question = {"id": self._asked, "task": task, "material": dict(material)}
        is_answered = False
        allowed_s = timeout_s if self._is_warm else timeout_s * FIRST_ANSWER_TIMES
        try:
            async with asyncio.timeout(allowed_s):
                answer = await _exchange(process, question)
            is_answered = self._is_warm = True
        except TimeoutError:
            raise PreviewTimedOut(
                f"the planner did not answer within {allowed_s:g} s",
                retry_after_s=1,
                remedy="ask again, or ask for a plan",
            ) from None
        finally:
            if not is_answered:
                await self.end()
        if "problem" in answer:
            raise raised(answer["problem"])
        content: dict[str, Any] = answer["content"]
        return content

    async def start(self) -> None:
        """Start the process, unless it runs."""
        await self._running()

    async def end(self) -> None:
        """End the process, if there is one."""
        process, self._process, self._is_warm = self._process, None, False
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self.end()
        try:
            # An empty environment: the planner reads hostile text and needs no secret of ours.
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                limit=LONGEST_LINE,
            )
        except OSError as error:
            raise PlannerFailed(f"the planner process cannot be started: {error.strerror or error}") from error
        self._process = process
        log.info("planner.started", pid=process.pid)
        await self._until_ready(process)
        return process

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - asked for above
        is_ready = False
        try:
            async with asyncio.timeout(START_S):
                is_ready = await process.stdout.readline() == READY
        except TimeoutError:
            raise PreviewTimedOut(f"the planner process did not start within {START_S:g} s", retry_after_s=5) from None
        finally:
            if not is_ready:
                await self.end()
        if not is_ready:
            raise PlannerFailed("the planner process ended while it started", remedy="is ortools installed?")


async def _exchange(process: asyncio.subprocess.Process, question: Mapping[str, Any]) -> dict[str, Any]:
    """Write one line, read one line.

    Raises: PlannerFailed, the process died or answered something else.
    """
    assert process.stdin is not None  # noqa: S101 - pipes were asked for
    assert process.stdout is not None  # noqa: S101 - as above
    try:
        process.stdin.write(encoded(question))
        await process.stdin.drain()
        line = await process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {}
    except (ConnectionError, ValueError) as error:
        raise PlannerFailed(f"the planner process cannot be spoken with: {error}") from error
    if answer.get("id") != question["id"]:
        raise PlannerFailed("the planner process died while it planned", remedy="ask again; it is started anew")
    return answer
