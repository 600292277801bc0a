"""What is said of a command, at each level that this machine has."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from decisionworks.sandbox import Sandbox, SandboxFailed, SandboxResult, collect_file

Run = Callable[..., SandboxResult]


def listening_end(fifo: Path) -> int:
    """Our end of a pipe that is closed when the last process that holds the other end has died."""
    os.mkfifo(fifo, 0o666)
    fifo.chmod(0o666)
    return os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)


def test_a_command_ends_with_its_own_exit_code_and_output(run: Run) -> None:
    result = run("import sys; print('said'); print('warned', file=sys.stderr); sys.exit(7)")

    assert (result.exit_code, result.stdout, result.stderr) == (7, b"said\n", b"warned\n")
    assert result.killed is None
    assert not result.has_succeeded


def test_a_command_that_dies_of_a_signal_says_which(run: Run) -> None:
    result = run("import os, signal; os.kill(os.getpid(), signal.SIGABRT)")

    assert (result.exit_code, result.signal, result.killed) == (None, 6, None)


def test_endless_output_keeps_its_beginning_and_its_end(run: Run) -> None:
    code = "import sys; print('first'); sys.stdout.write('x' * 30_000_000); print('last')"

    result = run(code, output_bytes=1000)

    assert result.truncated
    assert result.stdout.startswith(b"first\n")
    assert result.stdout.endswith(b"last\n")
    assert len(result.stdout) < 1100


def test_a_program_that_is_not_there_is_an_error_of_the_sandbox(sandbox: Sandbox, open_dir: Path) -> None:
    with pytest.raises(SandboxFailed, match="No such file"):
        sandbox.run([str(open_dir / "nothing")], work_dir=open_dir)


def test_what_holds_a_command_is_said(run: Run) -> None:
    controls = run("pass").controls

    assert controls["network"] == "no sockets (seccomp)"
    assert controls["system-calls"] == "filtered (seccomp)"
    assert controls["identity"] in {
        "own user, no capabilities",
        "the worker's user, no capabilities",
        "root without capabilities",
        "root; capabilities come back in programs that it starts",
    }


def test_a_worker_that_is_killed_takes_its_command_with_it(sandbox: Sandbox, open_dir: Path) -> None:
    (open_dir / "output").mkdir(exist_ok=True)
    fifo = open_dir / "output" / "alive"
    survivors = listening_end(fifo)
    os.set_blocking(survivors, True)
    code = f"""
import sys
from pathlib import Path
from decisionworks.sandbox import Limits, Sandbox, SandboxLevel
command = "import sys, time; f = open(sys.argv[1], 'w'); f.write('up'); f.flush(); time.sleep(600)"
Sandbox(level=SandboxLevel("{sandbox.level}"), scratch_dir=Path("{open_dir}")).run(
    [sys.executable, "-I", "-S", "-c", command, "{fifo}"],
    work_dir=Path("{open_dir}"), writable=[Path("{open_dir / "output"}")], limits=Limits(wall_s=900),
)
"""
    keeper = os.open(fifo, os.O_WRONLY)
    worker = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL)
    assert os.read(survivors, 2) == b"up"

    os.close(keeper)
    worker.kill()
    worker.wait()

    assert select.select([survivors], [], [], 20)[0], "the command is still alive"
    assert os.read(survivors, 10) == b""
    os.close(survivors)


def test_places_that_only_we_can_reach_can_be_used_all_the_same(sandbox: Sandbox, open_dir: Path) -> None:
    closed = open_dir / "closed"
    for name in ("scratch", "work", "output"):
        (closed / name).mkdir(parents=True)
    (closed / "work" / "input.txt").write_text("input", encoding="ascii")
    closed.chmod(0o700)
    code = "import sys; open(sys.argv[1] + '/out.txt', 'w').write(open('input.txt').read() + ' seen')"

    result = replace(sandbox, scratch_dir=closed / "scratch").run(
        [sys.executable, "-I", "-S", "-c", code, str(closed / "output")],
        work_dir=closed / "work",
        writable=[closed / "output"],
    )

    assert result.has_succeeded, result
    assert collect_file(closed / "output", "out.txt") == b"input seen"
