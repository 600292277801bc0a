"""Where a code model may write: an answer to any other path is refused, by whoever looks at it next."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._\-]*")
_LONGEST = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRules:
    """Regular expressions over whole paths: what may be written, and what of that stays as it is.

    `shown` is what a model without a work tree sees besides what it may write.
    """

    allowed: tuple[str, ...]
    kept: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def allows(self, path: str) -> bool:
        """Whether a file may be written; a path that means different things to different readers may not."""
        parts = PurePosixPath(path).parts
        is_plain = "/".join(parts) == path and len(path) <= _LONGEST and all(map(_PART.fullmatch, parts))
        return is_plain and _matches(path, self.allowed) and not _matches(path, self.kept)

    def shows(self, path: str) -> bool:
        """Whether a model without a work tree sees a file."""
        return self.allows(path) or _matches(path, self.shown)


def _matches(path: str, patterns: Collection[str]) -> bool:
    return any(re.fullmatch(pattern, path) for pattern in patterns)
