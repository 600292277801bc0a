"""What models were asked for a decision set and a project, and what it cost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from decisionworks.kit.db import Tx

_NOTHING = {"calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0}


async def usage_of_decision_set(tx: Tx, decision_set_id: UUID) -> dict[str, Any]:
    """Totals of a decision set's run, and every call without its texts, oldest first.

    Units: US dollars, milliseconds.
    """
    cursor = await tx.execute(
        "SELECT node, task, provider, model, prompt_pack, try, outcome, finish_reason, requests, input_tokens,"
        " cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, latency_ms, request_id"
        " FROM model_calls WHERE decision_set_id = %s ORDER BY created_at, id",
        (decision_set_id,),
    )
    calls = [dict(row) | {"cost_usd": float(row["cost_usd"])} for row in await cursor.fetchall()]
    kinds = ("input_tokens", "cache_read_tokens", "cache_write_tokens")
    return {
        "totals": {
            "calls": len(calls),
            "input_tokens": sum(int(call[kind]) for call in calls for kind in kinds),
            "output_tokens": sum(int(call["output_tokens"]) for call in calls),
            "cost_usd": round(sum(float(call["cost_usd"]) for call in calls), 6),
        },
        "calls": calls,
    }


async def usage_of_project(tx: Tx, project_id: UUID) -> dict[str, Any]:
    """Totals of a project by month (UTC), newest first, and over all of them."""
    cursor = await tx.execute(
        "SELECT substr(scope, 7) AS month, calls, input_tokens, output_tokens, cost_usd FROM model_totals"
        " WHERE project_id = %s AND scope LIKE 'month:%%' ORDER BY scope DESC",
        (project_id,),
    )
    months = [dict(row) | {"cost_usd": float(row["cost_usd"])} for row in await cursor.fetchall()]
    totals = {name: sum(month[name] for month in months) for name in _NOTHING} if months else dict(_NOTHING)
    return {"totals": totals, "months": months}


async def forget_model_texts(tx: Tx, project_id: UUID) -> None:
    """Remove the prompts and answers that were kept of a project's model calls; their account stays."""
    await tx.execute(
        "UPDATE model_calls SET kept_prompt = NULL, kept_answer = NULL"
        " WHERE project_id = %s AND (kept_prompt IS NOT NULL OR kept_answer IS NOT NULL)",
        (project_id,),
    )
