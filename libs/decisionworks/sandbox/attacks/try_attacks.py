"""Run attacks in a sandbox, beside things that are worth reaching, and see what they reached."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from decisionworks.sandbox.attacks.attempts import ATTACKS
from decisionworks.sandbox.attacks.model import Attack, Held
from decisionworks.sandbox.model import Limits, SandboxLevel, SandboxResult
from decisionworks.sandbox.run import Sandbox, remove_tree

# What is said at a level where nothing holds: enough to end every attack, and the machine stays usable.
_LIMITS = {"wall_s": 30.0, "cpu_s": 30, "processes": 24, "disk_bytes": 16 << 20, "file_bytes": 4 << 20}
_ROOM_FOR_WORDS = 1024
_PRELUDE = """
import ctypes, json, mmap, os, resource, signal, socket, sys, time
here = json.loads(sys.argv[1])
alive = open(here["alive"], "w")
libc = ctypes.CDLL(None, use_errno=True)
machine = os.uname().machine
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
def system_call(x86_64, aarch64, *arguments):
    call("syscall", {"x86_64": x86_64, "aarch64": aarch64}[machine], *arguments)
def escaped(what):
    os.write(1, ("ESCAPED " + what + "\\n").encode())
def escapes(what, action, *arguments):
    try:
        action(*arguments)
    except Exception:  # whatever stopped it, it was contained
        return
    escaped(what)
os.write(1, b"STARTED\\n")
"""


def try_attacks(
    level: SandboxLevel, *, attacks: Sequence[Attack] = ATTACKS, scratch_dir: Path | None = None
) -> Iterator[Held]:
    """Try each at a level; at one that generated code is refused at, they are run all the same, for they are ours.

    Raises: SandboxFailed
    """
    sandbox = Sandbox(level=level, allows_unsafe_execution=True, scratch_dir=scratch_dir)
    for attack in attacks:
        with _place(scratch_dir) as place:
            yield _tried(sandbox, attack, place)


def _tried(sandbox: Sandbox, attack: Attack, place: Path) -> Held:
    limits = Limits(**(_LIMITS | dict(attack.limits)))  # type: ignore[arg-type]  # an attack names fields of Limits
    with _worth_reaching(place) as here:
        # Our end is closed by the kernel's hand alone: when the last process that holds the other has died.
        survivors = os.open(place / "output" / "alive", os.O_RDONLY | os.O_NONBLOCK)
        try:
            result = sandbox.run(
                [sys.executable, "-I", "-S", "-c", _PRELUDE + attack.code, json.dumps(here)],
                work_dir=place / "input",
                writable=[place / "output"],
                limits=limits,
                sockets=attack.sockets,
            )
            is_survived = _is_held_open(survivors)
        finally:
            os.close(survivors)
        got_out = _got_out(result, limits)
        if is_survived:
            got_out.append("a process outlived it")
        if (place / "outside" / "secret.txt").read_text(encoding="ascii") != "secret":
            got_out.append("a file outside was changed")
    return Held(
        attack=attack,
        level=sandbox.level,
        got_out=tuple(got_out),
        stopped_by=result.killed or (f"signal {result.signal}" if result.signal else None),
    )


def _got_out(result: SandboxResult, limits: Limits) -> list[str]:
    lines = result.stdout.decode(errors="replace").splitlines()
    found = list(dict.fromkeys(line.removeprefix("ESCAPED ") for line in lines if line.startswith("ESCAPED ")))
    if "STARTED" not in lines[:1]:
        # An attack that did not begin has shown nothing.
        found.append("it was not tried: " + result.stderr.decode(errors="replace").strip()[-200:])
    if len(result.stdout) > limits.output_bytes + _ROOM_FOR_WORDS:
        found.append("more output than its limit")
    return found


def _is_held_open(descriptor: int) -> bool:
    try:
        return os.read(descriptor, 1) != b""
    except BlockingIOError:
        return True


@contextmanager
def _place(scratch_dir: Path | None) -> Iterator[Path]:
    """Three directories that any user can reach, so that only the sandbox keeps a command out of the third."""
    place = Path(tempfile.mkdtemp(prefix="attack-", dir=scratch_dir)).resolve()
    try:
        place.chmod(0o755)
        for name in ("input", "output", "outside"):
            (place / name).mkdir()
        yield place
    finally:
        remove_tree(place)


@contextmanager
def _worth_reaching(place: Path) -> Iterator[dict[str, Any]]:
    """A file, sockets of every kind, and a process: ours, open to everybody on the machine."""
    secret, work = place / "outside" / "secret.txt", place / "input" / "work.txt"
    for file, text in ((secret, "secret"), (work, "work")):
        file.write_text(text, encoding="ascii")
        file.chmod(0o666)
    alive = place / "output" / "alive"
    os.mkfifo(alive)
    alive.chmod(0o666)
    with ExitStack() as opened:
        tcp = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        named = opened.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(str(place / "outside" / "socket"))
        named.listen(1)
        (place / "outside" / "socket").chmod(0o777)
        abstract = f"decisionworks-attack-{os.getpid()}-{place.name}"
        if sys.platform == "linux":
            hidden = opened.enter_context(socket.socket(socket.AF_UNIX))
            hidden.bind(f"\0{abstract}")
            hidden.listen(1)
        yield {
            "secret": str(secret),
            "work": str(work),
            "output": str(place / "output"),
            "alive": str(alive),
            "port": tcp.getsockname()[1],
            "socket": str(place / "outside" / "socket"),
            "abstract": abstract,
            "worker": os.getpid(),
        }
