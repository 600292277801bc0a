"""A worker whose wall clock is wrong: every way in which Python code asks for the time of day."""

from __future__ import annotations

import datetime as datetime_module
import sys
import time


def shift_wall_clock(seconds: float) -> None:
    """Let this process believe that it is later (or earlier) than it is; its monotonic clock stays right."""
    real_time, real_time_ns = time.time, time.time_ns
    real = datetime_module.datetime

    class Shifted(real):  # type: ignore[valid-type,misc]
        """A datetime whose `now` is wrong."""

        @classmethod
        def now(cls, tz: datetime_module.tzinfo | None = None) -> datetime_module.datetime:
            return real.now(tz) + datetime_module.timedelta(seconds=seconds)

        @classmethod
        def utcnow(cls) -> datetime_module.datetime:
            return cls.now(datetime_module.UTC).replace(tzinfo=None)

    time.time = lambda: real_time() + seconds
    time.time_ns = lambda: real_time_ns() + int(seconds * 1_000_000_000)
    for module in tuple(sys.modules.values()):
        if getattr(module, "__name__", "").startswith(("decisionworks", "langgraph")):
            for name, value in tuple(vars(module).items()):
                if value is real:
                    setattr(module, name, Shifted)
