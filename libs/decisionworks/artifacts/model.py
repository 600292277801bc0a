"""Nouns of an artifact: the files a plan asked for, before and after they are packed."""

from __future__ import annotations

from dataclasses import dataclass
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


class ContentStore(Protocol):
    """Keeps immutable bytes under their digest; putting the same bytes again changes nothing."""

    def put(self, data: bytes, *, prefix: str) -> str:
        """Keep the bytes and return their SHA-256 in hexadecimal."""
        ...

    def open(self, sha256: str, *, prefix: str | None = None) -> BinaryIO:
        """Open kept bytes whose digest has just been checked."""
        ...

    def read(self, sha256: str, *, prefix: str | None = None) -> bytes:
        """Read kept bytes, checked against their digest."""
        ...
