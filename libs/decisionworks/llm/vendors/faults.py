"""From the HTTP of a vendor to the kinds of fault we know."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.llm.errors import FaultKind, VendorFault

_BY_STATUS = {
    400: FaultKind.BAD_REQUEST,
    401: FaultKind.UNAUTHORIZED,
    402: FaultKind.NO_CREDIT,
    403: FaultKind.UNAUTHORIZED,
    404: FaultKind.UNKNOWN_MODEL,
    408: FaultKind.TIMEOUT,
    409: FaultKind.SERVER,
    413: FaultKind.BAD_REQUEST,
    422: FaultKind.BAD_REQUEST,
    429: FaultKind.RATE_LIMITED,
    529: FaultKind.OVERLOADED,
}
_LONGEST_RETRY_AFTER_S = 3600.0


def status_fault(
    status: int, headers: Mapping[str, str], *, detail: str, code: str | None, request_id: str | None
) -> VendorFault:
    """The fault behind an HTTP status; an account without credit answers 429 too, and waiting does not help it."""
    kind = _BY_STATUS.get(status, FaultKind.SERVER if status >= 500 else FaultKind.BAD_REQUEST)
    if kind is FaultKind.RATE_LIMITED and code == "insufficient_quota":
        kind = FaultKind.NO_CREDIT
    return VendorFault(kind, f"HTTP {status} {detail}"[:300], retry_after_s=retry_after(headers), request_id=request_id)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the vendor asks to wait, from either of its headers; None where it says nothing readable."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            said = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if 0 <= said <= _LONGEST_RETRY_AFTER_S:
            return said
    return None
