"""What cannot work: the envelope of a pattern against known constraints. Taste belongs in points."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.patterns.model import GateReason, Pattern

# These stand beside the path that answers the caller, so the caller's latency does not bind them.
OFF_PATH = ("serve-batch-scoring",)
MEDIA = ("image", "video", "audio")
# One container goes through a hundred terabytes of files in days; beyond that the work is spread.
MOST_LISTED_GB = 100_000.0


def gate(pattern: Pattern, known: Mapping[str, object], *, is_off_path: bool = False) -> tuple[GateReason, ...]:
    """Every limit that a known constraint violates; an unknown constraint excludes nothing.

    Units: as in the constraint catalogue. `is_off_path` says that the pattern does not answer the caller.
    """
    limits = pattern.envelope
    peak = "stream_events_per_sec" if pattern.capability == "ingestion" else "throughput_rps_peak"
    floor = None if is_off_path else limits.latency_p95_ms_floor
    checks = (
        _below(known, "latency_p95_ms", floor, "ms is the lowest p95 it reaches"),
        _below(known, "budget_usd_month", limits.budget_usd_month_min, "USD a month is its floor"),
        _below(known, "team_size", limits.team_size_min, "people are needed to run it"),
        _above(known, peak, limits.rps_peak_max, "a second is the most it carries"),
        _above(known, "data_volume_gb", _volume_limit(pattern, known), "GB is the most it handles"),
        _model_type(known, limits.model_types),
    )
    return tuple(reason for reason in checks if reason is not None)


def _volume_limit(pattern: Pattern, known: Mapping[str, object]) -> float | None:
    """The volume that a pattern joins; pictures and recordings are listed and read one by one, never joined."""
    kinds = known.get("data_types")
    is_media = isinstance(kinds, list) and bool(kinds) and all(kind in MEDIA for kind in kinds)
    limit = pattern.envelope.data_volume_gb_max
    if is_media and pattern.capability == "processing":
        return None if limit is None else max(limit, MOST_LISTED_GB)
    return limit


def _number(known: Mapping[str, object], field: str) -> float | None:
    value = known.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _below(known: Mapping[str, object], field: str, limit: float | None, text: str) -> GateReason | None:
    value = _number(known, field)
    if value is None or limit is None or value >= limit:
        return None
    return GateReason(field=field, text=f"{field} is {value:,g}, {limit:,g} {text}")


def _above(known: Mapping[str, object], field: str, limit: float | None, text: str) -> GateReason | None:
    value = _number(known, field)
    if value is None or limit is None or value <= limit:
        return None
    return GateReason(field=field, text=f"{field} is {value:,g}, {limit:,g} {text}")


def _model_type(known: Mapping[str, object], allowed: tuple[str, ...] | None) -> GateReason | None:
    value = known.get("model_type")
    if allowed is None or not isinstance(value, str) or value in allowed:
        return None
    return GateReason(field="model_type", text=f"model_type = {value} does not run on it")
