"""Renders exactly the approved plan into a repository, and lets a code model finish it where one is asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from decisionworks.artifacts import GeneratedFile
from decisionworks.decisions import DecisionSet
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import Alternative, ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.graphs.asking import call_site, clearing
from decisionworks.graphs.codegen.render import RenderInput, render_repository, template_version
from decisionworks.graphs.codegen.tools import CodegenTools, keep, pack
from decisionworks.graphs.codegen.write_with_models import asked_versions, write_with_models
from decisionworks.graphs.decision_document import document_of
from decisionworks.kit.errors import Broken
from decisionworks.kit.redact import redact, redact_json
from decisionworks.projects import constraints_from_json, load_constraint_catalogue, planning_values

NAME = "codegen"


def codegen_node(tools: CodegenTools) -> NodeSpec:
    """The node with its dependencies."""

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        if row.plan_hash != state["plan_hash"] or (row.approval or {}).get("plan_hash") != row.plan_hash:
            raise Broken("what was approved is not what is about to be generated", remedy="revise and approve again")
        guidance = state.get("guidance", "")
        files = await asyncio.to_thread(render_repository, _input(row, guidance))
        if tools.code_models is None:
            digest = await keep(tools, pack(files), project_id=row.project_id)
            return NodeResult(update={"files_digest": digest}, card=_card(row, files, guidance))
        site = call_site(attempt, node=NAME, store=tools.store)
        part = await write_with_models(tools, tools.code_models, row, files, site, guidance=guidance)
        card = _card(row, part.files, guidance)
        return NodeResult(
            update={
                "files_digest": await keep(tools, pack(part.files), project_id=row.project_id),
                "code_model": part.to_json(),
            },
            card=replace(card, because=(*card.because, *part.because()), model=await part.use(site)),
            apply=clearing(site, part.answers, None),
        )

    return NodeSpec(
        name=NAME,
        inputs=("plan_hash", "guidance"),
        work=work,
        has_outside_effects=True,
        versions={
            "templates": template_version(),
            "catalogue": tools.catalogue_version,
            **asked_versions(tools.code_models),
        },
    )


def _input(row: DecisionSet, guidance: str) -> RenderInput:
    if row.plan is None or row.cost_estimate is None or row.policy_results is None or row.plan_hash is None:
        raise Broken("an approved decision set has no plan")
    values = planning_values(constraints_from_json(row.constraints), catalogue=load_constraint_catalogue())
    return RenderInput(
        plan=redact_json(row.plan),
        values=redact_json(values),
        cost_estimate=row.cost_estimate,
        policy_results=row.policy_results,
        plan_hash=row.plan_hash,
        project_name=_project_name(row, values),
        critiques=redact_json(row.critiques),
        request=redact(row.request),
        guidance=redact(guidance),
    )


def _project_name(row: DecisionSet, values: Mapping[str, object]) -> str:
    given = row.metadata.get("name")
    return str(given) if isinstance(given, str) and given else str(values.get("use_case_type") or "ml-system")


def _card(row: DecisionSet, files: Mapping[str, GeneratedFile], guidance: str) -> ReasonCard:
    by_pattern = Counter(file.pattern for file in files.values())
    plan = row.plan or {}
    serving = [p["id"] for p in plan.get("patterns", []) if p["capability"] == "serving"]
    size_kb = sum(len(file.content) for file in files.values()) / 1024
    most = ", ".join(f"{pattern} ({count} files)" for pattern, count in by_pattern.most_common(5))
    because = [
        f"approved plan {str(row.plan_hash)[:12]} with {len(plan.get('patterns', []))} patterns",
        f"serving: {', '.join(serving) or 'none'}",
        f"most files come from {most}",
    ]
    if guidance:
        because.append(f"the approver's comment went along as guidance: “{guidance[:80]}”")
    return ReasonCard(
        agent="code generator",
        title="The repository",
        decision=f"{len(files)} files, {size_kb:.0f} KB, composed from the fragments of the approved patterns",
        because=tuple(because),
        alternatives=(
            Alternative(id="free-text-code", why_not="fragments are tested once and give the same bytes every time"),
        ),
        confidence=0.95,
    )
