"""The server process: how it is called, whether one lives, and how it is asked to end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from decisionworks.kit.postgres.account import Account
from decisionworks.kit.postgres.binaries import Binaries, clean_environment
from decisionworks.kit.postgres.cluster import path_for_server

# Durable as PostgreSQL's own defaults are; the rest suits a few dozen connections on one small machine.
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "io_method": "sync",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] ",
}


def spawn(
    cluster_dir: Path, *, log_path: Path, account: Account, binaries: Binaries, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start the postmaster in a session of its own, so that a terminal's Ctrl-C reaches it only through us."""
    argv = [str(binaries.postgres), "-D", path_for_server(cluster_dir, account)]
    for name, value in sorted({**_SETTINGS, **settings}.items()):
        argv += ["-c", f"{name}={value}"]
    with log_path.open("ab") as log:
        return subprocess.Popen(
            argv,
            cwd=cluster_dir,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )


def recorded_pid(cluster_dir: Path) -> int | None:
    """The process id that the lock file of the cluster names, whether it lives or not."""
    try:
        first = (cluster_dir / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0]
        return abs(int(first))
    except (FileNotFoundError, ValueError):
        return None


def is_postmaster(pid: int, cluster_dir: Path) -> bool:
    """Whether a process lives and can be the cluster's server; neither a zombie nor a stranger with a reused number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    status = Path(f"/proc/{pid}/stat")
    try:
        state = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return not Path("/proc/self").exists()  # no /proc (macOS): believe the signal; gone meanwhile: believe that
    if state in {"Z", "X"}:
        return False
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster_dir)
    except OSError:
        return True


def disown_stale_lock(cluster_dir: Path) -> None:
    """Name ourselves as owner in a dead server's lock file.

    PostgreSQL ignores a lock file that names its own parent process, and still checks the shared memory named in it, so
    that backends which outlived their postmaster are noticed. Deleting the file would lose that check.
    """
    lock = cluster_dir / "postmaster.pid"
    try:
        _, separator, rest = lock.read_text(encoding="ascii", errors="replace").partition("\n")
    except FileNotFoundError:
        return
    if not rest:
        lock.unlink(missing_ok=True)
        return
    with lock.open("r+", encoding="ascii") as file:
        file.write(f"{os.getpid()}{separator}{rest}")
        file.truncate()


def end(pid: int, *, child: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    """Signal the postmaster: SIGINT ends it fast and clean, SIGQUIT at once with recovery at the next start."""
    try:
        if child is not None:
            child.send_signal(how)
        else:
            os.kill(pid, how)
    except ProcessLookupError:
        return
