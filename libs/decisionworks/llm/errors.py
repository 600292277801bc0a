"""What goes wrong with models.

VendorFault        one request failed; says whether the same request may work later      (inside this package)
ModelUnavailable   nobody who may answer can answer now                                   RetryLater
ModelRefused       every model that may answer refused to                                 Broken
AnswerQuarantined  three answers in a row were unusable; the last one is kept             Broken
BudgetExceeded     the call could cost more than is left                                  Forbidden
"""

from __future__ import annotations

from enum import StrEnum

from decisionworks.kit.errors import Broken, Forbidden, Invalid, RetryLater
from decisionworks.llm.model import Usage


class FaultKind(StrEnum):
    """Why a request to a vendor failed."""

    RATE_LIMITED = "rate-limited"
    OVERLOADED = "overloaded"
    SERVER = "server-error"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    CUT = "cut-off"
    BAD_REQUEST = "bad-request"
    UNAUTHORIZED = "unauthorized"
    NO_CREDIT = "no-credit"
    UNKNOWN_MODEL = "unknown-model"
    BREAKER_OPEN = "breaker-open"
    DEADLINE = "deadline"
    BUSY = "busy"
    REFUSED = "refused"
    LIMIT = "limit"


# Closed on purpose: what is not listed is not tried again.
RETRYABLE = frozenset({
    FaultKind.RATE_LIMITED, FaultKind.OVERLOADED, FaultKind.SERVER, FaultKind.TIMEOUT, FaultKind.CONNECTION,
    FaultKind.CUT,
})  # fmt: skip


class VendorFault(Exception):
    """One request to a vendor failed; `usage` is what it took all the same.

    Units: `retry_after_s` is seconds from now, as the vendor said.
    """

    def __init__(
        self,
        kind: FaultKind,
        detail: str,
        *,
        retry_after_s: float | None = None,
        request_id: str | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.request_id = request_id
        self.usage = usage or Usage()

    @property
    def is_retryable(self) -> bool:
        """Whether the same request may work later."""
        return self.kind in RETRYABLE


class ModelUnavailable(RetryLater):
    """Nobody who may answer can answer now."""

    code = "model-unavailable"


class ModelRefused(Broken):
    """Every model that may answer refused to."""

    code = "model-refused"


class AnswerQuarantined(Broken):
    """Three answers in a row were unusable; the last one rests in quarantine."""

    code = "answer-quarantined"

    def __init__(self, *, task: str, provider: str, model: str, problems: tuple[str, ...], digest: str | None) -> None:
        kept = f" and is kept as {digest[:12]}" if digest else ""
        super().__init__(
            f"{provider}/{model} gave no usable answer to {task!r} in three tries; the last one{kept}:"
            f" {'; '.join(problems[:3])}",
            remedy="look at it with `decisionworks quarantine show`; then `decisionworks quarantine replay`, or let"
            " another model answer this node",
        )
        self.digest = digest
        self.problems = problems


class BudgetExceeded(Forbidden):
    """The call could cost more than is left; it was not sent."""

    code = "model-budget-exceeded"

    def __init__(self, *, scope: str, unit: str, limit: float, used: float, needed: float) -> None:
        super().__init__(
            f"the call was not sent: it may take {needed:,.4g} {unit}, and of the {limit:,.4g} {unit} per {scope}"
            f" {used:,.4g} are used or reserved",
            remedy=f"raise the budget per {scope}, choose a cheaper model, or let the offline rules answer",
        )
        self.scope = scope


class InvalidModels(Invalid):
    """The settings name a model or provider that there is not."""

    code = "invalid-models"
