"""The choice of patterns as an optimisation problem, solved exactly.

Demands, envelopes, requirements, conflicts, slots and the budget are constraints; points, open wishes, cost and burden
are the objective. One thread, a fixed seed and a tie-breaking term make the optimum unique, so the same request gives
the same plan in every process.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.costs import API_FRONT, BALANCED_PATTERNS, SECOND_REGION, PatternCost
from decisionworks.patterns.cp_sat import cp_model
from decisionworks.patterns.model import Need, PatternCatalogue, Problem, Weights, ways_to_meet

# Points are scaled to integers; the tie term stays below one unit of them.
POINT = 1000
TIE = 10**6
TIE_RANGE = 10**4
CENTS = 100
SOFT_BUDGET_FACTOR = 1.5
# What a plan is measured against when nobody named a budget.
USUAL_BUDGET = 200.0
# Sums are kept inside 64 bits: no budget weighs as less than the first, no pattern as more than the second.
LEAST_BUDGET = 20.0
MOST_USD = 1e7
SUM_LIMIT_USD = 1e12
OVER_BUDGET_POINTS = 30
OVER_BURDEN_POINTS = 3
BURDEN_PER_PERSON = 4
BURDEN_BASE = 28
MOST_BURDEN = 400
WORK_LIMIT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The chosen patterns in catalogue order, and whether they are proved to be the best."""

    patterns: tuple[str, ...]
    is_optimal: bool


def solve(
    problem: Problem,
    *,
    catalogue: PatternCatalogue,
    costs: Mapping[str, PatternCost],
    weights: Weights,
    dropped: frozenset[str] = frozenset(),
    seeks_optimum: bool = True,
) -> Solution | None:
    """Choose patterns; None when no choice satisfies every demand that does not rest on a dropped constraint.

    Units: `costs` in United States dollars per month. `seeks_optimum` off asks only whether a choice exists.
    """
    model = cp_model.CpModel()
    x = {pattern.id: model.new_bool_var(pattern.id) for pattern in catalogue.patterns}
    _forbid(model, x, problem, dropped)
    _relate(model, x, problem, catalogue)
    missed = _demand(model, x, problem, dropped)
    bill = _bill(model, x, costs)
    _cap_bill(model, bill, problem, dropped)
    if seeks_optimum:
        parts = _Parts(model=model, x=x, problem=problem, catalogue=catalogue, bill=bill, missed=missed)
        model.maximize(_objective(parts, weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 7
    solver.parameters.max_deterministic_time = WORK_LIMIT
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    chosen = tuple(pattern.id for pattern in catalogue.patterns if solver.boolean_value(x[pattern.id]))
    return Solution(patterns=chosen, is_optimal=status == cp_model.OPTIMAL)


def budget_of(problem: Problem) -> tuple[float | None, bool]:
    """The known budget in United States dollars a month, and whether it is a hard cap."""
    value = problem.situation.known.get("budget_usd_month")
    budget = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return budget, problem.situation.working.get("budget_hardness") == "hard"


def _forbid(
    model: cp_model.CpModel, x: Mapping[str, cp_model.IntVar], problem: Problem, dropped: frozenset[str]
) -> None:
    out = {name for name, reasons in problem.gates.items() if any(reason.field not in dropped for reason in reasons)}
    out |= {ban.pattern for ban in problem.bans if not any(field in dropped for field in ban.fields)}
    out |= {objection["exclude"] for objection in problem.objections if "exclude" in objection}
    for name in sorted(out):
        model.add(x[name] == 0)
    for objection in problem.objections:
        if "require" in objection:
            model.add(x[objection["require"]] == 1)


def _relate(
    model: cp_model.CpModel, x: Mapping[str, cp_model.IntVar], problem: Problem, catalogue: PatternCatalogue
) -> None:
    for pattern in catalogue.patterns:
        for required in pattern.requires:
            ways = [x[name] for name in ways_to_meet(required, catalogue=catalogue)]
            model.add_bool_or([*ways, x[pattern.id].negated()])
        for other in pattern.conflicts:
            if pattern.id < other:
                model.add_at_most_one([x[pattern.id], x[other]])
    for slot in problem.slots:
        model.add_at_most_one([x[name] for name in slot])


def _demand(
    model: cp_model.CpModel, x: Mapping[str, cp_model.IntVar], problem: Problem, dropped: frozenset[str]
) -> list[tuple[int, cp_model.IntVar]]:
    missed = []
    for need in problem.needs:
        options = [x[name] for name in need.any_of]
        if need.weight is None:
            if not any(field in dropped for field in need.fields):
                model.add_bool_or(options)
            continue
        open_wish = model.new_bool_var(f"open {need.id}")
        model.add_bool_or([*options, open_wish])
        missed.append((need.weight, open_wish))
    return missed


def _bill(
    model: cp_model.CpModel, x: Mapping[str, cp_model.IntVar], costs: Mapping[str, PatternCost]
) -> list[tuple[int, cp_model.IntVar]]:
    """The month's bill in cents as a linear sum: own lines, shared things once, and what a second region repeats."""
    terms = [(_cents(cost.own_usd), x[name]) for name, cost in costs.items()]
    for key in sorted({key for cost in costs.values() for key in cost.shared}):
        users = [name for name, cost in costs.items() if cost.shared.get(key, 0.0) > 0]
        price = max((costs[name].shared[key] for name in users), default=0.0)
        paid = model.new_bool_var(f"paid {key}")
        free = [x[name] for name in BALANCED_PATTERNS] if key == API_FRONT else []
        for name in users:
            model.add_bool_or([paid, x[name].negated(), *free])
        terms.append((_cents(price), paid))
    for name, cost in costs.items():
        if cost.standby_usd > 0:
            both = model.new_bool_var(f"standby {name}")
            model.add_bool_or([both, x[name].negated(), x[SECOND_REGION].negated()])
            terms.append((_cents(cost.standby_usd), both))
    return [term for term in terms if term[0] > 0]


def _cents(usd: float) -> int:
    return round(min(usd, MOST_USD) * CENTS)


def _cap_bill(
    model: cp_model.CpModel, bill: Sequence[tuple[int, cp_model.IntVar]], problem: Problem, dropped: frozenset[str]
) -> None:
    budget, is_hard = budget_of(problem)
    if budget is not None and "budget_usd_month" not in dropped:
        limit = budget if is_hard else budget * SOFT_BUDGET_FACTOR
        model.add(sum(cents * var for cents, var in bill) <= int(min(limit, SUM_LIMIT_USD) * CENTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The pieces of one model that the objective is made of."""

    model: cp_model.CpModel
    x: Mapping[str, cp_model.IntVar]
    problem: Problem
    catalogue: PatternCatalogue
    bill: Sequence[tuple[int, cp_model.IntVar]]
    missed: Sequence[tuple[int, cp_model.IntVar]]


def _objective(parts: _Parts, weights: Weights) -> cp_model.LinearExpr:
    budget, _ = budget_of(parts.problem)
    reference = USUAL_BUDGET if budget is None else max(budget, LEAST_BUDGET)
    terms: list[tuple[int, cp_model.IntVar]] = []
    for pattern in parts.catalogue.patterns:
        points = weights.points * parts.problem.scores[pattern.id].points - weights.burden * pattern.burden
        points += weights.extras.get(pattern.id, 0.0)
        tie = zlib.crc32(pattern.id.encode()) % TIE_RANGE
        terms.append((round(points * POINT) * TIE - tie, parts.x[pattern.id]))
    terms += [(-round(weights.wishes * weight * POINT) * TIE, var) for weight, var in parts.missed]
    terms += [(-round(weights.cost * cents / CENTS / reference * POINT) * TIE, var) for cents, var in parts.bill]
    terms += [(-loss, var) for loss, var in _overruns(parts, budget)]
    return cp_model.LinearExpr.weighted_sum([var for _, var in terms], [weight for weight, _ in terms])


def _overruns(parts: _Parts, budget: float | None) -> list[tuple[int, cp_model.IntVar]]:
    """What it costs in points to exceed a soft budget or what the team can carry."""
    model, losses = parts.model, []
    if budget is not None:
        over = model.new_int_var(0, max(1, sum(cents for cents, _ in parts.bill)), "over budget")
        model.add(over >= sum(cents * var for cents, var in parts.bill) - int(min(budget, SUM_LIMIT_USD) * CENTS))
        losses.append((round(OVER_BUDGET_POINTS * POINT / (max(budget, LEAST_BUDGET) * CENTS) * TIE), over))
    team = parts.problem.situation.known.get("team_size")
    if isinstance(team, int | float) and not isinstance(team, bool):
        heavy = model.new_int_var(0, MOST_BURDEN, "over burden")
        burden = sum(pattern.burden * parts.x[pattern.id] for pattern in parts.catalogue.patterns)
        model.add(heavy >= burden - int(BURDEN_PER_PERSON * min(team, MOST_BURDEN) + BURDEN_BASE))
        losses.append((OVER_BURDEN_POINTS * POINT * TIE, heavy))
    return losses


def open_demands(problem: Problem, patterns: Sequence[str]) -> list[Need]:
    """Wishes and demands that a choice leaves open."""
    return [need for need in problem.needs if not any(name in patterns for name in need.any_of)]
