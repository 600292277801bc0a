"""Errors that exist only at the HTTP edge."""

from __future__ import annotations

from decisionworks.kit.errors import DecisionworksError, FieldProblem, Forbidden, Invalid, NotFound, RetryLater


class Unauthenticated(Forbidden):
    """No token, or a wrong one."""

    code = "unauthenticated"


class TooManyWrites(RetryLater):
    """One caller sent more writes than a minute allows."""

    code = "too-many-requests"


class Malformed(Invalid):
    """The request is not what HTTP or JSON allow; nothing of it was looked at."""

    code = "malformed-request"


class BodyTooLarge(DecisionworksError):
    """The body has more bytes than are read."""

    code = "body-too-large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"the request body is larger than {limit_bytes} bytes", remedy="send the words that matter, not whole files"
        )


class NoSuchJob(NotFound):
    """What was asked for cannot be the id of a job."""

    code = "job-not-found"

    def __init__(self, asked: str) -> None:
        super().__init__(f"there is no job {asked[:80]}")


def bad_parameter(name: str, detail: str, *, remedy: str | None = None) -> Malformed:
    """A query or header parameter that cannot be read."""
    problem = FieldProblem(pointer=f"/{name}", detail=detail, remedy=remedy)
    return Malformed(f"{name} {detail}", problems=(problem,), remedy=remedy)
