"""Watches a running command: its time, its memory, its disk, its processes, and whether anyone still waits for it."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from decisionworks.sandbox.jail.spec import JailSpec
from decisionworks.sandbox.jail.usage import exceeds_memory, tree_bytes, unlinked_bytes

# Where a command stays root, the kernel does not limit its processes, so only a quick look does.
_GLANCE_S = 0.02
_DISK_GLANCE_S = 0.2


def watch(child: int, spec: JailSpec, *, control_fd: int) -> tuple[int, str | None]:
    """Wait for the command to end; returns its wait status and why we ended it, if we did."""
    deadline = time.monotonic() + spec.wall_s
    disk = _DiskWatch(spec)
    doorbell = _doorbell(child)
    waited_on = [control_fd] if doorbell is None else [control_fd, doorbell]
    while True:
        ready, _, _ = select.select(waited_on, [], [], max(0.0, min(_GLANCE_S, deadline - time.monotonic())))
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status, None
        reason = "orphaned" if control_fd in ready else _excess(spec, deadline, disk)
        if reason is not None:
            end_all([child])
            return _wait_status(child), reason


def end_all(first: Iterable[int] = ()) -> None:
    """Kill every process below this one until none is left; as their reaper we get those that tried to slip away."""
    for process in first:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
            # Where /proc does not tell who belongs to whom, the session that the command leads does.
            os.killpg(process, signal.SIGKILL)
    while True:
        family = list(descendants())
        if not family:
            return
        for process in family:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGSTOP)
        for process in family:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        if not _reap():
            return


def descendants() -> Iterator[int]:
    """Every process below this one."""
    waiting = [os.getpid()]
    while waiting:
        for child in _children(waiting.pop()):
            yield child
            waiting.append(child)


def _reap() -> bool:
    """Collect ended children; False when there is no child at all."""
    while True:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if not ended:
            time.sleep(0.002)
            return True


def _wait_status(child: int) -> int:
    with suppress(ChildProcessError):
        return os.waitpid(child, 0)[1]
    return signal.SIGKILL


def _excess(spec: JailSpec, deadline: float, disk: _DiskWatch) -> str | None:
    if time.monotonic() >= deadline:
        return "wall-time"
    family = list(descendants())
    if len(family) > spec.processes + 1:
        return "processes"
    if exceeds_memory(family, spec.memory_bytes):
        return "memory"
    return "disk" if disk.is_exceeded(family) else None


class _DiskWatch:
    """Looks at the writable places now and then, and not longer than it waits between two looks."""

    def __init__(self, spec: JailSpec) -> None:
        self._spec = spec
        self._next = 0.0

    def is_exceeded(self, family: Sequence[int]) -> bool:
        """Whether the places and unlinked files together hold more than allowed, as far as it is time to look."""
        started = time.monotonic()
        if started < self._next:
            return False
        used = sum(tree_bytes(place, self._spec.disk_bytes) for place in self._spec.writable) + unlinked_bytes(family)
        self._next = time.monotonic() + max(_DISK_GLANCE_S, time.monotonic() - started)
        return used > self._spec.disk_bytes


def _doorbell(child: int) -> int | None:
    try:
        return os.pidfd_open(child)
    except (OSError, AttributeError):
        return None


def _children(process: int) -> list[int]:
    found: list[int] = []
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
    except OSError:
        return found
    for task in tasks:
        with suppress(OSError):
            found += [int(name) for name in (task / "children").read_text(encoding="ascii").split()]
    return found
