"""The order of work of the first weeks, from the patterns of a plan."""

from __future__ import annotations

from collections.abc import Sequence

from decisionworks.patterns.layers import CAPABILITY_ORDER
from decisionworks.patterns.model import PatternCatalogue, Problem
from decisionworks.projects.catalogue import load_constraint_catalogue

# Foundation before data, data before a first model, a first model before more of it.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Lay the foundation", ("security_base", "security_network", "cicd", "cost_control", "environments", "privacy",
                            "connectivity")),
    ("Bring the data in and check it", ("ingestion", "storage", "data_quality", "processing", "feature_store",
                                        "labelling_feedback")),
    ("Train and register a first model", ("training", "tracking", "orchestration", "registry")),
    ("Answer the first request", ("serving", "caching", "vector_store", "rag", "llm_application", "llm_safety",
                                  "api_edge", "result_delivery")),
    ("Watch it", ("monitoring_infra", "monitoring_drift", "monitoring_performance", "llm_evaluation")),
    ("Release safely and recover", ("progressive_delivery", "continuous_training", "disaster_recovery")),
    ("Prove it to others", ("governance", "explainability")),
)  # fmt: skip


def list_next_steps(patterns: Sequence[str], *, problem: Problem, catalogue: PatternCatalogue) -> list[str]:
    """Open answers first, then what to build in which order, each step naming the patterns of this plan."""
    steps = []
    known = problem.situation.known
    missing = [
        field.name for field in load_constraint_catalogue().fields if field.mandatory and field.name not in known
    ]
    if missing:
        steps.append(f"Confirm what was assumed: {', '.join(missing)}.")
    compliance = known.get("compliance")
    if isinstance(compliance, list) and "hipaa" in compliance:
        steps.append("Record the date of the signed BAA and the eligibility of each service.")
    for title, capabilities in STAGES:
        members = [name for name in patterns if catalogue.by_id[name].capability in capabilities]
        members.sort(key=lambda name: (CAPABILITY_ORDER[catalogue.by_id[name].capability], name))
        if members:
            steps.append(f"{title}: {', '.join(members)}.")
    return steps
