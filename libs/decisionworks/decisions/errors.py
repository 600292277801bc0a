"""What can go wrong with decision sets."""

from __future__ import annotations

from uuid import UUID

from decisionworks.kit.errors import Conflict, NotFound


class DecisionSetNotFound(NotFound):
    """No such decision set, or not one the caller may know of."""

    code = "decision-set-not-found"

    def __init__(self, decision_set_id: UUID | str) -> None:
        super().__init__(f"there is no decision set {decision_set_id}")
        self.decision_set_id = decision_set_id


class StaleDecisionSet(Conflict):
    """Somebody else changed the decision set since it was read."""

    code = "stale-decision-set"

    def __init__(self, decision_set_id: UUID, *, expected_version: int, found_version: int) -> None:
        super().__init__(
            f"the decision set is at version {found_version}, not {expected_version}",
            remedy="read it again, look at what changed, and repeat the call with its version",
        )
        self.decision_set_id = decision_set_id
        self.expected_version = expected_version
        self.found_version = found_version


class IllegalStatusChange(Conflict):
    """A decision set in this status cannot become that."""

    code = "illegal-status-change"

    def __init__(self, *, found: str, wanted: str) -> None:
        super().__init__(f"a decision set that is {found} cannot become {wanted}")
        self.found = found
        self.wanted = wanted


class IdempotencyKeyReused(Conflict):
    """The key came with another body before."""

    code = "idempotency-key-reused"

    def __init__(self, key: str) -> None:
        super().__init__(
            "this Idempotency-Key came with another body before", remedy="use a fresh key for each different request"
        )
        self.key = key


class CannotRevise(Conflict):
    """The decision set is not far enough to be revised."""

    code = "cannot-revise"
