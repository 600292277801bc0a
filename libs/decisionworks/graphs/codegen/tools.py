"""What the generation nodes are given, and how they hand files to each other across crashes.

Files between two nodes are kept in the content store under their digest, never in the graph's state: another worker
finds exactly what the first one made.
"""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from decisionworks.artifacts import WORK, ContentStore, GeneratedFile, prefix_of
from decisionworks.kit.canonical import canonical_json
from decisionworks.llm import CodeGenProvider
from decisionworks.sandbox import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class CodegenTools:
    """The dependencies of the generation nodes; the sandbox is opened at its first use: probing takes a while.

    `code_models` finish what was composed, None where nobody is asked; findings go back to them `code_rounds` times.
    """

    store: ContentStore
    open_sandbox: Callable[[], Sandbox]
    data_dir: Path
    scratch_dir: Path
    catalogue_version: str
    code_models: CodeGenProvider | None = None
    code_rounds: int = 3


def pack(files: Mapping[str, GeneratedFile]) -> bytes:
    """The files with their modes and patterns as bytes, the same for the same files."""
    record = {
        path: {"mode": file.mode, "pattern": file.pattern, "content": base64.b64encode(file.content).decode("ascii")}
        for path, file in files.items()
    }
    return zlib.compress(canonical_json(record).encode(), 6)


def unpack(data: bytes) -> dict[str, GeneratedFile]:
    """The files that `pack` was given."""
    record: dict[str, dict[str, Any]] = json.loads(zlib.decompress(data))
    return {
        path: GeneratedFile(content=base64.b64decode(item["content"]), mode=item["mode"], pattern=item["pattern"])
        for path, item in record.items()
    }


async def keep(tools: CodegenTools, data: bytes, *, project_id: UUID, kind: str = WORK) -> str:
    """Put bytes into the content store; the answer is their digest."""
    return await asyncio.to_thread(tools.store.put, data, prefix=prefix_of(project_id, kind))


async def kept(tools: CodegenTools, digest: str, *, project_id: UUID, kind: str = WORK) -> bytes:
    """Bytes that were put before."""
    return await asyncio.to_thread(tools.store.read, digest, prefix=prefix_of(project_id, kind))


async def kept_files(tools: CodegenTools, digest: str, *, project_id: UUID) -> dict[str, GeneratedFile]:
    """The files that an earlier node kept."""
    return unpack(await kept(tools, digest, project_id=project_id))
