"""The jailer: builds the walls, starts the command, watches it, ends all of it, and says how it ended."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from decisionworks.sandbox.jail.identity import hand_over, is_open_to_others, may_change_user, private_user
from decisionworks.sandbox.jail.spec import JailSpec
from decisionworks.sandbox.jail.walls import raise_walls
from decisionworks.sandbox.jail.watch import end_all, watch

_NOT_STARTED = 125


def main() -> None:
    """Run one command as the line on standard input says; standard input stays open while somebody waits."""
    spec = JailSpec.from_line(_first_line(0))
    os.set_inheritable(spec.status_fd, False)
    try:
        user = _choose_user(spec)
        child = _start(spec, user)
    except (OSError, ValueError) as error:
        _tell(spec, {"error": str(error)})
        sys.exit(_NOT_STARTED)
    os.close(1)
    os.close(2)
    status, killed = watch(child, spec, user=user, control_fd=0)
    end_all()
    ending = os.waitstatus_to_exitcode(status)
    _tell(spec, {"ending": ending, "killed": killed})


def _first_line(descriptor: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(descriptor, 65536)
        if not part:
            sys.exit(_NOT_STARTED)
        line += part
    return line


def _choose_user(spec: JailSpec) -> int | None:
    """Root becomes a user of the command's own, unless the files it needs would then be out of reach."""
    if spec.level == "limits-only" or not may_change_user():
        return None
    if spec.level != "namespaces":
        places = [*spec.read_only, *spec.writable, spec.work_dir, spec.argv[0]]
        if not all(is_open_to_others(path) for path in places if os.path.lexists(path)):
            return None
    user = private_user(os.getpid())
    for place in spec.writable:
        hand_over(place, user)
    return user


def _start(spec: JailSpec, user: int | None) -> int:
    if sys.platform == "linux":
        from decisionworks.sandbox.jail.kernel import PR_SET_CHILD_SUBREAPER, prctl

        prctl(PR_SET_CHILD_SUBREAPER, 1)
    if spec.level != "namespaces":
        return _fork_command(spec, user, {})
    from decisionworks.sandbox.jail.namespaces import leave_process_namespace

    leave_process_namespace(own_user_namespace=os.geteuid() != 0 or not _has_system_rights())
    child = os.fork()
    if child == 0:
        _be_first_process(spec, user)
    return child


def _has_system_rights() -> bool:
    """Whether root may make namespaces without making a user namespace first (CAP_SYS_ADMIN)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    effective = next(line.split()[1] for line in lines if line.startswith("CapEff"))
    return bool(int(effective, 16) & (1 << 21))


def _be_first_process(spec: JailSpec, user: int | None) -> NoReturn:
    """Build the root, start the command, wait for all, and take the command's ending as our own."""
    from decisionworks.sandbox.jail.kernel import PR_SET_PDEATHSIG, prctl
    from decisionworks.sandbox.jail.namespaces import build_root

    try:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The only signal that this process would act on, should the command be of the same user.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        build_root(
            spec.root_dir,
            read_only=spec.read_only,
            writable=spec.writable,
            devices=spec.devices,
            work_dir=spec.work_dir,
            user=os.geteuid() if user is None else user,
        )
        controls = {
            "processes": "own PID namespace",
            "root": "private mount namespace",
            "links": "own network namespace",
        }
        command = _fork_command(spec, user, controls)
    except (OSError, ValueError) as error:
        _tell(spec, {"error": str(error)})
        os._exit(_NOT_STARTED)
    os.close(1)
    os.close(2)
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == command:
            ending = os.waitstatus_to_exitcode(status)
            _tell(spec, {"ending": ending})
            os._exit(ending if ending >= 0 else 128 - ending)


def _fork_command(spec: JailSpec, user: int | None, controls: dict[str, str]) -> int:
    child = os.fork()
    if child != 0:
        return child
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.chdir(spec.work_dir)
        for descriptor in _open_descriptors():
            if descriptor > 2 and descriptor != spec.status_fd:
                with suppress(OSError):
                    os.close(descriptor)
        _tell(spec, {"controls": controls | raise_walls(spec, user=user)})
        _reset_signals()
        os.execve(spec.argv[0], spec.argv, spec.environment)  # noqa: S606 - no shell is wanted
    except (OSError, ValueError) as error:
        _tell(spec, {"error": str(error)})
    os._exit(_NOT_STARTED)


def _open_descriptors() -> list[int]:
    for listing in ("/proc/self/fd", "/dev/fd"):
        with suppress(OSError):
            return [int(entry.name) for entry in Path(listing).iterdir()]
    return list(range(3, 4096))


def _reset_signals() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _tell(spec: JailSpec, message: dict[str, object]) -> None:
    with suppress(OSError):
        os.write(spec.status_fd, json.dumps(message).encode() + b"\n")
