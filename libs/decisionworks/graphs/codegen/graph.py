"""Generation: the approved plan becomes a repository, is checked, packed and kept."""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, StateGraph

from decisionworks.engine.node import recorded
from decisionworks.graphs.codegen.nodes.codegen import codegen_node
from decisionworks.graphs.codegen.nodes.diff_and_persist import diff_and_persist_node
from decisionworks.graphs.codegen.nodes.validators import validators_node
from decisionworks.graphs.codegen.state import CodegenState
from decisionworks.graphs.codegen.tools import CodegenTools

FIRST_NODE = "codegen"


def add_generation(builder: StateGraph[Any, Any, Any, Any], tools: CodegenTools) -> None:
    """Add the generation nodes; `codegen` is where they begin."""
    for spec in (codegen_node(tools), validators_node(tools), diff_and_persist_node(tools)):
        builder.add_node(spec.name, recorded(spec), input_schema=CodegenState)
    builder.add_edge("codegen", "validators")
    builder.add_conditional_edges("validators", _after_validators, ["diff_and_persist", END])
    builder.add_edge("diff_and_persist", END)


def _after_validators(state: dict[str, Any]) -> str:
    """What failed a check or a policy on generated code publishes no artifact."""
    return END if state.get("outcome") == "failed" else "diff_and_persist"
