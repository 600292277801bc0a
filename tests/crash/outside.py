"""Every call of a worker to the world outside PostgreSQL, counted; one of them can be the worker's last.

A kill `before` comes when the call would begin, `after` when it is done and nothing of it is known to anybody else.
Concurrent calls are told apart by their names, never by their order.
"""

from __future__ import annotations

import functools
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from decisionworks.artifacts import DiskStore
from decisionworks.graphs.codegen.nodes import diff_and_persist
from decisionworks.sandbox import Sandbox

# Ids differ from run to run.
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Call(NamedTuple):
    """One outside call: which, and the how manieth such."""

    name: str
    nth: int


class Outside:
    """Counts calls into a file that outlives the process, and ends the process at one of them."""

    def __init__(self, *, record: Path | None, deadly: tuple[Call, str] | None) -> None:
        self._record = record
        self._deadly = deadly
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def watch(self) -> None:
        """Put the counting in place, in this process only."""
        self._wrap(DiskStore, "put", lambda _store, data, *, prefix: f"store put {prefix}")
        self._wrap(DiskStore, "read", lambda _store, sha256, *, prefix=None: f"store read {prefix}")
        self._wrap(Path, "replace", _store_rename)
        self._wrap(diff_and_persist, "commit_documents", lambda *_args, **_names: "git commit")
        self._wrap(Sandbox, "run", lambda _sandbox, argv, **_names: f"sandbox run {_program(argv)}")

    def _wrap(self, owner: Any, attribute: str, name_of: Callable[..., str | None]) -> None:
        original = getattr(owner, attribute)

        @functools.wraps(original)
        def counted(*args: Any, **names: Any) -> Any:
            name = name_of(*args, **names)
            if name is None:
                return original(*args, **names)
            call = self._note(_ID.sub("?", name))
            self._die_at(call, "before")
            result = original(*args, **names)
            self._die_at(call, "after")
            return result

        setattr(owner, attribute, counted)

    def _note(self, name: str) -> Call:
        with self._lock:
            self._counts[name] += 1
            call = Call(name, self._counts[name])
        if self._record is not None:
            with self._record.open("a", encoding="utf-8") as record:
                record.write(f"{call.name}\t{call.nth}\n")
        return call

    def _die_at(self, call: Call, moment: str) -> None:
        if self._deadly == (call, moment):
            os.kill(os.getpid(), signal.SIGKILL)


def recorded_calls(record: Path) -> list[Call]:
    """What a worker wrote down."""
    if not record.exists():
        return []
    rows = [line.split("\t") for line in record.read_text(encoding="utf-8").splitlines()]
    return [Call(name, int(nth)) for name, nth in rows]


def _store_rename(source: Path, target: Any) -> str | None:
    return f"store rename {Path(target).parent.parent.name}" if source.name.startswith(".incoming-") else None


def _program(argv: Any) -> str:
    """A command without what differs from run to run."""
    words = [Path(str(word)).name for word in argv[:6] if not str(word).startswith("-")]
    return " ".join(word for word in words if len(word) < 40)[:60]
