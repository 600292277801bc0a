"""How the offline provider answers the planning tasks: by the written rules of the intake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decisionworks.llm.offline import Rules
from decisionworks.projects import (
    ConstraintCatalogue,
    constraints_to_json,
    extract_constraints,
)

EXTRACT = "extract"


def offline_rules(fields: ConstraintCatalogue) -> dict[str, Rules]:
    """One function a task."""

    def extract(material: Mapping[str, Any]) -> Mapping[str, Any]:
        found = extract_constraints(
            material["request"], data=material["data"], on_missing=material["on_missing"], catalogue=fields
        )
        return {
            "constraints": constraints_to_json(found.constraints),
            "language": found.language,
            "untrusted_instructions": [order.to_json() for order in found.untrusted_instructions],
            "contradictions": [contradiction.to_json() for contradiction in found.contradictions],
            "assumptions": [assumption.to_json() for assumption in found.assumptions],
        }

    return {EXTRACT: extract}
