"""The database of the platform: the one that DATABASE_URL names, or the embedded one, with its schema in place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from decisionworks.cli.supervisor.errors import BAD_INPUT, CANNOT_REACH, PlatformFailed
from decisionworks.cli.supervisor.signals import Signals
from decisionworks.kit.errors import Invalid, RetryLater
from decisionworks.kit.postgres import EmbeddedPostgres

_NAME = "decisionworks"
_LOOK_S = 0.5


class DatabaseNotReady(RetryLater):
    """The database cannot be reached."""

    code = "database-unavailable"


class DatabaseUnusable(Invalid):
    """The database is too old, its URL is wrong, or a right is missing."""

    code = "database-unusable"


def embedded_database(data_dir: Path) -> EmbeddedPostgres:
    """The embedded server of a data directory, not started yet."""
    return EmbeddedPostgres(data_dir / "postgres", database=_NAME)


def prepare_database(environment: Mapping[str, str], *, signals: Signals) -> None:
    """Bring the database to its schema and install what the first request needs, in a process of its own.

    Raises: DatabaseNotReady, DatabaseUnusable, PlatformFailed.
    """
    argv = [sys.executable, "-m", "decisionworks.cli.supervisor.prepare"]
    with subprocess.Popen(
        argv,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        errors="replace",
    ) as process:
        while process.poll() is None:
            if signals.is_ending():
                process.kill()
            signals.wait(_LOOK_S)
        said = process.stderr.read().strip().splitlines() if process.stderr is not None else []
    message = said[-1] if said else f"it ended with code {process.returncode}"
    if process.returncode == 0 or signals.is_ending():
        return
    if process.returncode == CANNOT_REACH:
        raise DatabaseNotReady(message)
    if process.returncode == BAD_INPUT:
        raise DatabaseUnusable(message)
    raise PlatformFailed(f"the database could not be prepared: {message}")
