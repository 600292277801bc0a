from __future__ import annotations

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisionworks.artifacts import (
    ArchiveLimits,
    BadArchive,
    GeneratedFile,
    UnsafePath,
    deterministic_zip,
    read_archive,
)

# The letter in front keeps names of devices (con, aux) out, which are refused.
names = st.from_regex(r"x[a-z]{1,8}(/x[a-z]{1,8}){0,2}\.txt", fullmatch=True)
repositories = st.dictionaries(names, st.binary(max_size=200), min_size=1, max_size=8)


def packed(files: dict[str, bytes]) -> bytes:
    return deterministic_zip({path: GeneratedFile(content=data, pattern="p") for path, data in files.items()})


def hostile_zip(name: str, *, mode: int = stat.S_IFREG | 0o644, data: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, data)
    return stream.getvalue()


@given(files=repositories, shuffle=st.randoms())
def test_the_same_files_give_the_same_bytes_in_any_order(files: dict[str, bytes], shuffle: object) -> None:
    order = list(files)
    shuffle.shuffle(order)  # type: ignore[attr-defined]

    assert packed(files) == packed({path: files[path] for path in order})


@given(files=repositories)
def test_what_is_packed_is_read_back(files: dict[str, bytes]) -> None:
    read = read_archive(packed(files))

    assert {path: file.content for path, file in read.items()} == files


def test_an_archive_says_nothing_of_when_where_or_by_whom_it_was_made() -> None:
    data = deterministic_zip(
        {
            "run.sh": GeneratedFile(content=b"#!/bin/sh\n", mode=0o755, pattern="p"),
            "a/b.txt": GeneratedFile(content=b"b", pattern="p"),
        }
    )

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()

    assert [entry.filename for entry in entries] == ["a/b.txt", "run.sh"]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.create_system for entry in entries} == {3}
    assert [stat.S_IMODE(entry.external_attr >> 16) for entry in entries] == [0o644, 0o755]
    assert all(not entry.extra and not entry.comment for entry in entries)


def test_the_bytes_of_a_known_archive_have_not_changed_apart_from_compression() -> None:
    data = packed({"a.txt": b""})

    assert data[:30] == bytes.fromhex("504b03041400000008000000210000000000020000000000000005000000")


@pytest.mark.parametrize(
    "name",
    [
        "../up.txt",
        "/etc/passwd",
        "a/../../b",
        "a\\b.txt",
        "C:/x",
        "a//b",
        "nul",
        ".git/config",
        "dir/",
        "a\n",
    ],
)
def test_an_archive_with_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(BadArchive):
        read_archive(hostile_zip(name))


def test_a_name_that_seems_to_end_early_is_refused() -> None:
    data = hostile_zip("x~../y").replace(b"x~../y", b"x\0../y")

    with pytest.raises(BadArchive):
        read_archive(data)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFDIR])
def test_an_archive_with_anything_but_plain_files_is_refused(kind: int) -> None:
    with pytest.raises(BadArchive, match="plain file"):
        read_archive(hostile_zip("a.txt", mode=kind | 0o777))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = hostile_zip("a.txt", data=b"\0" * 5_000_000)
    limits = ArchiveLimits(archive_bytes=100_000, file_bytes=1_000_000)

    with pytest.raises(BadArchive, match="unpacks to more"):
        read_archive(bomb, limits=limits)


def test_a_size_that_lies_is_found_out() -> None:
    data = bytearray(hostile_zip("a.txt", data=b"x" * 1000))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")

    with pytest.raises(BadArchive):
        read_archive(bytes(data))


@pytest.mark.parametrize("damage", [b"", b"not a zip", b"PK\x05\x06"])
def test_what_is_no_archive_is_refused(damage: bytes) -> None:
    with pytest.raises(BadArchive):
        read_archive(damage)


def test_two_files_that_are_one_where_case_is_ignored_are_refused() -> None:
    with pytest.raises(UnsafePath, match="case is ignored"):
        packed({"README.md": b"a", "readme.MD": b"b"})


def test_a_file_cannot_be_a_directory_too() -> None:
    with pytest.raises(UnsafePath, match="file as its directory"):
        packed({"a": b"1", "a/b": b"2"})
