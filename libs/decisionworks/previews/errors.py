"""Errors of previews."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, RetryLater


class PlannerBusy(RetryLater):
    """More previews wait for a planner than can be answered in time."""

    code = "planner-busy"


class PreviewTimedOut(RetryLater):
    """A preview took longer than its caller is made to wait; its planner was ended."""

    code = "preview-timed-out"


class PlannerFailed(Broken):
    """A planner process died, cannot be started, or failed on a request that it should have answered."""

    code = "planner-failed"
