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
from decisionworks.sandbox.jail.usage import exceeds_memory, opened, tree_bytes

# Where a command stays root, the kernel does not limit its processes, so only a quick look does.
_GLANCE_S = 0.02
_LOOK_S = 0.2


def watch(child: int, spec: JailSpec, *, user: int | None, control_fd: int) -> tuple[int, str | None]:
    """Wait for the command to end; returns its wait status and why we ended it, if we did."""
    deadline = time.monotonic() + spec.wall_s
    look = _Look(spec, user)
    doorbell = _doorbell(child)
    waited_on = [control_fd] if doorbell is None else [control_fd, doorbell]
    while True:
        ready, _, _ = select.select(waited_on, [], [], max(0.0, min(_GLANCE_S, deadline - time.monotonic())))
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status, None
        reason = "orphaned" if control_fd in ready else _excess(spec, deadline, look)
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


def _excess(spec: JailSpec, deadline: float, look: _Look) -> str | None:
    if time.monotonic() >= deadline:
        return "wall-time"
    family = list(descendants())
    # The first process of a namespace is one of ours.
    if sum(_threads(process) for process in family) > spec.processes + 1:
        return "processes"
    reason = look.reason(family)
    if exceeds_memory(family, spec.memory_bytes - look.socket_bytes, user=look.user):
        return "memory"
    return reason


class _Look:
    """The slow look: at the writable places and at what processes keep open; not longer than it waits between two."""

    def __init__(self, spec: JailSpec, user: int | None) -> None:
        self._spec = spec
        self.user = user
        self._next = 0.0
        self._was_hidden = False
        self.socket_bytes = 0

    def reason(self, family: Sequence[int]) -> str | None:
        """Whether more is on disk than allowed, or out of our sight, as far as it is time to look."""
        started = time.monotonic()
        if started < self._next:
            return None
        trees = [tree_bytes(place, self._spec.disk_bytes) for place in self._spec.writable]
        found = opened(family, user=self.user)
        self.socket_bytes = found.socket_bytes
        is_hidden = found.is_hidden or any(is_out_of_sight for _, is_out_of_sight in trees)
        # What is on its way from one process to the next for a moment hides nothing.
        is_kept_hidden = is_hidden and self._was_hidden and self._spec.level != "limits-only"
        self._was_hidden = is_hidden
        self._next = time.monotonic() + max(_LOOK_S, time.monotonic() - started)
        if sum(size for size, _ in trees) + found.disk_bytes > self._spec.disk_bytes:
            return "disk"
        return "hidden" if is_kept_hidden else None


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


def _threads(process: int) -> int:
    try:
        return Path(f"/proc/{process}/task").stat().st_nlink - 2
    except OSError:
        return 0
