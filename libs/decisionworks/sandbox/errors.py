"""What can go wrong with the sandbox itself; a command that fails inside it is a result, not an error."""

from __future__ import annotations

from decisionworks.kit.errors import Forbidden, NotFound, RetryLater


class ExecutionRefused(Forbidden):
    """Generated code would run without a sandbox of the needed level."""

    code = "execution-refused"

    def __init__(self, level: str) -> None:
        super().__init__(
            f"generated code is not run at sandbox level {level}",
            remedy="run workers on Linux 5.13 or newer, or allow it with DECISIONWORKS_SANDBOX_OVERRIDE=true",
        )
        self.level = level


class SandboxFailed(RetryLater):
    """The sandbox could not be built this time, so there is no result."""

    code = "sandbox-failed"


class OutputRefused(NotFound):
    """A file that a command should have left is missing, is not a plain file, or is too large."""

    code = "sandbox-output-refused"
