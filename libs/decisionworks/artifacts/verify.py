"""Check an artifact against its own manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from decisionworks.artifacts.archive import is_as_packed, read_archive
from decisionworks.artifacts.errors import BadArchive
from decisionworks.artifacts.manifest import octal_mode
from decisionworks.artifacts.model import MANIFEST_PATH, REPORTS_PREFIX, ArchivedFile
from decisionworks.kit.canonical import digest_of, sha256_hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a check of an artifact found; without problems, every file is what the manifest says."""

    sha256: str
    content_sha256: str
    plan_hash: str
    files: int
    problems: tuple[str, ...]

    @property
    def is_intact(self) -> bool:
        """Whether every file is there, unchanged, and nothing else is."""
        return not self.problems


def verify_archive(path: Path) -> Verification:
    """Compare a zip on disk with its manifest.

    Raises: BadArchive, OSError when the file cannot be read.
    """
    return verify_bytes(path.read_bytes())


def verify_bytes(data: bytes) -> Verification:
    """Compare a zip with its manifest.

    Raises: BadArchive
    """
    files = read_archive(data)
    manifest = _manifest(files)
    listed = _listed(manifest)
    present = {path: _facts(file) for path, file in files.items() if path != MANIFEST_PATH}
    problems = [f"{path}: listed but missing" for path in sorted(listed.keys() - present.keys())]
    problems += [f"{path}: not listed" for path in sorted(present.keys() - listed.keys())]
    problems += [
        f"{path}: {', '.join(key for key in sorted(facts) if facts[key] != listed[path].get(key))} differs"
        for path, facts in sorted(present.items())
        if path in listed and any(facts[key] != listed[path].get(key) for key in facts)
    ]
    content = digest_of(
        [
            {"path": path, "mode": facts["mode"], "sha256": facts["sha256"]}
            for path, facts in sorted(present.items())
            if not path.startswith(REPORTS_PREFIX)
        ]
    )
    if manifest.get("content_sha256") != content:
        problems.append("the content digest differs")
    if not is_as_packed(data):
        problems.append("the archive holds bytes that belong to none of its files, or was packed by another program")
    return Verification(
        sha256=sha256_hex(data),
        content_sha256=content,
        plan_hash=str(manifest.get("plan_hash", "")),
        files=len(present),
        problems=tuple(problems),
    )


def _facts(file: ArchivedFile) -> dict[str, object]:
    return {"mode": octal_mode(file.mode), "sha256": sha256_hex(file.content), "size": len(file.content)}


def _manifest(files: Mapping[str, ArchivedFile]) -> dict[str, object]:
    if MANIFEST_PATH not in files:
        raise BadArchive(f"the archive has no {MANIFEST_PATH}")
    try:
        manifest = json.loads(files[MANIFEST_PATH].content)
    except (ValueError, RecursionError) as error:
        raise BadArchive(f"{MANIFEST_PATH} is not valid JSON: {error}") from error
    if not isinstance(manifest, dict):
        raise BadArchive(f"{MANIFEST_PATH} is not a JSON object")
    return manifest


def _listed(manifest: Mapping[str, object]) -> dict[str, dict[str, object]]:
    lines = manifest.get("files")
    if not isinstance(lines, list) or not all(isinstance(x, dict) and isinstance(x.get("path"), str) for x in lines):
        raise BadArchive(f"{MANIFEST_PATH} has no list of files")
    return {str(line["path"]): line for line in lines}
