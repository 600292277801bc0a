"""The deterministic zip, and a reader of zips that trusts nothing it reads.

Every byte of the zip follows from the files: paths are sorted, the date is the format's first day, modes are
explicit, and there are no directory entries, extra fields or comments. Only the deflate stream may differ between
builds of zlib, which is why identity across machines is the manifest's content digest.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from decisionworks.artifacts.errors import BadArchive, UnsafePath
from decisionworks.artifacts.model import ArchivedFile, GeneratedFile
from decisionworks.artifacts.paths import check_paths

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_VERSION = 20
_COMPRESSION_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """How much an archive from outside may hold."""

    archive_bytes: int = 64 * 1024 * 1024
    file_bytes: int = 16 * 1024 * 1024
    total_bytes: int = 256 * 1024 * 1024
    files: int = 10_000


def deterministic_zip(files: Mapping[str, GeneratedFile]) -> bytes:
    """Pack the files so that equal files give equal bytes.

    Raises: UnsafePath
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION_LEVEL) as archive:
        for path in check_paths(files):
            archive.writestr(_entry(path, files[path].mode), files[path].content)
    return packed.getvalue()


def read_archive(data: bytes, *, limits: ArchiveLimits | None = None) -> dict[str, ArchivedFile]:
    """Read a zip from outside into memory, refusing links, odd paths, duplicates and bombs.

    Raises: BadArchive
    """
    bounds = limits or ArchiveLimits()
    if len(data) > bounds.archive_bytes:
        raise BadArchive(f"the archive has more than {bounds.archive_bytes} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _checked_entries(archive, bounds)
            return {entry.filename: _read_entry(archive, entry) for entry in entries}
    except UnsafePath as error:
        raise BadArchive(error.message) from error
    # NotImplementedError is zipfile's word for a compression or encryption that it does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise BadArchive(f"the archive cannot be read: {error}") from error


def is_as_packed(data: bytes) -> bool:
    """Whether a readable archive is what `deterministic_zip` writes, byte for byte, but for how it compresses.

    Nothing is before, between or behind its files, and no second set of headers tells another reader something else.

    Raises: BadArchive
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadArchive(f"the archive cannot be read: {error}") from error
    if [entry.filename for entry in entries] != sorted(entry.filename for entry in entries):
        return False
    members, directory = bytearray(), bytearray()
    for entry in entries:
        name = entry.filename.encode()
        start = entry.header_offset + 30 + len(name)
        stream = data[start : start + entry.compress_size]
        if not _is_one_stream(stream, entry.file_size):
            return False
        common = (0 if name.isascii() else 0x800, zipfile.ZIP_DEFLATED, 0, 33, entry.CRC, len(stream), entry.file_size)
        kind = (stat.S_IFREG | (entry.external_attr >> 16) & 0o777) << 16
        made_by = _VERSION | _UNIX << 8
        rest = (len(name), 0, 0, 0, 0, kind, len(members))
        directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", made_by, _VERSION, *common, *rest) + name
        members += struct.pack("<4s5H3I2H", b"PK\3\4", _VERSION, *common, len(name), 0) + name + stream
    count = len(entries)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(members), 0)
    return bytes(members + directory + end) == data


def _is_one_stream(stream: bytes, size_bytes: int) -> bool:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflate.decompress(stream, size_bytes + 1)
    except zlib.error:
        return False
    return inflate.eof and not inflate.unused_data and len(content) == size_bytes


def _entry(path: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, date_time=_FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.create_version = _VERSION
    entry.extract_version = _VERSION
    entry.external_attr = (stat.S_IFREG | (mode & 0o777)) << 16
    return entry


def _checked_entries(archive: zipfile.ZipFile, bounds: ArchiveLimits) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > bounds.files:
        raise BadArchive(f"the archive has {len(entries)} files, the limit is {bounds.files}")
    if sum(entry.file_size for entry in entries) > bounds.total_bytes:
        raise BadArchive(f"the archive unpacks to more than {bounds.total_bytes} bytes")
    for entry in entries:
        if entry.file_size > bounds.file_bytes:
            raise BadArchive(f"{entry.filename!r} unpacks to more than {bounds.file_bytes} bytes")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG} or entry.is_dir():
            raise BadArchive(f"{entry.filename!r} is not a plain file")
        if entry.flag_bits & 0x1:
            raise BadArchive(f"{entry.filename!r} is encrypted")
    check_paths(entry.orig_filename for entry in entries)
    return entries


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ArchivedFile:
    with archive.open(entry) as stream:
        # One byte more than announced shows a size field that lies; the checksum covers the rest.
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise BadArchive(f"{entry.filename!r} does not have the size that it announces")
    return ArchivedFile(content=content, mode=(entry.external_attr >> 16) & 0o7777)
