"""A worker killed with SIGKILL in the middle of a job, another one idle beside it: how long until the job goes on."""

from __future__ import annotations

import signal
import subprocess
import time

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.plan import WARM_S, Plan
from benchmarks.peers.session import ProgramFailed, Session

_START_S = 30.0
_SLOW_S = 5.0


def takeover(plan: Plan, contestant: Contestant) -> list[Figure]:
    """Seconds until another worker begins the job again, and how often it ended."""
    if not contestant.jobs:
        return []
    with plan.session(contestant) as session:
        seen = session.conditions()  # beforehand: it takes seconds, and the job lasts no longer
        victim, heir = two_workers(session)
        try:
            if session.marks("end"):
                raise ProgramFailed("the job ended before its worker was killed")
            victim.kill()
            killed_at = time.time()
            begun = session.await_marks("begin", 2, timeout_s=contestant.patience_s)
            seconds = None if begun is None else round(float(begun[1][1]) - killed_at, 2)
            if seconds is not None:
                session.await_marks("end", 1, timeout_s=2 * _SLOW_S)
            ends = len(session.marks("end"))
        finally:
            end(victim, heir)
    note = "" if seconds is not None else f"nobody within {contestant.patience_s:.0f} s"
    return [
        Figure(
            measure="takeover",
            what="kill -9 of the worker, another goes on after",
            contestant=contestant.name,
            value=seconds,
            unit="s",
            better="lower",
            conditions=seen,
            note=note,
            facts={"ended": ends},
        )
    ]


def two_workers(session: Session) -> tuple[subprocess.Popen[str], subprocess.Popen[str]]:
    """One that works a slow job, one that idles.

    Raises: ProgramFailed.
    """
    options = session.contestant.crash or session.contestant.best
    owner = session.start_worker(options)
    time.sleep(WARM_S)
    session.call("enqueue", {"kind": "slow", "n": 1, "batch": 1})
    if session.await_marks("begin", 1, timeout_s=_START_S) is None:
        end(owner)
        raise ProgramFailed("the slow job never began")
    other = session.start_worker(options)
    time.sleep(min(WARM_S, _SLOW_S) - 2)
    return owner, other


def end(*processes: subprocess.Popen[str]) -> None:
    """Kill workers, the stopped ones too."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()
