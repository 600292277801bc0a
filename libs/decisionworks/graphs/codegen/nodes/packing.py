"""A repository and its reports as one archive, and the rows that name what a run leaves behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decisionworks.artifacts import (
    MANIFEST_PATH,
    REPORT_PATTERN,
    GeneratedFile,
    build_manifest,
    content_sha256,
    deterministic_zip,
)
from decisionworks.decisions import DecisionSet
from decisionworks.graphs.codegen.render import template_version
from decisionworks.graphs.codegen.tools import CodegenTools

REPOSITORY = "repository"
QUARANTINE = "quarantine"
RUN_LOG = "validation-run"
ZIP = "application/zip"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The archive, what is in it, and the digest of its generated files."""

    files: Mapping[str, GeneratedFile]
    archive: bytes
    content_digest: str


async def pack_repository(tools: CodegenTools, row: DecisionSet, files: Mapping[str, GeneratedFile]) -> Packed:
    """Pack generated files and reports, with the manifest that names them."""
    manifest = build_manifest(
        files,
        plan_hash=str(row.plan_hash),
        catalogue_version=tools.catalogue_version,
        template_version=template_version(),
    )
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False)
    complete = {**files, MANIFEST_PATH: GeneratedFile(content=(text + "\n").encode(), pattern=REPORT_PATTERN)}
    archive = await asyncio.to_thread(deterministic_zip, complete)
    return Packed(files=files, archive=archive, content_digest=content_sha256(manifest))


def artifact_facts(
    kind: str, sha256: str, size_bytes: int, *, media_type: str, content_digest: str | None = None
) -> dict[str, Any]:
    """What the row and the event of an artifact say."""
    return {
        "kind": kind,
        "sha256": sha256,
        "content_sha256": content_digest,
        "size_bytes": size_bytes,
        "media_type": media_type,
        "file_name": f"{kind}-{sha256[:12]}.{'zip' if media_type == ZIP else 'json'}",
    }
