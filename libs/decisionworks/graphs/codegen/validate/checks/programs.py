"""Find a tool by doing what a shell would do, and ask it for its version."""

from __future__ import annotations

import re
import shutil
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_SEARCHED = f"{Path(sys.prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")


def find_program(name: str) -> str | None:
    """The absolute path of a program, looked for beside our interpreter and in the system's own places."""
    return shutil.which(name, path=_SEARCHED)


@cache
def package_version(name: str) -> str | None:
    """The version of an installed Python package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def version_in(text: bytes) -> str | None:
    """The first version number in what a tool says about itself."""
    found = _VERSION.search(text.decode("utf-8", errors="replace"))
    return found.group() if found else None
