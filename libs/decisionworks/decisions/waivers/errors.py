"""What can go wrong with waivers."""

from __future__ import annotations

from uuid import UUID

from decisionworks.kit.errors import FieldProblem, Invalid, NotFound


class WaiverNotFound(NotFound):
    """No such waiver in this project, or it is revoked already."""

    code = "waiver-not-found"

    def __init__(self, waiver_id: UUID | str) -> None:
        super().__init__(f"there is no waiver {waiver_id} in force")
        self.waiver_id = waiver_id


class UnfitWaiver(Invalid):
    """What was handed in is no waiver; the pointer names the field."""

    code = "unfit-waiver"

    def __init__(self, pointer: str, detail: str, remedy: str) -> None:
        super().__init__(
            f"{pointer.lstrip('/')}: {detail}",
            problems=(FieldProblem(pointer=pointer, detail=detail, remedy=remedy),),
            remedy=remedy,
        )
