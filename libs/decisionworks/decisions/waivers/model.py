"""A waiver, and which waived rules of a plan no waiver covers any longer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from decisionworks.policy import Outcome, Severity, Waiver

NO_FEASIBLE_PLAN = "no-feasible-plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedWaiver:
    """One accepted rule. `decision_set_id` limits it to that decision set and its revisions; None is the project."""

    id: UUID
    project_id: UUID
    policy_id: str
    decision_set_id: UUID | None
    reason: str
    approved_by: str
    identified_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None

    def for_rules(self) -> Waiver:
        """The waiver as the rules read it."""
        return Waiver(
            policy=self.policy_id, by=self.approved_by, reason=self.reason, expires_at=_instant(self.expires_at)
        )

    def to_json(self) -> dict[str, object]:
        """The waiver as the API shows it."""
        return {
            "id": str(self.id),
            "policy": self.policy_id,
            "scope": "project" if self.decision_set_id is None else "decision_set",
            "decision_set_id": None if self.decision_set_id is None else str(self.decision_set_id),
            "reason": self.reason,
            "approved_by": self.approved_by,
            "identified_by": self.identified_by,
            "created_at": _instant(self.created_at),
            "expires_at": _instant(self.expires_at),
            "revoked_at": None if self.revoked_at is None else _instant(self.revoked_at),
            "revoked_by": self.revoked_by,
        }


def lapsed_rules(policy_results: Mapping[str, object] | None, in_force: Iterable[Waiver]) -> list[str]:
    """The rules that a plan was let through by a waiver of, and that none covers now."""
    rows = (policy_results or {}).get("rules")
    covered = {waiver.policy for waiver in in_force}
    return [
        str(row["id"])
        for row in (rows if isinstance(rows, list) else [])
        if row["outcome"] == Outcome.WAIVED.value and row["id"] not in covered
    ]


def still_blocking(
    policy_results: Mapping[str, object] | None, infeasibility: object, in_force: Iterable[Waiver]
) -> list[str]:
    """What keeps a blocked plan blocked whatever the waivers in force say: rules, and that no plan is feasible."""
    rows = (policy_results or {}).get("rules")
    covered = {waiver.policy for waiver in in_force}
    fired = [
        str(row["id"])
        for row in (rows if isinstance(rows, list) else [])
        if row["outcome"] == Outcome.FIRED.value and row["severity"] == Severity.BLOCK.value
    ]
    return [one for one in fired if one not in covered] + ([] if infeasibility is None else [NO_FEASIBLE_PLAN])


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
