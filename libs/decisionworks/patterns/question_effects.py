"""How much an answer could change: the plan is solved for the two answers of a field that lie furthest apart.

Which two those are is told by what each answer rules in and out, without solving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from decisionworks.costs import PriceBook, load_prices, price_patterns
from decisionworks.patterns.bench import RECOMMENDED, set_up
from decisionworks.patterns.catalogue import load_pattern_catalogue
from decisionworks.patterns.explain import solo_usd
from decisionworks.patterns.model import PatternCatalogue, Situation
from decisionworks.patterns.pose_problem import pose_problem
from decisionworks.patterns.situation import cost_values, read_situation, situation_of
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.model import Field, FieldType, QuestionEffect

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
# An answer with which nothing fits any longer decides more than any other.
NOTHING_FITS = 40.0
# Below this the money says nothing. Units: United States dollars a month.
LEAST_USD = 1.0
Outlook = tuple[frozenset[str], frozenset[str], float]


def question_effects(constraints: Mapping[str, object], fields: Iterable[str]) -> dict[str, QuestionEffect]:
    """For each field, how far apart the plans of two likely answers are; a score of 0 changes nothing.

    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    situation, catalogue, prices = read_situation(constraints), load_pattern_catalogue(), load_prices()
    by_name = load_constraint_catalogue().by_name
    solved: dict[str, tuple[frozenset[str], float] | None] = {}

    def plan_with(name: str, answer: object) -> tuple[frozenset[str], float] | None:
        asked = situation_of(dict(situation.known) | {name: answer})
        bench = set_up(asked, catalogue=catalogue, prices=prices)
        key = repr((bench.problem.gates, bench.problem.needs, bench.problem.bans, bench.problem.slots, bench.costs))
        if key not in solved:
            solution = bench.solve(RECOMMENDED)
            plan = None if solution is None else (frozenset(solution.patterns), bench.usd(solution.patterns))
            solved[key] = plan
        return solved[key]

    effects = {}
    for name in fields:
        answers = _answers(by_name[name]) if name in by_name else []
        pair = _furthest_apart(name, answers, situation, catalogue, prices)
        effects[name] = _effect([plan_with(name, answer) for answer in pair]) if pair else QuestionEffect(score=0.0)
    return effects


def _furthest_apart(
    name: str, answers: list[object], situation: Situation, catalogue: PatternCatalogue, prices: PriceBook
) -> tuple[object, object] | None:
    """The two answers whose outlooks differ most; None where no answer changes anything."""
    if len(answers) < 2:
        return None
    outlooks = [_outlook(situation_of(dict(situation.known) | {name: one}), catalogue, prices) for one in answers]
    spread = {
        (left, right): _spread(outlooks[left], outlooks[right]) for left, right in combinations(range(len(answers)), 2)
    }
    left, right = max(spread, key=lambda pair: (spread[pair], -pair[0], pair[1]))
    return (answers[left], answers[right]) if spread[left, right] > 0 else None


def _effect(plans: list[tuple[frozenset[str], float] | None]) -> QuestionEffect:
    known = [one for one in plans if one is not None]
    if len(known) < 2:
        return QuestionEffect(score=NOTHING_FITS if known else 0.0)
    (left, cheap), (right, dear) = known
    usd = abs(dear - cheap)
    ratio = max(cheap, dear, 1.0) / max(min(cheap, dear), 1.0)
    score = PATTERN_WEIGHT * len(left ^ right) + COST_WEIGHT * (ratio - 1) / (ratio + 1)
    return QuestionEffect(score=round(score, 2), usd=round(usd, 2) if usd >= LEAST_USD else None)


def _answers(field: Field) -> list[object]:
    if field.type is FieldType.BOOLEAN:
        return [True, False]
    if field.type is FieldType.ENUM:
        return [value for value in field.enum if value not in ("unknown", "other")]
    if field.type is FieldType.LIST:
        return [[value] for value in field.enum]
    return list(NUMBER_ANSWERS.get(field.name, ()))


def _outlook(situation: Situation, catalogue: PatternCatalogue, prices: PriceBook) -> Outlook:
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


def _spread(left: Outlook, right: Outlook) -> float:
    ratio = max(1.0, left[2], right[2]) / max(1.0, min(left[2], right[2]))
    changed = len(left[0] ^ right[0]) + 0.25 * len(left[1] ^ right[1])
    return PATTERN_WEIGHT * changed + COST_WEIGHT * (ratio - 1) / (ratio + 1)
