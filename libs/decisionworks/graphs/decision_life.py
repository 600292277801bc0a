"""How a run begins, rests at a gate and ends, in terms of decision sets and gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decisionworks import gates
from decisionworks.decisions import Status, finish, load
from decisionworks.decisions.thresholds import terms_in_force
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.definition import Ending, Failure, Waiting
from decisionworks.events import EventDraft
from decisionworks.gates import GateKind
from decisionworks.graphs.decision_document import DecisionDocument, document_of, writing
from decisionworks.kit.canonical import digest_of
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import Broken


class DecisionLife:
    """The moments of a decision set's run; each is one transaction that holds the lease."""

    async def prepare(self, attempt: Attempt) -> Mapping[str, Any]:
        """Load the decision set; the graph begins with digests of what was asked."""
        async with attempt.database.project_transaction(attempt.job.project_id) as tx:
            row = await load(tx, attempt.thread_id)
            terms = await terms_in_force(tx, row.id)
        attempt.document = DecisionDocument(row=row, terms=terms)
        return {
            "request_digest": digest_of([row.request, row.given_constraints]),
            "on_missing": row.on_missing,
            "plan_iteration": 1,
            "critic_rounds": 0,
            "objections": [],
            "feedback": "",
            "guidance": "",
        }

    async def rest(self, tx: Tx, attempt: Attempt, waiting: Waiting) -> list[EventDraft]:
        """Open the gate and say so, in the commit that parks the job."""
        kind: GateKind = waiting.payload["gate"]
        row = document_of(attempt)
        plan_hash = row.plan_hash if kind == "approval" else None
        if kind == "approval" and waiting.payload["plan_hash"] != plan_hash:
            raise Broken("the gate was about to open for another plan than the one on the decision set")
        gate_id = await gates.open_gate(
            tx,
            project_id=row.project_id,
            decision_set_id=row.id,
            kind=kind,
            interrupt_id=waiting.interrupt_id,
            plan_hash=plan_hash,
        )
        status = Status.GATE_WAITING if kind == "approval" else Status.NEEDS_INPUT
        await writing(attempt, {"status": status.value})(tx)
        if kind == "approval":
            payload = {"gate_id": str(gate_id), "plan_hash": plan_hash, "version": document_of(attempt).version}
            return [EventDraft(type="gate-waiting", payload=payload, node="gate_hitl")]
        questions = {"gate_id": str(gate_id), "questions": list(row.questions)}
        return [EventDraft(type="questions-asked", payload=questions, node="gate_user_input")]

    async def answer(self, tx: Tx, attempt: Attempt, interrupt_id: str) -> Mapping[str, Any] | None:
        """What was answered at the gate of this interrupt."""
        return await gates.answer_of(tx, decision_set_id=attempt.thread_id, interrupt_id=interrupt_id)

    def finish(self, attempt: Attempt, state: Mapping[str, Any]) -> Ending:
        """End as the graph says: completed, blocked, rejected or failed in validation."""
        outcome = state.get("outcome")
        if outcome not in ("completed", "blocked", "failed"):
            raise Broken(f"the graph ended without an outcome: {outcome!r}")
        payload = None
        if outcome == "failed":
            checks = list(state.get("failed_checks", []))
            payload = Failure(
                code="validation-failed",
                message=f"the generated repository did not pass: {'; '.join(checks)}",
                remedy="this is a fault of the fragments, not of the request; the reason cards hold the whole report",
                quarantined=False,
            ).to_json()

        async def end(tx: Tx) -> None:
            await self._end(tx, attempt, outcome, payload)

        return Ending(write=end)

    async def fail(self, tx: Tx, attempt: Attempt, failure: Failure) -> None:
        """End as failed, with the reason."""
        await self._end(tx, attempt, Status.FAILED.value, failure.to_json())

    async def cancel(self, tx: Tx, attempt: Attempt) -> None:
        """End as cancelled."""
        await self._end(tx, attempt, Status.CANCELLED.value, None)

    async def _end(self, tx: Tx, attempt: Attempt, status: str, payload: Mapping[str, Any] | None) -> None:
        row = await load(tx, attempt.thread_id)
        await finish(tx, row, status=status, run_id=attempt.job.id, payload=payload)
