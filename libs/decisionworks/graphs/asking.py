"""How a node of a run asks models: where the question comes from, what the card says, what its commit clears."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from decisionworks.artifacts import ContentStore, prefix_of
from decisionworks.artifacts.store_rows import add_artifact
from decisionworks.engine.attempt import Attempt, DomainWrite
from decisionworks.engine.cards import ModelUse
from decisionworks.events import EventDraft
from decisionworks.kit.db import Tx
from decisionworks.llm import CallSite, StructuredAnswer, forget_answers
from decisionworks.llm.ledger import run_totals

QUARANTINE = "quarantine"


def call_site(attempt: Attempt, *, node: str, store: ContentStore) -> CallSite:
    """Where a node's questions come from."""

    async def keep(payload: bytes) -> str:
        return await _quarantine(attempt, store, payload, node=node)

    async def write(work: DomainWrite) -> None:
        # What a crash of the server loses here is the last call: the node's own commit, which waits for the disk, takes
        # everything before it along.
        await attempt.write(work, may_be_lost=True)

    return CallSite(
        database=attempt.database,
        write=write,
        keep=keep,
        project_id=attempt.job.project_id,
        decision_set_id=attempt.thread_id,
        run_id=attempt.job.id,
        node=node,
        may_have_asked=attempt.job.attempt > 1,
    )


async def use_of(answer: StructuredAnswer, site: CallSite, *, prompt_pack: str) -> ModelUse:
    """What the card says of who answered; the run's total with it, where a model was asked."""
    was_asked = not answer.is_offline or bool(answer.switches)
    return ModelUse(
        provider=answer.provider,
        name=answer.model,
        prompt_pack=prompt_pack,
        input_tokens=answer.usage.total_input,
        output_tokens=answer.usage.output_tokens,
        cost_usd=round(answer.cost_usd, 6),
        tries=answer.tries,
        sampling=answer.sampling,
        switches=tuple(switch.to_json() for switch in answer.switches),
        run_usd=(await run_totals(site))["cost_usd"] if was_asked else None,
    )


def clearing(site: CallSite, answers: Sequence[StructuredAnswer], write: DomainWrite | None) -> DomainWrite | None:
    """The node's write, and with it the end of the answers that were held for the node."""
    keys = [answer.question_key for answer in answers if answer.question_key is not None]
    if not keys:
        return write

    async def apply(tx: Tx) -> None:
        await forget_answers(tx, decision_set_id=site.decision_set_id, question_keys=keys)
        if write is not None:
            await write(tx)

    return apply


async def _quarantine(attempt: Attempt, store: ContentStore, payload: bytes, *, node: str) -> str:
    """Keep an unusable answer and say so, under the lease; the bytes come first, so that no row points to nothing."""
    digest = await asyncio.to_thread(store.put, payload, prefix=prefix_of(attempt.job.project_id, QUARANTINE))
    artifact = {
        "kind": QUARANTINE,
        "sha256": digest,
        "size_bytes": len(payload),
        "media_type": "application/json",
        "file_name": f"{QUARANTINE}-{digest[:12]}.json",
    }

    async def write(tx: Tx) -> None:
        is_new = await add_artifact(
            tx,
            project_id=attempt.job.project_id,
            decision_set_id=attempt.thread_id,
            kind="quarantine",
            sha256=digest,
            size_bytes=len(payload),
            media_type="application/json",
            file_name=f"{QUARANTINE}-{digest[:12]}.json",
        )
        if is_new:
            await attempt.append(tx, [EventDraft(type="artifact-created", payload=artifact, node=node)])
        await tx.execute(
            "UPDATE model_calls SET held_answer = NULL WHERE run_id = %s AND held_answer IS NOT NULL", (attempt.job.id,)
        )

    await attempt.write(write)
    return digest
