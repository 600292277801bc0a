"""A content store in a directory: `<prefix>/<first two digits>/<sha256>`, each file written once and never changed."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from decisionworks.artifacts.errors import (
    ArtifactCorrupt,
    ArtifactNotFound,
    ArtifactTooLarge,
    StoreUnavailable,
    UnsafePath,
)
from decisionworks.artifacts.paths import check_path
from decisionworks.kit.canonical import sha256_hex

DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_REMEDIES = {
    errno.ENOSPC: "free disk space; the run goes on by itself",
    errno.EDQUOT: "raise the quota or free disk space; the run goes on by itself",
    errno.EROFS: "mount the data directory writable",
    errno.EACCES: "give the worker's user the right to read and write the data directory",
    errno.EPERM: "give the worker's user the right to read and write the data directory",
}


class DiskStore:
    """Keeps bytes on disk under their digest.

    A file appears under its name only when all its bytes are on the disk: a killed writer leaves nothing half-written.
    All calls block; on an event loop, call them in a thread.
    """

    def __init__(self, root: Path, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._root = root
        self._limit_bytes = limit_bytes

    def put(self, data: bytes, *, prefix: str) -> str:
        """Keep the bytes and return their SHA-256; the same bytes again change nothing.

        Raises: ArtifactTooLarge, StoreUnavailable, UnsafePath
        """
        if len(data) > self._limit_bytes:
            raise ArtifactTooLarge(len(data), self._limit_bytes)
        sha256 = sha256_hex(data)
        target = self._path(sha256, prefix)
        try:
            if not _holds(target, data):
                _write_once(target, data)
        except OSError as error:
            raise _unavailable(error, "written") from error
        return sha256

    def open(self, sha256: str, *, prefix: str | None = None) -> BinaryIO:
        """Open kept bytes whose digest has just been checked.

        Raises: ArtifactNotFound, ArtifactCorrupt, StoreUnavailable
        """
        return io.BytesIO(self.read(sha256, prefix=prefix))

    def read(self, sha256: str, *, prefix: str | None = None) -> bytes:
        """Read kept bytes, checked against their digest; without a prefix, any prefix's copy will do.

        Raises: ArtifactNotFound, ArtifactCorrupt, StoreUnavailable
        """
        data = self._read(self._find(sha256, prefix), sha256)
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise ArtifactCorrupt(sha256, found)
        return data

    def _read(self, path: Path, sha256: str) -> bytes:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ArtifactNotFound(sha256) from error
        except OSError as error:
            raise _unavailable(error, "read") from error

    def _find(self, sha256: str, prefix: str | None) -> Path:
        if prefix is not None or not _DIGEST.fullmatch(sha256):
            return self._path(sha256, prefix or "")
        copies = sorted(self._root.glob(f"*/{sha256[:2]}/{sha256}"))
        if not copies:
            raise ArtifactNotFound(sha256)
        return copies[0]

    def _path(self, sha256: str, prefix: str) -> Path:
        if not _DIGEST.fullmatch(sha256):
            raise ArtifactNotFound(sha256)
        if "/" in check_path(prefix):
            raise UnsafePath(prefix, "a prefix is one part")
        return self._root / prefix / sha256[:2] / sha256


def _holds(target: Path, data: bytes) -> bool:
    try:
        return target.read_bytes() == data
    except FileNotFoundError:
        return False


def _write_once(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".incoming-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(error: OSError, verb: str) -> StoreUnavailable:
    remedy = _REMEDIES.get(error.errno or 0, "see that the data directory can be read and written")
    return StoreUnavailable(
        f"the artifact cannot be {verb}: {error.strerror or error}", remedy=remedy, retry_after_s=10
    )
