"""Find out what this machine's sandbox holds, by trying to break out of it."""

from __future__ import annotations

import json
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from decisionworks.sandbox.errors import SandboxFailed
from decisionworks.sandbox.model import Limits, SandboxLevel
from decisionworks.sandbox.run import Sandbox

_BREAKOUT = """
import json, os, socket, sys
outside, port = sys.argv[1], int(sys.argv[2])
def succeeds(attempt):
    try:
        attempt()
    except Exception:  # whatever stops the attempt, it was stopped
        return False
    return True
def write(path):
    with open(path, "w") as file:
        file.write("x")
print(json.dumps({
    "reads outside": succeeds(lambda: open(outside).read()),
    "writes outside": succeeds(lambda: write(outside + ".new")),
    "changes its input": succeeds(lambda: write("input.txt")),
    "reaches the network": succeeds(lambda: socket.create_connection(("127.0.0.1", port), timeout=1)),
    "cannot use its home": not succeeds(lambda: write(os.path.join(os.environ["HOME"], "f"))),
    "cannot read its input": not succeeds(lambda: open("input.txt").read()),
}))
"""


def probe(*, scratch_dir: Path | None = None) -> SandboxLevel:
    """The strongest level at which a command that tries to break out does not get out."""
    for level in (SandboxLevel.NAMESPACES, SandboxLevel.KERNEL_FILTERS):
        if not escapes(Sandbox(level=level, scratch_dir=scratch_dir)):
            return level
    return SandboxLevel.LIMITS_ONLY


def open_sandbox(*, scratch_dir: Path | None = None, allows_unsafe_execution: bool = False) -> Sandbox:
    """The best sandbox this machine has."""
    level = probe(scratch_dir=scratch_dir)
    return Sandbox(level=level, allows_unsafe_execution=allows_unsafe_execution, scratch_dir=scratch_dir)


def escapes(sandbox: Sandbox) -> list[str]:
    """What a command at this level can do that it should not, or cannot do that it must."""
    if sys.platform != "linux":
        return [f"{sandbox.level} needs Linux"]
    if sandbox.scratch_dir is not None:
        sandbox.scratch_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=sandbox.scratch_dir, prefix="probe-") as name, _listener() as port:
        work_dir = Path(name) / "work"
        work_dir.mkdir()
        Path(name).chmod(0o755)
        (work_dir / "input.txt").write_text("input", encoding="ascii")
        outside = Path(name) / "outside.txt"
        outside.write_text("secret", encoding="ascii")
        command = [sys.executable, "-I", "-S", "-c", _BREAKOUT, str(outside), str(port)]
        try:
            result = sandbox.run(command, work_dir=work_dir, limits=Limits(wall_s=20, cpu_s=10))
        except SandboxFailed as error:
            return [error.message]
    if not result.has_succeeded:
        return [f"the probe ended with {result.exit_code or result.killed}: {result.stderr.decode(errors='replace')}"]
    found: dict[str, bool] = json.loads(result.stdout)
    return [attempt for attempt, has_happened in found.items() if has_happened]


@contextmanager
def _listener() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield listener.getsockname()[1]
