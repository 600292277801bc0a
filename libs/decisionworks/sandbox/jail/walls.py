"""The last steps before the command starts: each is taken by the process that becomes the command."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from decisionworks.sandbox.jail import landlock, seccomp
from decisionworks.sandbox.jail.identity import become
from decisionworks.sandbox.jail.kernel import PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, prctl
from decisionworks.sandbox.jail.namespaces import USER_NAMES
from decisionworks.sandbox.jail.spec import JailSpec

IS_LIMITED = "limits-only"
_PROCESSORS = 4


def raise_walls(spec: JailSpec, *, user: int | None) -> dict[str, str]:
    """Confine this process for good; returns what holds it, control by control.

    Raises: OSError, ValueError when a wall cannot be raised; the command must then not start.
    """
    os.umask(0o022)
    controls = {"limits": _set_limits(spec, user=user)}
    if spec.level == IS_LIMITED:
        return controls | _raise_what_can_be_raised(has_unix_sockets=spec.sockets == "unix")
    controls["identity"] = become(user)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    controls["files"] = "private root"
    if landlock.abi() > 0:
        # The private root has a list of users of its own; elsewhere the machine's stays out of reach.
        names = [USER_NAMES] if spec.level == "namespaces" else []
        version = landlock.restrict(read_only=[*spec.read_only, *names], writable=spec.writable, devices=spec.devices)
        controls["files"] = f"Landlock ABI {version}"
        controls["signals"] = "kept in (Landlock)" if version >= 6 else "reach the same user's processes"
    elif spec.level != "namespaces":
        raise OSError("Landlock is not available")
    has_unix_sockets = spec.sockets == "unix"
    seccomp.install_filter(has_unix_sockets=has_unix_sockets)
    controls["network"] = "Unix sockets only (seccomp)" if has_unix_sockets else "no sockets (seccomp)"
    if has_unix_sockets:
        # No version of Landlock up to 7 looks at where a socket's address leads.
        is_private = spec.level == "namespaces"
        controls["unix-sockets"] = "kept in (private root)" if is_private else "reach those that the user may open"
    controls["system-calls"] = "filtered (seccomp)"
    return controls


def _raise_what_can_be_raised(*, has_unix_sockets: bool) -> dict[str, str]:
    """Without walls that hold, at least take away what this system lets us take away."""
    controls = {"files": "open", "network": "open"}
    if sys.platform == "linux":
        with suppress(OSError):
            controls["identity"] = become(None)
        with suppress(OSError, KeyError):
            prctl(PR_SET_NO_NEW_PRIVS, 1)
            seccomp.install_filter(has_unix_sockets=has_unix_sockets)
            controls["network"] = "Unix sockets only (seccomp)" if has_unix_sockets else "no sockets (seccomp)"
            controls["system-calls"] = "filtered (seccomp)"
    return controls


def _set_limits(spec: JailSpec, *, user: int | None) -> str:
    wanted = {
        resource.RLIMIT_CPU: spec.cpu_s,
        resource.RLIMIT_FSIZE: spec.file_bytes,
        resource.RLIMIT_NOFILE: spec.open_files,
        resource.RLIMIT_CORE: 0,
    }
    if hasattr(os, "sched_getaffinity"):
        # On other systems neither limit does what it says.
        wanted[resource.RLIMIT_AS] = spec.address_space_bytes
        wanted[resource.RLIMIT_NPROC] = spec.processes + _already_running(user)
        os.sched_setaffinity(0, processors(os.sched_getaffinity(0), start=os.getpid()))
    for limit, value in wanted.items():
        hard = resource.getrlimit(limit)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bounded, bounded))
    return "CPU, address space, file size, open files, processes, processors"


def processors(available: Collection[int], *, start: int) -> set[int]:
    """A few of the processors, from another one on each time; many tools start a thread for each that they see."""
    ordered = sorted(available)
    return {ordered[(start + number) % len(ordered)] for number in range(_PROCESSORS)}


def _already_running(user: int | None) -> int:
    """Threads of this user, which the kernel counts against the same limit; a private user has none."""
    if user is not None or not Path("/proc/self").is_dir():
        return 0
    mine = os.geteuid()
    count = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            count += _threads(process, mine)
    return count


def _threads(process: Path, user: int) -> int:
    try:
        return 0 if process.stat().st_uid != user else sum(1 for _ in (process / "task").iterdir())
    except OSError:
        return 0
