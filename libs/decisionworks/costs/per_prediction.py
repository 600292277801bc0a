"""What one answer of the system costs: the month's bill over its predictions, and what more of them would add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from decisionworks.costs.model import Workload

# Everything that grows with use. Capacity comes in whole machines, so a small step would meet none or one: twice the
# use tells what use costs.
_GROWTH = 2.0
_GROWS = (
    "rps_avg", "rps_peak", "requests_month", "events_avg", "events_peak", "events_month", "batch_records",
    "async_jobs_month", "llm_requests_month", "scanned_pages_month", "audio_minutes_month",
)  # fmt: skip


def cost_per_prediction(
    workload: Workload, expected_usd: float, bill_of: Callable[[Workload], float]
) -> dict[str, object] | None:
    """The bill over the predictions of a month, its fixed and variable part; None where predictions are not counted.

    `bill_of` prices the same patterns for another workload. The variable part is what twice the use would add, at most
    the bill; the rest is there before the first prediction.
    Units: United States dollars; `usd_per_thousand` of all of them, `next_thousand_usd` of further ones.
    """
    count = workload.predictions_month
    if count <= 0:
        return None
    grown = replace(workload, **{name: getattr(workload, name) * _GROWTH for name in _GROWS})
    variable = min(expected_usd, max(0.0, (bill_of(grown) - expected_usd) / (_GROWTH - 1)))
    return {
        "predictions_month": round(count),
        "usd_per_thousand": _three_digits(expected_usd / count * 1000),
        "next_thousand_usd": _three_digits(variable / count * 1000),
        "fixed_usd_month": round(expected_usd - variable, 2),
        "variable_usd_month": round(variable, 2),
    }


def _three_digits(usd: float) -> float:
    """Cents say nothing of a thousand predictions that cost a tenth of one."""
    return float(f"{usd:.3g}")
