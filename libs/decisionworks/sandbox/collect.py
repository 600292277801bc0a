"""Take what a command left behind, without following a link that it may have planted."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from decisionworks.sandbox.errors import OutputRefused

DEFAULT_LIMIT_BYTES = 8 * 1024 * 1024


def collect_file(directory: Path, relative: str, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> bytes:
    """Read one plain file below a directory that a command could write.

    Raises: OutputRefused
    """
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or ".." in parts:
        raise OutputRefused(f"{relative!r} is not a path below the directory")
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            descriptor = _step(descriptor, part, os.O_DIRECTORY)
        # Not blocking, because opening a pipe that nobody writes would wait for ever.
        descriptor = _step(descriptor, parts[-1], os.O_NONBLOCK)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OutputRefused(f"{relative} is not a plain file")
        if found.st_size > limit_bytes:
            raise OutputRefused(f"{relative} has more than {limit_bytes} bytes")
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(limit_bytes)
    except OSError as error:
        raise OutputRefused(f"{relative}: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _step(descriptor: int, part: str, flags: int) -> int:
    following = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags, dir_fd=descriptor)
    os.close(descriptor)
    return following
