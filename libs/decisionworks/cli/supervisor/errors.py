"""What can keep the platform from coming up."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, DecisionworksError, Invalid, RetryLater

FAILED = 1
BAD_INPUT = 2
CANNOT_REACH = 7


def exit_code_of(error: DecisionworksError) -> int:
    """The exit code that tells a script what kind of trouble it was."""
    match error:
        case Invalid():
            return BAD_INPUT
        case RetryLater():
            return CANNOT_REACH
        case _:
            return FAILED


class PortTaken(Invalid):
    """Somebody else listens where we should."""

    code = "port-taken"

    def __init__(self, host: str, port: int, *, why: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}: {why}", remedy="choose another with --port, or PORT= with make"
        )
        self.host = host
        self.port = port


class PlatformFailed(Broken):
    """A part of the platform ended before it was ready."""

    code = "platform-failed"
    exit_code = FAILED
