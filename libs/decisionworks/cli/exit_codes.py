"""What a script learns from the exit code."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
NEEDS_ANSWERS: Final = 3
WAITING_FOR_APPROVAL: Final = 4
BLOCKED: Final = 5
REJECTED_OR_CANCELLED: Final = 6
CANNOT_REACH: Final = 7

_OF_STATUS = {
    "completed": DONE,
    "failed": FAILED,
    "needs_input": NEEDS_ANSWERS,
    "gate_waiting": WAITING_FOR_APPROVAL,
    "blocked": BLOCKED,
    "rejected": REJECTED_OR_CANCELLED,
    "cancelled": REJECTED_OR_CANCELLED,
}
_OF_HTTP = {401: CANNOT_REACH, 403: CANNOT_REACH, 409: FAILED, 429: CANNOT_REACH, 503: CANNOT_REACH}
RESTS = frozenset(_OF_STATUS)
ENDS = RESTS - {"needs_input", "gate_waiting"}


def exit_code_of_status(status: str) -> int:
    """The exit code of a decision set that rests, 0 for one that is being worked on."""
    return _OF_STATUS.get(status, DONE)


def exit_code_of_http(status: int) -> int:
    """The exit code of a call that the API refused."""
    if status in _OF_HTTP:
        return _OF_HTTP[status]
    return BAD_INPUT if 400 <= status < 500 else FAILED
