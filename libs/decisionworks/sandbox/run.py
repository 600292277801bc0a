"""Run one command away from us."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import IO

import decisionworks
from decisionworks.sandbox.errors import ExecutionRefused, SandboxFailed
from decisionworks.sandbox.jail.spec import JailSpec
from decisionworks.sandbox.model import Limits, Purpose, SandboxLevel, SandboxResult, Sockets
from decisionworks.sandbox.output import CappedOutput
from decisionworks.sandbox.places import devices, system_places, with_destinations

_GRACE_S = 15.0
# The packages around the jail are not loaded: they are for our side, and would take longer than the jailer itself.
_JAILER = """
import sys
for name in ("decisionworks", "decisionworks.sandbox"):
    sys.modules[name] = package = type(sys)(name)
    package.__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]
from decisionworks.sandbox.jail.main import main
main()
"""
_STATUS_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Runs commands at one level; `allows_unsafe_execution` is an operator's explicit decision.

    Commands get an empty environment, a private home, no standard input and no network. Every call blocks:
    on an event loop, call it in a thread.
    """

    level: SandboxLevel
    allows_unsafe_execution: bool = False
    scratch_dir: Path | None = None

    def run(
        self,
        argv: Sequence[str],
        *,
        work_dir: Path,
        limits: Limits | None = None,
        purpose: Purpose = Purpose.EXECUTE,
        environment: Mapping[str, str] | None = None,
        read_only: Sequence[Path] = (),
        writable: Sequence[Path] = (),
        sockets: Sockets = Sockets.NONE,
    ) -> SandboxResult:
        """Run a command to its end and tell how it ended.

        The working directory is readable; it is writable only when it is named in `writable`. Programs are
        looked for by absolute path only.

        Raises: ExecutionRefused, SandboxFailed
        """
        self.require(purpose)
        bounds = limits or Limits()
        with _Scratch(self.scratch_dir) as scratch:
            spec = self._spec(
                argv,
                scratch,
                bounds,
                work_dir=work_dir,
                environment=environment,
                read_only=read_only,
                writable=writable,
                sockets=sockets,
            )
            return _Attempt(spec=spec, limits=bounds, level=self.level).run()

    def can_run(self, purpose: Purpose) -> bool:
        """Whether commands of this purpose are run here."""
        return purpose is Purpose.PARSE or self.level is not SandboxLevel.LIMITS_ONLY or self.is_overridden

    @property
    def is_overridden(self) -> bool:
        """Whether generated code runs here only because an operator allows it."""
        return self.level is SandboxLevel.LIMITS_ONLY and self.allows_unsafe_execution

    def require(self, purpose: Purpose) -> None:
        """Insist on a level that is enough for the purpose.

        Raises: ExecutionRefused
        """
        if not self.can_run(purpose):
            raise ExecutionRefused(self.level)

    def _spec(
        self,
        argv: Sequence[str],
        scratch: Path,
        limits: Limits,
        *,
        work_dir: Path,
        environment: Mapping[str, str] | None,
        read_only: Sequence[Path],
        writable: Sequence[Path],
        sockets: Sockets,
    ) -> JailSpec:
        places = {name: _made(scratch / name) for name in ("home", "tmp", "root")}
        return JailSpec(
            argv=list(argv),
            environment=_environment(places, environment or {}),
            work_dir=str(work_dir.resolve()),
            read_only=list(
                dict.fromkeys([*system_places(), *with_destinations([Path(argv[0]), work_dir.resolve(), *read_only])])
            ),
            writable=with_destinations([places["home"], places["tmp"], *writable]),
            devices=devices(),
            root_dir=str(places["root"]),
            level=str(self.level),
            wall_s=limits.wall_s,
            cpu_s=limits.cpu_s,
            address_space_bytes=limits.address_space_bytes,
            memory_bytes=limits.memory_bytes,
            file_bytes=limits.file_bytes,
            disk_bytes=limits.disk_bytes,
            processes=limits.processes,
            open_files=limits.open_files,
            sockets=str(sockets),
            status_fd=-1,
        )


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory.resolve()


def _environment(places: Mapping[str, Path], given: Mapping[str, str]) -> dict[str, str]:
    return {
        "HOME": str(places["home"]),
        "TMPDIR": str(places["tmp"]),
        "PATH": f"{Path(sys.prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "USER": "sandbox",
        "LOGNAME": "sandbox",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "NO_COLOR": "1",
    } | dict(given)


class _Scratch:
    """A directory that is gone afterwards, whatever the command left in it."""

    def __init__(self, parent: Path | None) -> None:
        self._parent = parent

    def __enter__(self) -> Path:
        try:
            if self._parent is not None:
                self._parent.mkdir(parents=True, exist_ok=True)
            self._path = Path(tempfile.mkdtemp(prefix="sandbox-", dir=self._parent))
            self._path.chmod(0o755)
        except OSError as error:
            raise SandboxFailed(f"there is no place for a scratch directory: {error}") from error
        return self._path

    def __exit__(self, *_: object) -> None:
        remove_tree(self._path)


def remove_tree(path: Path) -> None:
    """Delete a directory, however deep a command has dug and whatever rights it took away; links are not followed."""
    with suppress(OSError):
        # Each directory is brought up here before it is emptied, so that no path is too long.
        grave = Path(tempfile.mkdtemp(prefix="removed-", dir=path.parent))
        waiting, numbers = [path], count()
        while waiting:
            waiting += _emptied(waiting.pop(), grave / str(next(numbers)))
        grave.rmdir()


def _emptied(directory: Path, grave: Path) -> list[Path]:
    """Remove a directory; what was in it and has to be emptied first is now beside the grave."""
    brought: list[Path] = []
    for inner in list(directory.iterdir()):
        with suppress(OSError):
            if inner.is_symlink() or not inner.is_dir():
                inner.unlink()
            else:
                inner.chmod(0o700)
                brought.append(inner.rename(f"{grave}-{len(brought)}"))
    with suppress(OSError):
        directory.rmdir()
    return brought


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """One run of the jailer and what it told us."""

    spec: JailSpec
    limits: Limits
    level: SandboxLevel
    status: bytearray = field(default_factory=bytearray)

    def run(self) -> SandboxResult:
        started = time.monotonic()
        stdout, stderr = CappedOutput(self.limits.output_bytes), CappedOutput(self.limits.output_bytes)
        status_read, status_write = os.pipe()
        try:
            jailer = self._start(status_write)
        except OSError as error:
            os.close(status_read)
            raise SandboxFailed(f"the sandbox cannot be started: {error}") from error
        finally:
            os.close(status_write)
        try:
            self._drain(jailer, status_read, {"stdout": stdout, "stderr": stderr}, started)
        finally:
            os.close(status_read)
            _finish(jailer)
        return self._result(stdout, stderr, round((time.monotonic() - started) * 1000))

    def _start(self, status_fd: int) -> subprocess.Popen[bytes]:
        libraries = str(Path(decisionworks.__file__).resolve().parent.parent)
        jailer = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-c", _JAILER, libraries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(status_fd,),
            env={},
            cwd="/",
            start_new_session=True,
        )
        with suppress(BrokenPipeError):
            _send(_descriptor(jailer.stdin), replace(self.spec, status_fd=status_fd).to_line())
        return jailer

    def _drain(
        self, jailer: subprocess.Popen[bytes], status_fd: int, outputs: Mapping[str, CappedOutput], started: float
    ) -> None:
        deadline = started + self.limits.wall_s + _GRACE_S
        with selectors.DefaultSelector() as selector:
            for name, stream in (("stdout", jailer.stdout), ("stderr", jailer.stderr)):
                selector.register(_descriptor(stream), selectors.EVENT_READ, name)
            selector.register(status_fd, selectors.EVENT_READ, "status")
            while selector.get_map():
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise SandboxFailed("the sandbox did not end its command in time")
                for key, _ in selector.select(remaining):
                    data = os.read(key.fd, 65536)
                    if not data:
                        selector.unregister(key.fd)
                    elif key.data == "status":
                        self.status += data[: _STATUS_BYTES - len(self.status)]
                    else:
                        outputs[key.data].add(data)

    def _result(self, stdout: CappedOutput, stderr: CappedOutput, duration_ms: int) -> SandboxResult:
        told = self._told(stderr)
        ending, killed = int(str(told["ending"])), told["killed"]
        return SandboxResult(
            exit_code=ending if ending >= 0 and killed is None else None,
            signal=signal.SIGKILL if killed is not None else -ending if ending < 0 else None,
            stdout=stdout.value(),
            stderr=stderr.value(),
            truncated=stdout.is_truncated or stderr.is_truncated,
            timed_out=killed == "wall-time",
            killed=str(killed) if killed is not None else None,
            level=self.level,
            controls=told["controls"] if isinstance(told["controls"], dict) else {},
            duration_ms=duration_ms,
        )

    def _told(self, stderr: CappedOutput) -> dict[str, object]:
        """Join the jailer's messages: the command's own ending is told by the process nearest to it."""
        told: dict[str, object] = {"controls": {}, "killed": None}
        for line in bytes(self.status).splitlines():
            message: dict[str, object] = json.loads(line)
            if "error" in message:
                raise SandboxFailed(f"the sandbox cannot be built: {message['error']}")
            ending = told.get("ending", message.get("ending"))
            told |= message
            if ending is not None:
                told["ending"] = ending
        if "ending" not in told:
            detail = stderr.value().decode(errors="replace").strip().splitlines()[-1:]
            raise SandboxFailed(f"the sandbox ended without a word: {' '.join(detail)}")
        return told


def _send(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _descriptor(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise SandboxFailed("the sandbox has lost a pipe")
    return stream.fileno()


def _finish(jailer: subprocess.Popen[bytes]) -> None:
    for stream in (jailer.stdin, jailer.stdout, jailer.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    try:
        jailer.wait(timeout=5)
    except subprocess.TimeoutExpired:
        jailer.kill()
        jailer.wait()
