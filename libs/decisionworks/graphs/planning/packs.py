"""The prompt packs of planning, and what of them and of the chosen models belongs into a node's key."""

from __future__ import annotations

from decisionworks.graphs.planning.offline import EXTRACT
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.llm import PromptPack, load_prompt_pack

_PACKAGE = "decisionworks.graphs.planning"


def planning_pack(task: str) -> PromptPack:
    """The pack of a task."""
    return load_prompt_pack(_PACKAGE, task)


def extract_pack() -> PromptPack:
    """How a request is put to a model that reads it."""
    return planning_pack(EXTRACT)


def asked_versions(tools: PlanningTools, task: str, pack: PromptPack) -> dict[str, str]:
    """A new pack or another choice of models makes a new agent run."""
    return {"prompt_pack": pack.label, "models": tools.desk.label(task)}
