"""How a worker of these tests differs from the product's: it is counted, named to the database, and spared slow checks.

checks    `quick`: only validators that take less than half a second; none of them is replaced by anything
take_s    with quick checks: how long they take all the same, for somebody to meet the worker at them
record    a file for the names of its outside calls
deadly    an outside call at which it kills itself: name, number and moment, separated by tabs
clock_s   by how many seconds its wall clock is wrong
full_disk a file: while it is there, the artifact store's disk takes nothing more
graph     `storm`: works the light graph of `tests.crash.storm` instead of the product's
"""

from __future__ import annotations

import errno
import functools
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from decisionworks.graphs.codegen.nodes import validators
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.sandbox import Sandbox, SandboxLevel, open_sandbox
from decisionworks_worker import graphs
from tests.crash.clocks import shift_wall_clock
from tests.crash.outside import Call, Outside

QUICK_CHECKS = ("yaml-syntax", "toml-syntax", "ruff", "workflows", "dockerfiles", "readme-commands")


def prepare(entry: Mapping[str, str]) -> None:
    """Make this process such a worker, before the product's own start."""
    os.environ["DATABASE_URL"] = named(os.environ["DATABASE_URL"], os.getpid())
    if entry.get("graph") == "storm":
        from tests.crash.storm.worker import work_storms

        work_storms(entry)
    if entry.get("checks") == "quick":
        check_quickly(take_s=float(entry.get("take_s", "0")))
        _keep_sandbox_level()
    if "record" in entry or "deadly" in entry:
        record = Path(entry["record"]) if "record" in entry else None
        Outside(record=record, deadly=_deadly(entry.get("deadly"))).watch()
    if "full_disk" in entry:
        _fill_disk_while(Path(entry["full_disk"]))
    if "clock_s" in entry:
        shift_wall_clock(float(entry["clock_s"]))


def check_quickly(*, take_s: float = 0.0) -> None:
    """Let this process know only checks that take less than half a second, and wait before them for who looks on."""
    quick = tuple(check for check in all_checks() if check.id in QUICK_CHECKS)
    original = validators.validate_repository

    def validate_repository(*given: Any, **named: Any) -> Any:
        time.sleep(take_s)
        return original(*given, checks=quick, **named)

    validators.validate_repository = validate_repository


def named(url: str, process_id: int) -> str:
    """A URL whose sessions say which process they belong to; the zombie watch asks for it."""
    separator = "&" if "?" in url else "?"
    return f"{url}{separator}options={quote(f'-c crash.process={process_id}')}"


def _fill_disk_while(flag: Path) -> None:
    original = tempfile.mkstemp

    def mkstemp(**names: Any) -> Any:
        if flag.exists() and str(names.get("prefix", "")).startswith(".incoming-"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return original(**names)

    tempfile.mkstemp = mkstemp


def _deadly(text: str | None) -> tuple[Call, str] | None:
    if text is None:
        return None
    name, nth, moment = text.split("\t")
    return Call(name, int(nth)), moment


@functools.cache
def sandbox_level() -> SandboxLevel:
    """The machine's level, found out once per fork server, not once per worker."""
    return open_sandbox().level


def _keep_sandbox_level() -> None:
    level = sandbox_level()

    def opened(*, scratch_dir: Path | None = None, allows_unsafe_execution: bool = False) -> Sandbox:
        return Sandbox(level=level, allows_unsafe_execution=allows_unsafe_execution, scratch_dir=scratch_dir)

    graphs.open_sandbox = opened
