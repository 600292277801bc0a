"""The manifest of an artifact: every file with mode, digest and the pattern that asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.artifacts.model import (
    MANIFEST_PATH,
    REPORTS_PREFIX,
    GeneratedFile,
    Manifest,
    ManifestFile,
)
from decisionworks.artifacts.paths import check_paths
from decisionworks.kit.canonical import digest_of, sha256_hex

MANIFEST_VERSION = 1


def build_manifest(
    files: Mapping[str, GeneratedFile], *, plan_hash: str, catalogue_version: str, template_version: str
) -> Manifest:
    """Describe the files; the same files give the same manifest whatever their order.

    Raises: UnsafePath
    """
    lines = [_line(path, files[path]) for path in check_paths(files) if path != MANIFEST_PATH]
    return Manifest(
        manifest_version=MANIFEST_VERSION,
        plan_hash=plan_hash,
        catalogue_version=catalogue_version,
        template_version=template_version,
        content_sha256=_content_digest(lines),
        files=lines,
    )


def content_sha256(manifest: Manifest) -> str:
    """The digest of the generated files that a manifest lists; reports of the validators do not count."""
    return _content_digest(manifest["files"])


def octal_mode(mode: int) -> str:
    """A file mode as four octal digits."""
    return format(mode & 0o7777, "04o")


def _line(path: str, file: GeneratedFile) -> ManifestFile:
    return ManifestFile(
        path=path,
        mode=octal_mode(file.mode),
        sha256=sha256_hex(file.content),
        size=len(file.content),
        pattern=file.pattern,
    )


def _content_digest(lines: Sequence[ManifestFile]) -> str:
    generated = sorted((line for line in lines if not line["path"].startswith(REPORTS_PREFIX)), key=lambda x: x["path"])
    return digest_of([{"path": line["path"], "mode": line["mode"], "sha256": line["sha256"]} for line in generated])
