"""Nouns of an artifact: the files a plan asked for, before and after they are packed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, TypedDict

DEFAULT_MODE = 0o644
EXECUTABLE_MODE = 0o755

MANIFEST_PATH = "manifest.json"
REPORTS_PREFIX = "reports/"
REPORT_PATTERN = "validators"


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedFile:
    """One file of a generated repository, with the pattern that asked for it."""

    content: bytes
    mode: int = DEFAULT_MODE
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFile:
    """One file as an archive holds it."""

    content: bytes
    mode: int


class ManifestFile(TypedDict):
    """One line of a manifest; the mode is an octal text such as "0644"."""

    path: str
    mode: str
    sha256: str
    size: int
    pattern: str


class Manifest(TypedDict):
    """What an artifact holds and what asked for it; free of ids, times and durations."""

    manifest_version: int
    plan_hash: str
    catalogue_version: str
    template_version: str
    content_sha256: str
    files: list[ManifestFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBytes:
    """Bytes as a store lists them; `changed_at` is when they were last put, retired or restored."""

    prefix: str
    sha256: str
    size_bytes: int
    changed_at: datetime
    is_retired: bool


class ContentStore(Protocol):
    """Keeps immutable bytes under a prefix and their digest; putting the same bytes again changes nothing.

    What nothing names any more goes in two steps: it is retired, where it can still be read and comes back by itself
    when it is, and only much later discarded. All calls block.
    """

    def put(self, data: bytes, *, prefix: str) -> str:
        """Keep the bytes and return their SHA-256 in hexadecimal."""
        ...

    def open(self, sha256: str, *, prefix: str) -> BinaryIO:
        """Open kept bytes whose digest has just been checked."""
        ...

    def read(self, sha256: str, *, prefix: str) -> bytes:
        """Read kept bytes, checked against their digest."""
        ...

    def link(self, sha256: str, *, prefix: str, file_name: str, media_type: str) -> str | None:
        """An address from which anybody who has it can download the bytes for a short time; None, there is no such."""
        ...

    def stored(self) -> Iterator[StoredBytes]:
        """Everything that is kept or retired."""
        ...

    def retire(self, sha256: str, *, prefix: str) -> None:
        """Put bytes aside that nothing names."""
        ...

    def restore(self, sha256: str, *, prefix: str) -> None:
        """Put retired bytes back."""
        ...

    def discard(self, sha256: str, *, prefix: str) -> None:
        """Delete retired bytes for good."""
        ...

    def drop_unfinished(self, *, before: datetime) -> int:
        """Remove what uploads that never ended left behind; the answer is how many."""
        ...
