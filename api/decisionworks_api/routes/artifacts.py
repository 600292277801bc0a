"""Artifacts: lists and bytes; who may have the bytes is asked of the database."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from fastapi import APIRouter, Request, Response

from decisionworks.artifacts import ArtifactNotFound, prefix_of
from decisionworks.artifacts.store_rows import find_artifact, list_artifacts, projects_with_artifact
from decisionworks_api.dependencies import Parts, Reader, decision_set_transaction

router = APIRouter(tags=["artifacts"])
_DIGEST = re.compile(r"[0-9a-f]{64}")


@router.get("/decision-sets/{decision_set_id}/artifacts")
async def list_of_decision_set(decision_set_id: str, services: Parts, actor: Reader) -> dict[str, Any]:
    """What a decision set produced: the repository first."""
    async with decision_set_transaction(services, actor, decision_set_id) as (tx, wanted):
        found = await list_artifacts(tx, wanted)
    return {"items": [row.to_json() for row in found], "next_cursor": None}


@router.get(
    "/artifacts/{sha256}",
    response_class=Response,
    responses={200: {"description": "the bytes"}, 307: {"description": "where the bytes are"}},
)
async def download(sha256: str, request: Request, services: Parts, actor: Reader) -> Response:
    """The bytes with this digest, checked on their way out; from a bucket, a link to them for five minutes."""
    row = project_id = None
    if _DIGEST.fullmatch(sha256):
        async with services.database.system_transaction() as tx:
            homes = [one for one in await projects_with_artifact(tx, sha256) if actor.may_use(one)]
        if homes:
            project_id = homes[0]
            async with services.database.project_transaction(project_id) as tx:
                row = await find_artifact(tx, sha256)
    if row is None or project_id is None:
        raise ArtifactNotFound(sha256[:80])
    tag = f'"{sha256}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=31536000, immutable"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    prefix, file_name = prefix_of(project_id, row.kind), _safe(row.file_name)
    link = await asyncio.to_thread(
        services.store.link, sha256, prefix=prefix, file_name=file_name, media_type=row.media_type
    )
    if link is not None:
        return Response(status_code=307, headers={"Location": link, "Cache-Control": "no-store"})
    data = await asyncio.to_thread(services.store.read, sha256, prefix=prefix)
    headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return Response(data, media_type=row.media_type, headers=headers)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:120] or "artifact"
