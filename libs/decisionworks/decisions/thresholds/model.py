"""A threshold as a project set it, and which thresholds a plan was judged by that are others now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from decisionworks.policy import PolicyBook, PolicyTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectThreshold:
    """One number of the rules that a project set, by whom and why. Units: `value` in those of the threshold."""

    project_id: UUID
    name: str
    value: float
    reason: str
    set_by: str
    identified_by: str
    set_at: datetime

    def to_json(self) -> dict[str, object]:
        """Who set it, when and why, as the API shows it."""
        at = self.set_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {"reason": self.reason, "set_by": self.set_by, "identified_by": self.identified_by, "set_at": at}


def changed_thresholds(
    policy_results: Mapping[str, object] | None, terms: PolicyTerms, *, book: PolicyBook
) -> list[str]:
    """The thresholds that a plan was judged by and that have another value now."""
    rows = (policy_results or {}).get("rules")
    used = [one for row in (rows if isinstance(rows, list) else []) for one in row.get("thresholds") or ()]
    now = {name: terms.thresholds.get(name, one.default) for name, one in book.thresholds.items()}
    return sorted({str(one["name"]) for one in used if one["name"] in now and now[one["name"]] != one["value"]})
