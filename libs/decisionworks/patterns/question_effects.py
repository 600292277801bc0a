"""How much an answer could change: the spread of gates, needs, points and cost over the answers a field can take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decisionworks.costs import PriceBook, load_prices, price_patterns
from decisionworks.patterns.catalogue import load_pattern_catalogue
from decisionworks.patterns.explain import solo_usd
from decisionworks.patterns.model import PatternCatalogue, Situation
from decisionworks.patterns.pose_problem import pose_problem
from decisionworks.patterns.situation import cost_values, read_situation, situation_of
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.model import Field, FieldType

# Far-apart answers for numbers; a number that is not listed changes nothing that the planner reads.
NUMBER_ANSWERS: Mapping[str, tuple[float, ...]] = {
    "budget_usd_month": (50, 1000, 20_000),
    "team_size": (1, 4, 10),
    "latency_p95_ms": (10, 200, 5000),
    "throughput_rps_avg": (0.1, 50, 2000),
    "throughput_rps_peak": (1, 200, 5000),
    "availability_slo_pct": (99.0, 99.9, 99.99),
    "data_volume_gb": (5, 500, 10_000),
    "batch_records_per_run": (10_000, 1_000_000, 50_000_000),
    "stream_events_per_sec": (50, 1000, 20_000),
    "llm_requests_per_day": (100, 5000, 100_000),
    "llm_tokens_in": (500, 3000, 20_000),
    "llm_tokens_out": (100, 400, 2000),
    "corpus_documents": (500, 50_000, 3_000_000),
    "edge_devices": (5, 200, 5000),
    "audio_hours_month": (20, 500, 20_000),
    "tenants": (1, 50, 500),
    "label_delay_days": (0, 30),
    "rto_minutes": (15, 480),
    "audit_retention_years": (0, 7),
    "model_size_gb": (0.05, 10),
}
PATTERN_WEIGHT = 1.0
# One effect point for each tenfold step between the cheapest and the dearest answer.
COST_WEIGHT = 10.0


def question_effects(constraints: Mapping[str, object], fields: Iterable[str]) -> dict[str, float]:
    """For each field, how much the likely answers differ in what they rule in and in what they cost; 0 changes nothing.

    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    situation, catalogue, prices = read_situation(constraints), load_pattern_catalogue(), load_prices()
    by_name = load_constraint_catalogue().by_name
    effects = {}
    for name in fields:
        answers = _answers(by_name[name]) if name in by_name else []
        outlooks = [
            _outlook(situation_of(dict(situation.known) | {name: answer}), catalogue, prices) for answer in answers
        ]
        effects[name] = _spread(outlooks)
    return effects


def _answers(field: Field) -> list[object]:
    if field.type is FieldType.BOOLEAN:
        return [True, False]
    if field.type is FieldType.ENUM:
        return [value for value in field.enum if value not in ("unknown", "other")]
    if field.type is FieldType.LIST:
        return [[value] for value in field.enum]
    return list(NUMBER_ANSWERS.get(field.name, ()))


def _outlook(
    situation: Situation, catalogue: PatternCatalogue, prices: PriceBook
) -> tuple[frozenset[str], frozenset[str], float]:
    """Which patterns are demanded, which are out, and what the demanded ones cost by their cheapest open option."""
    problem = pose_problem(situation, catalogue=catalogue)
    out = {name for name, reasons in problem.gates.items() if reasons} | {ban.pattern for ban in problem.bans}
    costs = price_patterns(catalogue.by_id, cost_values(situation), region=situation.region, prices=prices)
    usd, asked = 0.0, set()
    for need in problem.needs:
        options = [name for name in need.any_of if name not in out]
        if not options:
            continue
        best = min(options, key=lambda name: (-problem.scores[name].points, solo_usd(costs[name]), name))
        if best not in asked:
            asked.add(best)
            usd += solo_usd(costs[best])
    return frozenset(asked), frozenset(out), usd


def _spread(outlooks: list[tuple[frozenset[str], frozenset[str], float]]) -> float:
    if len(outlooks) < 2:
        return 0.0
    asked, out = [one[0] for one in outlooks], [one[1] for one in outlooks]
    contested = frozenset().union(*asked) - frozenset.intersection(*asked)
    ruled = frozenset().union(*out) - frozenset.intersection(*out)
    sums = [max(1.0, one[2]) for one in outlooks]
    ratio = max(sums) / min(sums)
    return round(PATTERN_WEIGHT * (len(contested) + 0.25 * len(ruled)) + COST_WEIGHT * (ratio - 1) / (ratio + 1), 2)
