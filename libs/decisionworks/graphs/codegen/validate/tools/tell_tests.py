"""Run a repository's tests and tell what ran, on a channel that the tests do not have.

    tell_tests.py ARGUMENTS...

The tests run in a child. Its standard output is our standard error, so that only this process writes to standard
output: one line of JSON. How the child ended is what the kernel says; what its tests said came through a pipe.
"""

import json
import os
import select
import sys
from pathlib import Path

# Before the repository is importable: a `pytest.py` of its own is not the one that runs.
import pytest

_MOST_BYTES = 8 * 1024 * 1024


class Teller:
    """Hands on what pytest collects and how each phase of each test ends."""

    def __init__(self, channel: int) -> None:
        self._channel = channel

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests are about to run."""
        self._tell(["collected", [item.nodeid for item in session.items]])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell which files said themselves that they do not run here."""
        if report.outcome == "skipped":
            self._tell(["left out", report.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell how a phase of a test ended."""
        self._tell(["phase", report.nodeid, report.when, report.outcome])

    def _tell(self, event: list[object]) -> None:
        rest = json.dumps(event).encode() + b"\n"
        while rest:
            rest = rest[os.write(self._channel, rest) :]


def main() -> int:
    """Start the child, hear it to its end, and write down both."""
    hears, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        os.dup2(2, 1)
        sys.path[0] = str(Path.cwd())
        code = int(pytest.main(sys.argv[1:], plugins=[Teller(tells)]))
        sys.stdout.flush()
        sys.stderr.flush()
        # Nothing of the repository runs after its tests.
        os._exit(code)
    os.close(tells)
    told, ending = _heard(hears, child)
    events = [json.loads(line) for line in told.splitlines()] if ending is not None else []
    json.dump({"ending": ending, "events": events}, sys.stdout)
    return ending if ending is not None and 0 <= ending <= 255 else 1  # noqa: PLR2004 - what an exit status can be


def _heard(hears: int, child: int) -> tuple[bytes, int | None]:
    """What the child told and how it ended; what it left running is not waited for."""
    told, ending = bytearray(), None
    while True:
        ready, _, _ = select.select([hears], [], [], 0.0 if ending is not None else 0.1)
        if ready:
            data = os.read(hears, 65536)
            told += data
            if len(told) > _MOST_BYTES:
                return b"", None
            if data:
                continue
        if ending is not None:
            return bytes(told), ending
        done, status = os.waitpid(child, 0 if ready else os.WNOHANG)
        ending = os.waitstatus_to_exitcode(status) if done else None


if __name__ == "__main__":
    sys.exit(main())
