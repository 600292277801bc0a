"""What can be wrong with an embedded server, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from decisionworks.kit.errors import Broken, Conflict, Invalid


class DataDirUnusable(Invalid):
    """The data directory cannot hold a database for this user."""

    code = "data-dir-unusable"

    def __init__(self, data_dir: Path, *, why: str, remedy: str = "choose another with --data-dir") -> None:
        super().__init__(f"data directory {data_dir} cannot be used: {why}", remedy=remedy)
        self.data_dir = data_dir


class DataDirBusy(Conflict):
    """Somebody else works on the data directory."""

    code = "data-dir-busy"

    def __init__(self, data_dir: Path, *, pid: int | None) -> None:
        holder = f"pid {pid}" if pid is not None else "another process"
        super().__init__(f"data directory {data_dir} is in use by {holder}")
        self.data_dir = data_dir
        self.pid = pid


class ServerFailed(Broken):
    """The embedded server did not start or stop as it should; `log_tail` holds its last words."""

    code = "embedded-postgres-failed"

    def __init__(self, message: str, *, log_tail: str = "", remedy: str | None = None) -> None:
        super().__init__(
            message, remedy=remedy or "set DATABASE_URL to use a PostgreSQL of your own, or look into the server's log"
        )
        self.log_tail = log_tail
