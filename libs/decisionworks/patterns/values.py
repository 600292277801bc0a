"""Typed reads of plain constraint values."""

from __future__ import annotations

from collections.abc import Mapping


def items_of(values: Mapping[str, object], field: str) -> tuple[str, ...]:
    """A value as a list of words, empty when it is none."""
    value = values.get(field)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def number_of(values: Mapping[str, object], field: str, default: float = 0.0) -> float:
    """A value as a number, or the default."""
    value = values.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def trains(values: Mapping[str, object]) -> bool:
    """Whether a model is trained here."""
    return values.get("training_compute") != "none"


# A card is tried many times within minutes; below these rates and teams the numbers in the request are enough.
FRAUD_PEAK_RPS, FRAUD_TEAM = 50, 3


def counts_as_it_goes(values: Mapping[str, object]) -> bool:
    """Whether a score needs what happened in the last minutes: fraud, judged in the middle of a payment."""
    return (
        values.get("use_case_type") == "fraud_detection"
        and "real_time" in items_of(values, "inference_mode")
        and number_of(values, "throughput_rps_peak") >= FRAUD_PEAK_RPS
        and number_of(values, "team_size", 2) >= FRAUD_TEAM
    )
