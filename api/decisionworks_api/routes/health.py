"""Is it alive, is it ready, what does it count."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

import decisionworks_api
from decisionworks import jobs
from decisionworks_api.dependencies import Parts, Reader
from decisionworks_api.problems import not_migrated

router = APIRouter(tags=["health"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "service": "api", "version": decisionworks_api.__version__}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz")
async def readyz(services: Parts) -> dict[str, Any]:
    """The database can be reached and is migrated; 503 while it cannot or is not."""
    async with services.database.system_transaction() as tx:
        cursor = await tx.execute("SELECT count(*) AS n FROM projects WHERE is_default")
        row = await cursor.fetchone()
        if row is None or row["n"] != 1:
            raise not_migrated()
        live = await tx.execute("SELECT count(*) AS n FROM workers WHERE beat_at > clock_timestamp() - lease")
        workers = await live.fetchone()
    return {"status": "ready", "workers": 0 if workers is None else workers["n"]}


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(services: Parts, actor: Reader) -> Response:
    """Counters in Prometheus' text format."""
    async with services.database.system_transaction() as tx:
        queue = await jobs.queue_stats(tx)
    return Response(services.metrics.exposition(queue), media_type=services.metrics.media_type)
