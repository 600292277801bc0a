from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisionworks.artifacts import (
    MANIFEST_PATH,
    BadArchive,
    GeneratedFile,
    Manifest,
    build_manifest,
    content_sha256,
    deterministic_zip,
    verify_bytes,
)

FILES = {
    "README.md": GeneratedFile(content=b"# it\n", pattern="_repository"),
    "run.sh": GeneratedFile(content=b"#!/bin/sh\n", mode=0o755, pattern="serve-batch-scoring"),
    "reports/validation.json": GeneratedFile(content=b"{}", pattern="validators"),
}


def manifest_of(files: dict[str, GeneratedFile]) -> Manifest:
    return build_manifest(files, plan_hash="a" * 64, catalogue_version="c1", template_version="t1")


def archive_of(files: dict[str, GeneratedFile], manifest: Manifest) -> bytes:
    text = json.dumps(manifest).encode()
    return deterministic_zip(files | {MANIFEST_PATH: GeneratedFile(content=text, pattern="manifest")})


def test_a_manifest_names_every_file_with_mode_digest_and_pattern() -> None:
    manifest = manifest_of(FILES)

    assert [line["path"] for line in manifest["files"]] == ["README.md", "reports/validation.json", "run.sh"]
    assert manifest["files"][2] == {
        "path": "run.sh",
        "mode": "0755",
        "sha256": "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf",
        "size": 10,
        "pattern": "serve-batch-scoring",
    }


def test_the_content_digest_follows_the_generated_files_and_not_the_reports() -> None:
    manifest = manifest_of(FILES)
    other_report = FILES | {"reports/validation.json": GeneratedFile(content=b"{1}", pattern="validators")}
    other_mode = FILES | {"run.sh": GeneratedFile(content=b"#!/bin/sh\n", mode=0o644, pattern="serve-batch-scoring")}

    assert content_sha256(manifest) == manifest["content_sha256"] == manifest_of(other_report)["content_sha256"]
    assert manifest["content_sha256"] != manifest_of(other_mode)["content_sha256"]


@given(order=st.permutations(list(FILES)))
def test_the_order_of_the_files_does_not_matter(order: list[str]) -> None:
    assert manifest_of({path: FILES[path] for path in order}) == manifest_of(FILES)


def test_an_untouched_archive_is_intact() -> None:
    verification = verify_bytes(archive_of(FILES, manifest_of(FILES)))

    assert verification.is_intact
    assert verification.plan_hash == "a" * 64
    assert verification.files == 3


@pytest.mark.parametrize(
    ("path", "changed", "problem"),
    [
        ("README.md", GeneratedFile(content=b"# IT\n", pattern="p"), "README.md: sha256 differs"),
        ("run.sh", GeneratedFile(content=b"#!/bin/sh\n", mode=0o644, pattern="p"), "run.sh: mode differs"),
        ("extra.txt", GeneratedFile(content=b"x", pattern="p"), "extra.txt: not listed"),
    ],
)
def test_a_changed_archive_is_found_out(path: str, changed: GeneratedFile, problem: str) -> None:
    verification = verify_bytes(archive_of(FILES | {path: changed}, manifest_of(FILES)))

    assert problem in verification.problems


@pytest.mark.parametrize("where", ["before", "behind", "date", "stream"])
def test_bytes_that_belong_to_no_file_are_found_out(where: str) -> None:
    packed = archive_of(FILES, manifest_of(FILES))
    undated, dated = b"PK\3\4\x14\0\0\0\x08\0\0\0", b"PK\3\4\x14\0\0\0\x08\0\1\0"
    changed = {
        "before": b"#!/bin/sh\nrm -r .\n" + packed,
        "behind": packed + b"\0",
        "date": packed.replace(undated, dated, 1),
        "stream": _with_a_tail(packed),
    }[where]

    assert changed != packed
    assert any("belong to none" in problem for problem in verify_bytes(changed).problems)


def _with_a_tail(packed: bytes) -> bytes:
    """The same archive whose first file has two more compressed bytes than it needs."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entry = archive.infolist()[0]
    start = entry.header_offset + 30 + len(entry.filename)
    longer = (entry.compress_size + 2).to_bytes(4, "little")
    data = bytearray(packed)
    central = packed.index(b"PK\x01\x02")
    directory = bytearray(packed[central:])
    directory[20:24] = longer
    position = 0
    while (position := directory.find(b"PK\x01\x02", position + 1)) > 0:
        offset = int.from_bytes(directory[position + 42 : position + 46], "little") + 2
        directory[position + 42 : position + 46] = offset.to_bytes(4, "little")
    end = directory.rindex(b"PK\x05\x06")
    directory[end + 16 : end + 20] = (central + 2).to_bytes(4, "little")
    data[entry.header_offset + 18 : entry.header_offset + 22] = longer
    stop = start + entry.compress_size
    return bytes(data[:stop] + b"\0\0" + data[stop:central] + directory)


def test_a_missing_file_is_found_out() -> None:
    manifest = manifest_of(FILES)
    fewer = {path: file for path, file in FILES.items() if path != "run.sh"}

    assert "run.sh: listed but missing" in verify_bytes(archive_of(fewer, manifest)).problems


@pytest.mark.parametrize("manifest", [b"[]", b"{", b'{"files": 1}', b'{"files": [{"path": 1}]}'])
def test_a_manifest_that_cannot_be_read_is_a_bad_archive(manifest: bytes) -> None:
    data = deterministic_zip({MANIFEST_PATH: GeneratedFile(content=manifest, pattern="p")})

    with pytest.raises(BadArchive):
        verify_bytes(data)
