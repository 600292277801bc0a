"""How much of what matters for a plan is known."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.projects.conditions import holds, truth
from decisionworks.projects.constraint_values import known_values
from decisionworks.projects.model import ConstraintCatalogue, ConstraintValue, Coverage, Field


def applicable_fields(
    constraints: Mapping[str, ConstraintValue], *, catalogue: ConstraintCatalogue
) -> tuple[Field, ...]:
    """The fields that matter for what is known so far; an unknown condition counts as not applicable."""
    known = known_values(constraints)
    return tuple(field for field in catalogue.fields if field.applies_when is None or holds(field.applies_when, known))


def coverage(constraints: Mapping[str, ConstraintValue], *, catalogue: ConstraintCatalogue) -> Coverage:
    """The weighted share of applicable fields that were stated or inferred, and the names of the others.

    Units: percent, one decimal.
    """
    applicable = applicable_fields(constraints, catalogue=catalogue)
    known = known_values(constraints)
    total = sum(field.weight for field in applicable)
    covered = sum(field.weight for field in applicable if field.name in known)
    missing = tuple(field.name for field in applicable if field.name not in known)
    progress = round(100 * _progress(known, catalogue), 1)
    return Coverage(score=round(100 * covered / total, 1), missing_fields=missing, progress=progress)


def _progress(known: Mapping[str, object], catalogue: ConstraintCatalogue) -> float:
    """The weight of what is known as a share of that and of whatever is not ruled out; telling more never lowers it."""
    told = sum(field.weight for field in catalogue.fields if field.name in known)
    open_weight = sum(
        field.weight
        for field in catalogue.fields
        if field.name not in known and (field.applies_when is None or truth(field.applies_when, known) is not False)
    )
    return told / (told + open_weight)


def open_mandatory_fields(constraints: Mapping[str, ConstraintValue], *, catalogue: ConstraintCatalogue) -> list[str]:
    """Mandatory fields that apply and that nobody stated and nothing implies, in catalogue order."""
    known = known_values(constraints)
    applicable = applicable_fields(constraints, catalogue=catalogue)
    return [field.name for field in applicable if field.mandatory and field.name not in known]
