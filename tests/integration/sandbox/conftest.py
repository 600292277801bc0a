"""Each level that this machine has; a level that it has not is skipped, not passed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from decisionworks.sandbox import Limits, Sandbox, SandboxLevel, SandboxResult, Sockets, escapes

Run = Callable[..., SandboxResult]


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A directory that any user can reach, so that only the sandbox keeps a command out."""
    with TemporaryDirectory(prefix="sandbox-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name).resolve()


@pytest.fixture(params=[SandboxLevel.NAMESPACES, SandboxLevel.KERNEL_FILTERS])
def sandbox(request: pytest.FixtureRequest, open_dir: Path) -> Sandbox:
    if missing := what_is_missing(request.param):
        pytest.skip(f"this machine has no {request.param}: {missing[0]}")
    return Sandbox(level=request.param, scratch_dir=open_dir)


@cache
def what_is_missing(level: SandboxLevel) -> list[str]:
    return escapes(Sandbox(level=level))


@pytest.fixture
def run(sandbox: Sandbox, open_dir: Path) -> Run:
    """Run Python code in the sandbox, in a readable directory `input` and with a writable directory `output`."""
    for name in ("input", "output"):
        (open_dir / name).mkdir(exist_ok=True)

    def run_code(code: str, *arguments: str, sockets: Sockets = Sockets.NONE, **limits: float) -> SandboxResult:
        bounds = Limits(**({"wall_s": 20, "cpu_s": 20} | limits))  # type: ignore[arg-type]
        return sandbox.run(
            [sys.executable, "-I", "-S", "-c", code, *arguments],
            work_dir=open_dir / "input",
            limits=bounds,
            writable=[open_dir / "output"],
            sockets=sockets,
        )

    return run_code
