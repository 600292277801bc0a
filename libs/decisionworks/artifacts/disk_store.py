"""A content store in a directory: `<prefix>/<first two digits>/<sha256>`, each file written once and never changed."""

from __future__ import annotations

import errno
import io
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from decisionworks.artifacts.errors import ArtifactCorrupt, ArtifactNotFound, ArtifactTooLarge, StoreUnavailable
from decisionworks.artifacts.model import StoredBytes
from decisionworks.artifacts.places import REFRESH_AFTER_S, key_of, parse_key
from decisionworks.kit.canonical import sha256_hex

DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024
_INCOMING = ".incoming-"
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
        target = self._root / key_of(sha256, prefix)
        try:
            if not _holds(target, data) or not _is_refreshed(target):
                _write_once(target, data)
        except OSError as error:
            raise _unavailable(error, "written") from error
        return sha256

    def open(self, sha256: str, *, prefix: str) -> BinaryIO:
        """Open kept bytes whose digest has just been checked.

        Raises: ArtifactNotFound, ArtifactCorrupt, StoreUnavailable
        """
        return io.BytesIO(self.read(sha256, prefix=prefix))

    def read(self, sha256: str, *, prefix: str) -> bytes:
        """Read kept bytes, checked against their digest; retired bytes come back by being read.

        Raises: ArtifactNotFound, ArtifactCorrupt, StoreUnavailable
        """
        data = self._read(sha256, prefix)
        found = sha256_hex(data)
        if found != sha256:
            raise ArtifactCorrupt(sha256, found)
        return data

    def link(self, sha256: str, *, prefix: str, file_name: str, media_type: str) -> None:
        """A disk has no address that others could download from."""

    def stored(self) -> Iterator[StoredBytes]:
        """Everything that is kept or retired.

        Raises: StoreUnavailable
        """
        for path in self._files():
            key = parse_key(path.relative_to(self._root).as_posix())
            with suppress(FileNotFoundError):
                if key is not None:
                    status = path.stat()
                    prefix, sha256, is_retired = key
                    changed_at = datetime.fromtimestamp(status.st_mtime, UTC)
                    yield StoredBytes(
                        prefix=prefix,
                        sha256=sha256,
                        size_bytes=status.st_size,
                        changed_at=changed_at,
                        is_retired=is_retired,
                    )

    def retire(self, sha256: str, *, prefix: str) -> None:
        """Put bytes aside that nothing names; a put at the same moment writes them anew.

        Raises: StoreUnavailable
        """
        self._move(self._root / key_of(sha256, prefix), self._root / key_of(sha256, prefix, is_retired=True))

    def restore(self, sha256: str, *, prefix: str) -> None:
        """Put retired bytes back.

        Raises: StoreUnavailable
        """
        self._move(self._root / key_of(sha256, prefix, is_retired=True), self._root / key_of(sha256, prefix))

    def discard(self, sha256: str, *, prefix: str) -> None:
        """Delete retired bytes for good.

        Raises: StoreUnavailable
        """
        try:
            (self._root / key_of(sha256, prefix, is_retired=True)).unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable(error, "deleted") from error

    def drop_unfinished(self, *, before: datetime) -> int:
        """Remove half-written files of writers that were killed.

        Raises: StoreUnavailable
        """
        dropped = 0
        for path in self._files():
            with suppress(FileNotFoundError):
                if path.name.startswith(_INCOMING) and path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    dropped += 1
        return dropped

    def _files(self) -> Iterator[Path]:
        for directory, _, names in os.walk(self._root):
            yield from (Path(directory) / name for name in sorted(names))

    def _read(self, sha256: str, prefix: str) -> bytes:
        try:
            with suppress(FileNotFoundError, NotADirectoryError):
                return (self._root / key_of(sha256, prefix)).read_bytes()
            self.restore(sha256, prefix=prefix)
            return (self._root / key_of(sha256, prefix)).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ArtifactNotFound(sha256) from error
        except OSError as error:
            raise _unavailable(error, "read") from error

    def _move(self, source: Path, target: Path) -> None:
        try:
            if not source.is_file():
                return
            os.utime(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            _sync_directory(target.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unavailable(error, "moved") from error


def _holds(target: Path, data: bytes) -> bool:
    try:
        return target.read_bytes() == data
    except FileNotFoundError:
        return False


def _is_refreshed(target: Path) -> bool:
    """Whether the file counts as just put; false when it was put aside meanwhile."""
    try:
        if time.time() - target.stat().st_mtime > REFRESH_AFTER_S:
            os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _write_once(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=_INCOMING, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:  # also when cancelled, nothing half written stays
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
