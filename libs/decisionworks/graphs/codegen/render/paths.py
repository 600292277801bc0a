"""Rendered paths are checked after rendering: relative, plain, inside the repository."""

import re
from pathlib import PurePosixPath

from decisionworks.graphs.codegen.render.errors import UnsafePath

_PART = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._@+-]*")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
MAX_PATH_LENGTH = 200


def checked_path(path: str) -> str:
    """Return the path unchanged when it is safe everywhere.

    Raises: UnsafePath, it is absolute, leaves the repository, or has parts some file system refuses.
    """
    parts = PurePosixPath(path).parts
    is_plain = bool(parts) and "/".join(parts) == path and len(path) <= MAX_PATH_LENGTH
    if not is_plain or any(not _is_safe_part(part) for part in parts):
        raise UnsafePath(f"A generated path is not safe: {path!r}.")
    return path


def _is_safe_part(part: str) -> bool:
    return (
        _PART.fullmatch(part) is not None
        and part not in {".", "..", ".git"}
        and not part.endswith(".")
        and _RESERVED.fullmatch(part) is None
    )
