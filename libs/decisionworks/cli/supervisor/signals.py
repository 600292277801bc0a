"""Signals as something one loop can wait for."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType, TracebackType


class Signals:
    """While entered: remembers SIGINT, SIGTERM and SIGHUP, and wakes `wait` for them and for a child's death."""

    _ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self._is_ending = False
        self._previous: dict[signal.Signals, object] = {}
        self._reading, self._writing = -1, -1

    def __enter__(self) -> Signals:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        self._previous_fd = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for one in (*self._ENDING, signal.SIGCHLD):
            self._previous[one] = signal.signal(one, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one, handler in self._previous.items():
            signal.signal(one, handler)  # type: ignore[arg-type]  # what signal.signal gave back
        signal.set_wakeup_fd(self._previous_fd)
        os.close(self._reading)
        os.close(self._writing)

    def is_ending(self) -> bool:
        """Whether a signal has asked for the end."""
        return self._is_ending

    def wait(self, timeout_s: float) -> None:
        """Return at the next signal, or after a time."""
        if self._is_ending:
            return
        if select.select([self._reading], [], [], timeout_s)[0]:
            os.read(self._reading, 512)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number in self._ENDING:
            self._is_ending = True
