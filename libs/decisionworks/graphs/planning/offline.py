"""How the offline provider answers: requests are read by the rules of the intake; to models' tasks it adds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decisionworks.llm.offline import Rules
from decisionworks.projects import (
    ConstraintCatalogue,
    constraints_to_json,
    extract_constraints,
)

READ = "read"
EXTRACT = "extract"
QUESTION = "question"
CRITIC = "critic"
PLAN_ARGUMENT = "plan-argument"


def offline_rules(fields: ConstraintCatalogue) -> dict[str, Rules]:
    """One function a task."""

    def read(material: Mapping[str, Any]) -> Mapping[str, Any]:
        found = extract_constraints(
            material["request"], data=material["data"], on_missing=material["on_missing"], catalogue=fields
        )
        return {
            "constraints": constraints_to_json(found.constraints),
            "language": found.language,
            "untrusted_instructions": [order.to_json() for order in found.untrusted_instructions],
            "contradictions": [contradiction.to_json() for contradiction in found.contradictions],
            "forbidden_uses": [use.to_json() for use in found.forbidden_uses],
            "assumptions": [assumption.to_json() for assumption in found.assumptions],
        }

    return {
        READ: read,
        EXTRACT: lambda _material: {"readings": []},
        QUESTION: lambda _material: {"questions": []},
        CRITIC: lambda _material: {"findings": []},
        PLAN_ARGUMENT: lambda _material: {"sentences": []},
    }
