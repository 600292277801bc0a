"""What ends a command early: one or two lines on standard error and an exit code, never a trace."""

from __future__ import annotations

from decisionworks.cli.exit_codes import BAD_INPUT, CANNOT_REACH


class CommandFailed(Exception):
    """Ends a command with a message and an exit code."""

    def __init__(self, message: str, *, exit_code: int, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.remedy = remedy


class BadInput(CommandFailed):
    """What was typed or handed in cannot be used."""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message, exit_code=BAD_INPUT, remedy=remedy)


class CannotReach(CommandFailed):
    """No server answers, or it does not let us in."""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message, exit_code=CANNOT_REACH, remedy=remedy)
