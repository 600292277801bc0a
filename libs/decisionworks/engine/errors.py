"""Why an attempt ends before its graph does."""

from __future__ import annotations

from decisionworks.kit.errors import Conflict


class RunCancelled(Conflict):
    """Somebody asked for the end of this run."""

    code = "run-cancelled"

    def __init__(self) -> None:
        super().__init__("the run was cancelled")
