"""Checks the repository in the sandbox, and judges it by the policies on generated code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from decisionworks.artifacts import GeneratedFile
from decisionworks.artifacts.store_rows import add_artifact
from decisionworks.decisions import DecisionSet
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.events import EventDraft
from decisionworks.graphs.codegen.nodes.packing import (
    JSON,
    QUARANTINE,
    RUN_LOG,
    ZIP,
    artifact_facts,
    pack_repository,
)
from decisionworks.graphs.codegen.report_code_model import with_code_model
from decisionworks.graphs.codegen.tools import CodegenTools, keep, kept_files, pack
from decisionworks.graphs.codegen.validate import CheckStatus, ValidationReport, validate_repository
from decisionworks.graphs.decision_document import document_of, terms_of, writing
from decisionworks.kit.canonical import canonical_json
from decisionworks.kit.db import Tx
from decisionworks.policy import PolicyTerms, evaluate_policies, fired_rules, plan_facts


def validators_node(tools: CodegenTools) -> NodeSpec:
    """The node with its dependencies."""

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        files = await kept_files(tools, state["files_digest"], project_id=row.project_id)
        report = await asyncio.to_thread(_validate, tools, files)
        results = _judge(row, report.gen_facts, terms_of(attempt))
        blocked = fired_rules(results, severity="block")
        failed = [check for check in report.checks if check.verdict.status is CheckStatus.FAILED]
        reports = with_code_model(report.files(), state.get("code_model"))
        update: dict[str, Any] = {
            "report_digest": await keep(tools, pack(reports), project_id=row.project_id),
            "run_log_digest": await keep(tools, canonical_json(report.run_json()).encode(), project_id=row.project_id),
            "validation_status": "failed" if failed else "passed",
        }
        artifacts: list[dict[str, Any]] = []
        if blocked or failed:
            update["outcome"] = "failed"
            update["failed_checks"] = [*(f"{check.id}: {check.verdict.reason}" for check in failed), *blocked]
            artifacts = await _put_aside(tools, row, {**files, **reports}, report)
        write_changes = writing(attempt, {"policy_results": results})

        async def apply(tx: Tx) -> None:
            for artifact in artifacts:
                await add_artifact(tx, project_id=row.project_id, decision_set_id=row.id, **artifact)
            await write_changes(tx)

        return NodeResult(
            update=update,
            card=_card(report, blocked),
            drafts=(
                EventDraft(type="policy-update", payload={"policy_results": results}),
                *(EventDraft(type="artifact-created", payload=dict(artifact)) for artifact in artifacts),
            ),
            apply=apply,
        )

    return NodeSpec(
        name="validators",
        inputs=("files_digest", "plan_hash", "code_model"),
        work=work,
        has_outside_effects=True,
        unhashed_outputs=("run_log_digest",),
    )


async def _put_aside(
    tools: CodegenTools, row: DecisionSet, files: Mapping[str, GeneratedFile], report: ValidationReport
) -> list[dict[str, Any]]:
    """Keep what failed, with its reports, where nobody takes it for a repository: the fault is to be found in it."""
    packed = await pack_repository(tools, row, files)
    run_log = canonical_json(report.run_json()).encode()
    aside = await keep(tools, packed.archive, project_id=row.project_id, kind=QUARANTINE)
    log = await keep(tools, run_log, project_id=row.project_id, kind=RUN_LOG)
    size = len(packed.archive)
    return [
        artifact_facts(QUARANTINE, aside, size, media_type=ZIP, content_digest=packed.content_digest),
        artifact_facts(RUN_LOG, log, len(run_log), media_type=JSON),
    ]


def _validate(tools: CodegenTools, files: Mapping[str, Any]) -> ValidationReport:
    return validate_repository(files, sandbox=tools.open_sandbox(), scratch_dir=tools.scratch_dir)


def _judge(row: DecisionSet, gen: Mapping[str, bool | None], terms: PolicyTerms) -> dict[str, Any]:
    """The policies once more, now that the facts of generated code are known; the approved outcomes do not change."""
    facts = plan_facts(row.plan or {}, row.constraints, row.cost_estimate or {}, row.findings, dict(gen))
    return evaluate_policies(facts, terms)


def _card(report: ValidationReport, blocked: list[str]) -> ReasonCard:
    by_status = {status: [check for check in report.checks if check.verdict.status is status] for status in CheckStatus}
    because = [f"{check.id} failed: {check.verdict.reason}" for check in by_status[CheckStatus.FAILED]]
    because += [f"policy {rule} fired on the generated code" for rule in blocked]
    because += [f"{check.id} passed: {check.verdict.reason}" for check in by_status[CheckStatus.PASSED]]
    allowed = ", where generated code runs because an operator allowed it" if report.is_overridden else ""
    because.append(f"all of it in the sandbox at level {report.sandbox_level}{allowed}")
    skipped = [f"{check.id} skipped: {check.verdict.reason}" for check in by_status[CheckStatus.SKIPPED]]
    return ReasonCard(
        agent="validator",
        title="Does it hold up?",
        decision=(
            f"{len(by_status[CheckStatus.PASSED])} checks passed, {len(by_status[CheckStatus.FAILED])} failed,"
            f" {len(skipped)} skipped"
        ),
        because=tuple(because),
        tradeoffs=tuple(skipped),
        confidence=1.0 - 0.04 * len(skipped),
    )
