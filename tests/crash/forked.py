"""Workers forked from a warm server: real processes with real ids, without the two seconds of imports."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from tests.crash.dying_worker import arm

_WARM = ["decisionworks_worker.main", "tests.crash.dying_worker"]


def fork_server() -> ForkServerContext:
    """A context whose processes start with the worker's modules loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WARM)
    return context


def start_forked(
    context: ForkServerContext, environment: Mapping[str, str], log: Path, *, victim: str = "", moment: str = ""
) -> ForkServerProcess:
    """Start a worker; with a victim, one that kills itself there."""
    process = context.Process(target=_work, args=(dict(environment), str(log), victim, moment), daemon=True)
    process.start()
    return process


def _work(environment: dict[str, str], log: str, victim: str, moment: str) -> None:
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    if victim:
        arm(victim, moment)
    from decisionworks_worker.main import main

    sys.exit(main())
