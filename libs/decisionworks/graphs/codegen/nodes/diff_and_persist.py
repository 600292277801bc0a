"""Packs and keeps the repository, commits the plan to the project's git, and says what changed since the parent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from decisionworks.artifacts import MANIFEST_PATH, read_archive
from decisionworks.artifacts.store_rows import add_artifact, list_artifacts
from decisionworks.costs import load_prices
from decisionworks.decisions import DecisionSet, load
from decisionworks.decisions.compare import change_summary
from decisionworks.decisions.lineage import first_of_line
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.events import EventDraft
from decisionworks.graphs.codegen.nodes.packing import (
    JSON,
    REPOSITORY,
    RUN_LOG,
    ZIP,
    artifact_facts,
    pack_repository,
)
from decisionworks.graphs.codegen.nodes.plan_documents import compared_document, plan_documents
from decisionworks.graphs.codegen.render import template_version
from decisionworks.graphs.codegen.tools import CodegenTools, keep, kept, kept_files
from decisionworks.graphs.decision_document import document_of, writing
from decisionworks.integrations.git import Author, commit_documents
from decisionworks.kit.db import Tx
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.causes import causes_of_changes


def diff_and_persist_node(tools: CodegenTools) -> NodeSpec:
    """The node with its dependencies."""

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        files = await kept_files(tools, state["files_digest"], project_id=row.project_id)
        files |= await kept_files(tools, state["report_digest"], project_id=row.project_id)
        packed = await pack_repository(tools, row, files)
        repository_digest = await keep(tools, packed.archive, project_id=row.project_id, kind=REPOSITORY)
        run_log = await kept(tools, state["run_log_digest"], project_id=row.project_id)
        run_log_digest = await keep(tools, run_log, project_id=row.project_id, kind=RUN_LOG)
        parent, parent_files = await _parent(tools, attempt, row)
        commit_id = await asyncio.to_thread(_commit, tools, row, await _line(attempt, row))
        summary = change_summary(
            None if parent is None else compared_document(parent),
            compared_document(row),
            parent_files=parent_files,
            child_files={path: file.content for path, file in packed.files.items()},
            causes=await asyncio.to_thread(_causes, parent, row),
        )
        artifacts = [
            artifact_facts(
                REPOSITORY,
                repository_digest,
                len(packed.archive),
                media_type=ZIP,
                content_digest=packed.content_digest,
            ),
            artifact_facts(RUN_LOG, run_log_digest, len(run_log), media_type=JSON),
        ]
        write_changes = writing(attempt, {"change_summary": summary, "git_commit": commit_id})

        async def apply(tx: Tx) -> None:
            for artifact in artifacts:
                await add_artifact(tx, project_id=row.project_id, decision_set_id=row.id, **artifact)
            await write_changes(tx)

        return NodeResult(
            update={"repository_digest": repository_digest, "git_commit": commit_id, "outcome": "completed"},
            card=_card(repository_digest, packed.content_digest, commit_id, summary, len(packed.files)),
            drafts=(
                *(EventDraft(type="artifact-created", payload=dict(artifact)) for artifact in artifacts),
                EventDraft(type="diff-ready", payload={"digest": summary["digest"], "git_commit": commit_id}),
            ),
            apply=apply,
        )

    return NodeSpec(
        name="diff_and_persist",
        inputs=("files_digest", "report_digest", "plan_hash"),
        work=work,
        has_outside_effects=True,
        unhashed_outputs=("git_commit",),
        versions={"templates": template_version()},
    )


async def _parent(
    tools: CodegenTools, attempt: Attempt, row: DecisionSet
) -> tuple[DecisionSet | None, dict[str, bytes]]:
    """The parent as it stands, and the files of its repository if it got that far."""
    if row.parent_id is None:
        return None, {}
    async with attempt.database.project_transaction(row.project_id) as tx:
        parent = await load(tx, row.parent_id)
        made = [artifact for artifact in await list_artifacts(tx, parent.id) if artifact.kind == REPOSITORY]
    if not made:
        return parent, {}
    data = await kept(tools, made[0].sha256, project_id=row.project_id, kind=REPOSITORY)
    archived = await asyncio.to_thread(read_archive, data)
    return parent, {path: file.content for path, file in archived.items() if path != MANIFEST_PATH}


def _causes(parent: DecisionSet | None, row: DecisionSet) -> Mapping[str, Any] | None:
    """Which changed constraint made the plan differ from the parent's."""
    if parent is None or parent.plan is None:
        return None
    catalogue = load_pattern_catalogue()
    return causes_of_changes(parent.constraints, row.constraints, catalogue=catalogue, prices=load_prices())


async def _line(attempt: Attempt, row: DecisionSet) -> UUID:
    async with attempt.database.project_transaction(row.project_id) as tx:
        return await first_of_line(tx, row.id)


def _commit(tools: CodegenTools, row: DecisionSet, line: UUID) -> str:
    """Commit the plan's documents; the time is the decision set's own, so that doing it again is the same commit.

    All revisions of a line share a folder, so that git's own log of it shows what changed from one to the next.
    """
    documents = {f"decision-sets/{line}/{name}": data for name, data in plan_documents(row).items()}
    return commit_documents(
        tools.data_dir / "projects" / str(row.project_id) / "repository.git",
        documents,
        message=f"Plan revision {row.revision} of decision set {row.id}\n\nplan_hash: {row.plan_hash}\n",
        author=Author(name=str((row.approval or {}).get("by") or row.requested_by)),
        author_time=row.created_at,
    )


def _card(
    repository_digest: str, content_digest: str, commit_id: str, summary: Mapping[str, Any], count: int
) -> ReasonCard:
    return ReasonCard(
        agent="archivist",
        title="Kept for good",
        decision=f"{count} files kept as {repository_digest[:12]} and the plan committed as {commit_id[:12]}",
        because=(
            f"digest of the generated files {content_digest[:12]}",
            f"digest of the archive {repository_digest[:12]}",
            str(summary["digest"]),
        ),
        confidence=1.0,
    )
