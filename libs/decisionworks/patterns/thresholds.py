"""Limits of single parts: what one cannot carry, and the usage at which another alone becomes cheaper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.costs import PriceBook, price_patterns
from decisionworks.patterns.explain import solo_usd
from decisionworks.patterns.model import Json, PatternCatalogue, Problem
from decisionworks.patterns.situation import cost_values

# (chosen, alternative, the usage that decides, unit, highest value looked at)
CROSSINGS: tuple[tuple[str, str, str, str, float], ...] = (
    ("serve-serverless-cpu", "serve-container-ecs", "throughput_rps_avg", "requests a second", 1000.0),
    ("serve-container-ecs", "serve-serverless-cpu", "throughput_rps_avg", "requests a second", 1000.0),
    ("serve-precomputed-lookup", "serve-container-ecs", "throughput_rps_avg", "requests a second", 5000.0),
    ("serve-llm-bedrock", "serve-llm-vllm", "llm_requests_per_day", "requests a day", 10_000_000.0),
    ("serve-llm-vllm", "serve-llm-bedrock", "llm_requests_per_day", "requests a day", 10_000_000.0),
    ("ingest-stream-kinesis", "ingest-stream-msk", "stream_events_per_sec", "events a second", 1_000_000.0),
    ("process-container-small", "process-spark-serverless", "data_volume_gb", "GB", 300.0),
    ("vector-s3vectors", "vector-pgvector", "corpus_documents", "documents", 1e9),
)
PEAK = ("throughput_rps_peak", "requests a second at peak")
STEPS = 24
# What lies further away than this says nothing about today's plan.
FARTHEST = 100


def find_thresholds(
    patterns: Sequence[str], *, problem: Problem, catalogue: PatternCatalogue, prices: PriceBook
) -> list[Json]:
    """Each limit or crossing of a chosen pattern, by field and pattern."""
    rows = [row for name in patterns for row in _limits(name, problem, catalogue)]
    for chosen, other, field, unit, highest in CROSSINGS:
        if chosen in patterns:
            names = (catalogue.by_id[chosen].name, catalogue.by_id[other].name)
            row = _crossing(chosen, other, field, unit, highest, problem=problem, prices=prices, names=names)
            rows += [row] if row else []
    return rows


def _limits(name: str, problem: Problem, catalogue: PatternCatalogue) -> list[Json]:
    pattern, rows = catalogue.by_id[name], []
    peak = ("stream_events_per_sec", "events a second") if pattern.capability == "ingestion" else PEAK
    for limit, (field, unit) in (
        (pattern.envelope.rps_peak_max, peak),
        (pattern.envelope.data_volume_gb_max, ("data_volume_gb", "GB of history")),
    ):
        now = _number(problem.situation.known, field)
        if limit is None or (now is not None and limit > FARTHEST * now):
            continue
        rows.append(
            {
                "field": field,
                "pattern": name,
                "value": limit,
                "now": problem.situation.known.get(field),
                "unit": unit,
                "text": f"above {limit:,.10g} {unit}{_today(problem, field)} {pattern.name} no longer works",
            }
        )
    return rows


def _today(problem: Problem, field: str) -> str:
    now = _number(problem.situation.known, field)
    return f" (now {now:,.10g})" if now is not None else ""


def _crossing(
    chosen: str,
    other: str,
    field: str,
    unit: str,
    highest: float,
    *,
    problem: Problem,
    prices: PriceBook,
    names: tuple[str, str],
) -> Json | None:
    """The least usage above today's at which the alternative is cheaper, by bisection on the price formulas."""
    values, region = cost_values(problem.situation), problem.situation.region
    for linked in ("throughput_rps_peak", "throughput_rps_avg"):
        if field in ("throughput_rps_avg", "llm_requests_per_day") and linked != field:
            values.pop(linked, None)

    def gap(usage: float) -> float:
        costs = price_patterns([chosen, other], values | {field: usage}, region=region, prices=prices)
        return solo_usd(costs[chosen]) - solo_usd(costs[other])

    now = _number(problem.situation.known, field)
    low, high = max(now or 0.0, highest / 1e8), highest
    if gap(low) > 0 or gap(high) <= 0:
        return None
    for _ in range(STEPS):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if gap(middle) <= 0 else (low, middle)
    value = float(f"{high:.2g}")
    return {
        "field": field,
        "pattern": chosen,
        "value": value,
        "now": now,
        "unit": unit,
        "text": f"from about {value:,.10g} {unit}{_today(problem, field)} on, {names[1]} costs less than {names[0]}",
    }


def _number(values: Mapping[str, object], field: str) -> float | None:
    value = values.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
