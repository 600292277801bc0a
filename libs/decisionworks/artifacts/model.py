"""Nouns of an artifact: the files a plan asked for, before and after they are packed."""

from dataclasses import dataclass

DEFAULT_MODE = 0o644
EXECUTABLE_MODE = 0o755


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedFile:
    """One file of a generated repository, with the pattern that asked for it."""

    content: bytes
    mode: int = DEFAULT_MODE
    pattern: str
