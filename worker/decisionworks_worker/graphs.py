"""Which graph works which kind of job. Adding an agent adds a line here."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog
from langgraph.graph import StateGraph

from decisionworks.artifacts import open_store
from decisionworks.decisions import JOB_KIND
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.definition import GraphDefinition
from decisionworks.graphs.codegen.graph import FIRST_NODE, add_generation
from decisionworks.graphs.codegen.render import renderable_patterns
from decisionworks.graphs.codegen.state import CodegenState
from decisionworks.graphs.codegen.tools import CodegenTools
from decisionworks.graphs.decision_life import DecisionLife
from decisionworks.graphs.planning.graph import add_planning
from decisionworks.graphs.planning.offline import offline_rules
from decisionworks.graphs.planning.state import PlanningState
from decisionworks.graphs.planning.tools import planning_tools
from decisionworks.kit.settings import Settings
from decisionworks.llm import NO_MODELS, ModelDesk, OfflineProvider, open_desk
from decisionworks.llm.code_model import CODEGEN, NOTHING_WRITTEN
from decisionworks.projects import load_constraint_catalogue
from decisionworks.sandbox import open_sandbox

log = structlog.get_logger(__name__)

GRAPH_VERSION = "1"


class MLOpsProjectState(PlanningState, CodegenState, total=False):
    """The whole of one run: what was asked, what was decided, what was made."""


def open_models(settings: Settings) -> ModelDesk:
    """The models that this worker asks; warns of those that end soon.

    Raises: InvalidModels.
    """
    desk = open_desk(settings, offline=_rules())
    for warning in desk.warnings(datetime.now(UTC).date()):
        log.warning("model.ending", detail=warning)
    return desk


def graph_definitions(settings: Settings, models: ModelDesk = NO_MODELS) -> Mapping[str, GraphDefinition]:
    """Every kind of job that this worker knows."""
    return {JOB_KIND: _plan_definition(settings, models)}


@functools.cache
def _rules() -> OfflineProvider:
    return OfflineProvider({**offline_rules(load_constraint_catalogue()), CODEGEN: lambda _material: NOTHING_WRITTEN})


def _plan_definition(settings: Settings, models: ModelDesk) -> GraphDefinition:
    planning = planning_tools(
        rules=_rules(),
        desk=models,
        store=open_store(settings),
        renderable=renderable_patterns(),
    )
    builder: StateGraph[MLOpsProjectState, Attempt, MLOpsProjectState, MLOpsProjectState] = StateGraph(
        MLOpsProjectState, context_schema=Attempt
    )
    add_planning(builder, planning, next_node=FIRST_NODE)
    add_generation(builder, _codegen_tools(settings, models, catalogue_version=planning.patterns.version))
    return GraphDefinition(kind=JOB_KIND, version=GRAPH_VERSION, builder=builder, life=DecisionLife())


def _codegen_tools(settings: Settings, models: ModelDesk, *, catalogue_version: str) -> CodegenTools:
    scratch_dir = Path(tempfile.gettempdir())
    return CodegenTools(
        store=open_store(settings),
        open_sandbox=functools.cache(
            lambda: open_sandbox(scratch_dir=scratch_dir, allows_unsafe_execution=settings.sandbox_override)
        ),
        data_dir=settings.data_dir,
        scratch_dir=scratch_dir,
        catalogue_version=catalogue_version,
        code_models=models.code_models(),
        code_rounds=settings.codegen_rounds,
    )
