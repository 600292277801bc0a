"""The six families of errors.

A domain error subclasses one family and carries its facts as fields. The HTTP edge turns a family into a
status code (`decisionworks_api/problems.py`); the engine turns it into an outcome (`engine/outcome.py`).

    DecisionworksError
    ├── NotFound      the thing named does not exist, or the caller may not know that it does
    ├── Conflict      somebody else was first, or the thing is in another state than the caller believes
    ├── Forbidden     the caller is known and may not do this
    ├── Invalid       the input is wrong; says which field and what would be right
    ├── RetryLater    nothing is wrong with the input; the same call may work later
    └── Broken        a promise of ours does not hold; a person has to look
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One wrong field: a JSON pointer to it, what is wrong, and what would be right."""

    pointer: str
    detail: str
    remedy: str | None = None

    def to_json(self) -> dict[str, str]:
        """The `errors[]` entry of a problem document."""
        shown = {"pointer": self.pointer, "detail": self.detail}
        return shown if self.remedy is None else shown | {"remedy": self.remedy}


class DecisionworksError(Exception):
    """Base of every error that we raise on purpose; its text is fit to be shown to a user."""

    code = "error"

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class NotFound(DecisionworksError):
    """The thing named does not exist, or the caller may not know that it does."""

    code = "not-found"


class Conflict(DecisionworksError):
    """Somebody else was first, or the thing is in another state than the caller believes."""

    code = "conflict"


class Forbidden(DecisionworksError):
    """The caller is known and may not do this."""

    code = "forbidden"


class Invalid(DecisionworksError):
    """The input is wrong; `problems` names each bad field and its remedy."""

    code = "invalid"

    def __init__(self, message: str, *, problems: tuple[FieldProblem, ...] = (), remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.problems = problems


class RetryLater(DecisionworksError):
    """Nothing is wrong with the input; the same call may work later.

    Units: `retry_after_s` is seconds from now, None when unknown.
    """

    code = "retry-later"

    def __init__(self, message: str, *, retry_after_s: float | None = None, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after_s = retry_after_s


class Broken(DecisionworksError):
    """A promise of ours does not hold; a person has to look."""

    code = "broken"
