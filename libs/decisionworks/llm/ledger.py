"""Every call is written down when its answer arrives, under the lease: the account, and the answer until it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal
from uuid import UUID

from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id
from decisionworks.kit.redact import redact
from decisionworks.llm.admission import Place
from decisionworks.llm.call_site import CallSite
from decisionworks.llm.model import Usage
from decisionworks.llm.statements import statement

CallOutcome = Literal["answered", "invalid", "refused", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call as it ended. `requests` counts what was sent for it, retries included.

    Units: `latency_ms` milliseconds over all of them; `cost_usd` US dollars.
    """

    task: str
    question_key: str
    attempt: int
    provider: str
    model: str
    prompt_pack: str
    outcome: CallOutcome
    finish_reason: str
    usage: Usage
    cost_usd: float
    latency_ms: int
    requests: int
    request_id: str | None = None
    detail: str | None = None
    answer: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardBefore:
    """What an earlier attempt of the run heard."""

    provider: str
    model: str
    attempt: int
    outcome: CallOutcome
    answer: str | None
    detail: str | None
    usage: Usage
    cost_usd: float


async def record_call(site: CallSite, record: CallRecord, *, place: Place | None) -> None:
    """Write a call down and free its place; its texts, redacted, where the project keeps them.

    Raises: LeaseLost.
    """
    keeps = place is not None and place.keeps_texts  # looking through long texts takes its time
    facts: dict[str, Any] = {
        "id": new_id(),
        "place_id": None if place is None else place.id,
        "project_id": site.project_id,
        "decision_set_id": site.decision_set_id,
        "run_id": site.run_id,
        "run_scope": f"run:{site.run_id}",
        "node": site.node,
        "question_key": record.question_key,
        "task": record.task,
        "try": record.attempt,
        "provider": record.provider,
        "model": record.model,
        "prompt_pack": record.prompt_pack,
        "outcome": record.outcome,
        **asdict(record.usage),
        "cost_usd": round(record.cost_usd, 6),
        "latency_ms": record.latency_ms,
        "finish_reason": record.finish_reason,
        "request_id": record.request_id,
        "requests": record.requests,
        "detail": None if record.detail is None else redact(record.detail)[:1000],
        "held_answer": record.answer,
        "kept_prompt": redact(record.prompt) if keeps and record.prompt is not None else None,
        "kept_answer": redact(record.answer) if keeps and record.answer is not None else None,
    }

    async def write(tx: Tx) -> None:
        await tx.execute(statement("record"), facts)

    await site.write(write)


async def heard_before(site: CallSite, question_key: str) -> list[HeardBefore]:
    """What earlier attempts of the run heard to a question, oldest first."""
    facts = {"decision_set_id": site.decision_set_id, "question_key": question_key, "run_id": site.run_id}
    async with site.database.project_transaction(site.project_id) as tx:
        rows = await (await tx.execute(statement("recorded"), facts)).fetchall()
    return [
        HeardBefore(
            provider=row["provider"],
            model=row["model"],
            attempt=row["try"],
            outcome=row["outcome"],
            answer=row["held_answer"],
            detail=row["detail"] or row["finish_reason"],
            usage=Usage(**{name: row[name] for name in Usage.__dataclass_fields__}),
            cost_usd=float(row["cost_usd"]),
        )
        for row in rows
    ]


async def forget_answers(tx: Tx, *, decision_set_id: UUID, question_keys: Sequence[str]) -> None:
    """Drop the answers that were held for a node which commits in this transaction."""
    facts = {"decision_set_id": decision_set_id, "question_keys": list(question_keys)}
    await tx.execute(statement("forget"), facts)


async def run_totals(site: CallSite) -> dict[str, Any]:
    """What the run has taken so far: calls, tokens and US dollars."""
    async with site.database.project_transaction(site.project_id) as tx:
        cursor = await tx.execute(
            "SELECT calls, input_tokens, output_tokens, cost_usd FROM model_totals"
            " WHERE project_id = %s AND scope = %s",
            (site.project_id, f"run:{site.run_id}"),
        )
        row = await cursor.fetchone()
    if row is None:
        return {"calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0}
    return dict(row) | {"cost_usd": float(row["cost_usd"])}
