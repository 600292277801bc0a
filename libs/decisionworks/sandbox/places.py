"""What of the machine a command may see: system libraries, the interpreter, and nothing of anybody's data."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/ssl/openssl.cnf", "/etc/ssl/certs", "/etc/mime.types",
    "/etc/os-release", "/etc/localtime",
)  # fmt: skip
# Not /dev/zero: mapped, it is memory that belongs to no process.
_DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
_STORES = ("/nix/store", "/gnu/store")


def system_places() -> list[str]:
    """System libraries and the running interpreter with its packages, read-only."""
    interpreter = [sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve())]
    stores = [store for store in _STORES if any(path.startswith(store) for path in interpreter)]
    return [path for path in (*_SYSTEM, *stores, *interpreter) if Path(path).exists()]


def devices() -> list[str]:
    """Devices that hold nothing of ours."""
    return [path for path in _DEVICES if Path(path).exists()]


def with_destinations(paths: Iterable[Path]) -> list[str]:
    """Each path, absolute, and what it leads to when it is a link."""
    shown: list[str] = []
    for path in paths:
        shown += [str(path.absolute()), str(path.resolve())]
    return list(dict.fromkeys(shown))
