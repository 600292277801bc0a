"""The order of work of the first weeks, from the patterns of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from decisionworks.patterns.layers import CAPABILITY_ORDER
from decisionworks.patterns.model import PatternCatalogue, Problem
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.tell_values import tell_value

# Foundation before data, data before a first model, a first model before more of it.
STAGES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Lay the foundation", ("security_base", "security_network", "cicd", "cost_control", "environments", "privacy",
                            "connectivity"),
     "an empty change goes through the pipeline into every environment and the budget alarm has fired once in a test"),
    ("Bring the data in and check it", ("ingestion", "storage", "data_quality", "processing", "feature_store",
                                        "labelling_feedback"),
     "yesterday's data is in the tables and a broken file was refused by its contract"),
    ("Train and register a first model", ("training", "tracking", "orchestration", "registry"),
     "a simple model was trained twice from the same data with the same figures and stands in the registry"),
    ("Answer the first request", ("serving", "caching", "vector_store", "rag", "llm_application", "llm_safety",
                                  "api_edge", "result_delivery"),
     "a real result reached its user within the time asked for, and the version before it was put back in one step"),
    ("Watch it", ("monitoring_infra", "monitoring_drift", "monitoring_performance", "llm_evaluation"),
     "an alarm provoked on purpose reached the person who answers for it"),
    ("Release safely and recover", ("progressive_delivery", "continuous_training", "disaster_recovery"),
     "a bad version went back by itself and a backup was restored into an empty account"),
    ("Prove it to others", ("governance", "explainability"),
     "one prediction can be traced to its data, code, model and approver"),
)  # fmt: skip
# Working days of two weeks; more hands than this get in each other's way at the start.
DAYS = 10
MOST_HANDS = 4.0


def list_next_steps(patterns: Sequence[str], *, problem: Problem, catalogue: PatternCatalogue) -> list[str]:
    """Open answers first, then what to build in which order, on which days and how one knows that it is done.

    Units: a unit of burden is taken as a working day of one person, a proxy until a team has run one of its own.
    """
    steps = []
    known = problem.situation.known
    missing = [
        field.name for field in load_constraint_catalogue().fields if field.mandatory and field.name not in known
    ]
    if missing:
        taken = problem.situation.working
        named = ", ".join(f"{tell_value(name, taken[name])} ({name})" if name in taken else name for name in missing)
        steps.append(f"Confirm what was assumed: {named}.")
    compliance = known.get("compliance")
    if isinstance(compliance, list) and "hipaa" in compliance:
        steps.append("Record the date of the signed BAA and the eligibility of each service.")
    people = known.get("team_size")
    hands = min(float(people), MOST_HANDS) if isinstance(people, int | float) and people >= 1 else 1.0
    day = 0.0
    for title, capabilities, is_done in STAGES:
        members = [name for name in patterns if catalogue.by_id[name].capability in capabilities]
        members.sort(key=lambda name: (CAPABILITY_ORDER[catalogue.by_id[name].capability], name))
        if members:
            effort = max(1.0, sum(catalogue.by_id[name].burden for name in members) / hands)
            steps.append(f"{_days(day, effort)}: {title}: {', '.join(members)}. Done when {is_done}.")
            day += effort
    return steps


def _days(start: float, effort: float) -> str:
    """Working days of the first two weeks; what does not fit follows them."""
    first, last = int(start) + 1, max(int(start) + 1, ceil(start + effort))
    if first > DAYS:
        return "After the first two weeks"
    if last > DAYS:
        return f"From day {first} on"
    return f"Day {first}" if first == last else f"Days {first} to {last}"
