"""What can go wrong at a gate."""

from __future__ import annotations

from decisionworks.kit.errors import Conflict


class NotAtGate(Conflict):
    """The decision set waits for no decision of this kind now."""

    code = "not-at-gate"


class AlreadyDecided(Conflict):
    """Somebody decided first; the gate is closed."""

    code = "already-decided"

    def __init__(self, *, decision: str, by: str, at: str) -> None:
        super().__init__(
            f"the gate is closed: {decision} by {by} at {at}", remedy="read the decision set again; a gate closes once"
        )
        self.decision = decision
        self.by = by
        self.at = at


class StalePlan(Conflict):
    """The plan at the gate is not the one that the caller looked at."""

    code = "stale-plan"

    def __init__(self, *, given: str, found: str | None) -> None:
        super().__init__(
            f"the plan at the gate is {found}, not {given}", remedy="look at the plan that waits now, then decide again"
        )
        self.given = given
        self.found = found


class CannotApprove(Conflict):
    """The plan may not be approved as it stands: a policy forbids it, or its code cannot be generated."""

    code = "cannot-approve"


class CannotCancel(Conflict):
    """Nothing is left to cancel."""

    code = "cannot-cancel"


class AnotherGateOpen(Conflict):
    """A decision set has one open gate at a time."""

    code = "another-gate-open"
