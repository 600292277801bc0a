"""The platform for the length of one command: started when nothing runs, ended with the block."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from decisionworks.cli.supervisor.address import ServerAddress, read_address
from decisionworks.cli.supervisor.errors import PlatformFailed

_ENDS_WITHIN_S = 15.0


@contextmanager
def embedded_platform(data_dir: Path, *, workers: int = 1) -> Iterator[ServerAddress]:
    """Run the platform on a free local port while the block runs; nothing is left running afterwards.

    Raises: PlatformFailed with the one line that the platform said, its exit code in `exit_code`.
    """
    argv = [sys.executable, "-m", "decisionworks.cli.up", "--host", "127.0.0.1", "--port", "0"]
    argv += ["--data-dir", str(data_dir), "--workers", str(workers), "--quiet", "--end-with-parent"]
    with subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            if not process.stdout.readline().startswith("ready "):
                raise _failure(process)
            address = read_address(data_dir)
            if address is None:
                raise PlatformFailed(f"the platform wrote no address to {data_dir}")
            yield address
        finally:
            _end(process)


def _failure(process: subprocess.Popen[str]) -> PlatformFailed:
    said = process.communicate(timeout=_ENDS_WITHIN_S)[1].strip().splitlines()
    error = PlatformFailed(said[-1].removeprefix("error: ") if said else "the platform did not start")
    error.exit_code = process.returncode
    return error


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
