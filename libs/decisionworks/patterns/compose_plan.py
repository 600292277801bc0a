"""The plan for a request: chosen by the solver, explained by the facts, or refused with what would have to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.costs import PatternCost, PriceBook, estimate_cost, price_patterns
from decisionworks.patterns.assumptions import list_assumptions
from decisionworks.patterns.errors import InvalidObjection, NoPlanAtAll
from decisionworks.patterns.explain import explain_patterns
from decisionworks.patterns.layers import draw, reading_order, wire
from decisionworks.patterns.model import Composition, Json, PatternCatalogue, Problem, Situation, Weights
from decisionworks.patterns.next_steps import list_next_steps
from decisionworks.patterns.pose_problem import is_off_path, pose_problem
from decisionworks.patterns.relax import (
    MAX_RELAXATIONS,
    Diagnosis,
    changes_for,
    describe_conflict,
    diagnose,
    smallest_drops,
)
from decisionworks.patterns.situation import cost_values, is_llm, read_situation, situation_of
from decisionworks.patterns.solve import Solution, open_demands, solve
from decisionworks.patterns.thresholds import find_thresholds

RECOMMENDED = Weights(points=1.0, wishes=1.0, cost=10.0, burden=0.3)
LEAN = Weights(points=0.02, wishes=0.02, cost=100.0, burden=0.02)
# What people look for first in a way out: is it still there?
KEPT = ("budget_usd_month", "latency_p95_ms", "multi_region", "team_size")
# What a robust plan adds where the constraints leave room: slower failures, faster recovery, better evidence.
ROBUST_EXTRAS = {
    "deploy-progressive": 6.0,
    "gov-lineage-audit": 6.0,
    "mon-performance-labels": 6.0,
    "mon-drift": 6.0,
    "ct-retrain-trigger": 6.0,
    "registry-model": 6.0,
    "sec-private-network": 5.0,
    "sec-api-auth-waf": 6.0,
    "env-multi-account": 5.0,
    "track-mlflow": 4.0,
    "dr-multi-region": 4.0,
}
ROBUST = Weights(points=1.0, wishes=2.0, cost=4.0, burden=0.1, extras=ROBUST_EXTRAS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """One posed problem with everything needed to solve it again."""

    situation: Situation
    problem: Problem
    costs: Mapping[str, PatternCost]
    catalogue: PatternCatalogue
    prices: PriceBook

    def solve(self, weights: Weights, *, dropped: frozenset[str] = frozenset()) -> Solution | None:
        return solve(self.problem, catalogue=self.catalogue, costs=self.costs, weights=weights, dropped=dropped)

    def is_feasible(self, dropped: frozenset[str]) -> bool:
        found = solve(
            self.problem, catalogue=self.catalogue, costs=self.costs, weights=RECOMMENDED, dropped=dropped,
            seeks_optimum=False,
        )  # fmt: skip
        return found is not None

    def estimate(self, patterns: Sequence[str]) -> Json:
        return estimate_cost(patterns, cost_values(self.situation), region=self.situation.region, prices=self.prices)


def compose_plan(
    constraints: Mapping[str, object],
    *,
    findings: Mapping[str, object],
    objections: Sequence[Mapping[str, str]] = (),
    catalogue: PatternCatalogue,
    prices: PriceBook,
) -> Composition:
    """Choose the patterns for a request and price them; when nothing fits, name the conflicts and draft the nearest.

    Units: `constraints` in their JSON form; money in United States dollars a month. `objections` are `{"require": id}`
    or `{"exclude": id}`; one that leaves no plan is set aside and noted.
    Raises: InvalidObjection, an objection names no pattern; InvalidConstraints, an entry is not a constraint value.
    """
    situation = read_situation(constraints)
    _check_objections(objections, catalogue)
    bench, taken, set_aside = _bench_with(situation, objections, catalogue=catalogue, prices=prices)
    solution = bench.solve(RECOMMENDED)
    diagnosis, dropped = None, frozenset[str]()
    if solution is None:
        diagnosis = diagnose(bench.problem, is_feasible=bench.is_feasible)
        if diagnosis is None:
            raise NoPlanAtAll("no set of patterns fits together, whatever gives way")
        dropped = diagnosis.dropped
        solution = bench.solve(RECOMMENDED, dropped=dropped)
        if solution is None:
            raise NoPlanAtAll("a drop that was found possible could not be solved")
    infeasibility = None if diagnosis is None else _infeasibility(bench, diagnosis, solution, constraints)
    cost = bench.estimate(solution.patterns)
    plan = _plan(bench, solution, cost, dropped=dropped, infeasibility=infeasibility)
    trace = _trace(bench, solution, plan, findings=findings, taken=taken, set_aside=set_aside)
    return Composition(plan=plan, infeasibility=infeasibility, cost_estimate=cost, trace=trace)


def _check_objections(objections: Sequence[Mapping[str, str]], catalogue: PatternCatalogue) -> None:
    for objection in objections:
        names = [objection[key] for key in ("require", "exclude") if key in objection]
        if len(names) != 1 or names[0] not in catalogue.by_id:
            raise InvalidObjection(f"an objection requires or excludes one known pattern, found {dict(objection)!r}")


def _bench(
    situation: Situation,
    objections: Sequence[Mapping[str, str]],
    *,
    catalogue: PatternCatalogue,
    prices: PriceBook,
) -> _Bench:
    problem = pose_problem(situation, catalogue=catalogue, objections=objections)
    costs = price_patterns(catalogue.by_id, cost_values(situation), region=situation.region, prices=prices)
    return _Bench(situation=situation, problem=problem, costs=costs, catalogue=catalogue, prices=prices)


def _bench_with(
    situation: Situation,
    objections: Sequence[Mapping[str, str]],
    *,
    catalogue: PatternCatalogue,
    prices: PriceBook,
) -> tuple[_Bench, list[Mapping[str, str]], list[Mapping[str, str]]]:
    """The problem with each objection that leaves a plan possible, in order; the rest is set aside."""
    bench = _bench(situation, (), catalogue=catalogue, prices=prices)
    taken: list[Mapping[str, str]] = []
    set_aside: list[Mapping[str, str]] = []
    for objection in objections:
        tried = _bench(situation, [*taken, objection], catalogue=catalogue, prices=prices)
        if tried.is_feasible(frozenset()):
            taken.append(objection)
            bench = tried
        else:
            set_aside.append(objection)
    return bench, taken, set_aside


def _plan(
    bench: _Bench, solution: Solution, cost: Json, *, dropped: frozenset[str], infeasibility: Json | None
) -> Json:
    order = reading_order(solution.patterns, catalogue=bench.catalogue)
    edges = wire(order, catalogue=bench.catalogue)
    second = bench.situation.second_region if "dr-multi-region" in order else None
    rows = explain_patterns(order, problem=bench.problem, catalogue=bench.catalogue, costs=bench.costs)
    conflicts = infeasibility["conflicts"] if infeasibility else []
    return {
        "patterns": rows,
        "edges": edges,
        "diagram": draw(order, edges, catalogue=bench.catalogue),
        "assumptions": list_assumptions(bench.problem, order, cost, catalogue=bench.catalogue),
        "tiers": _tiers(bench, order, cost, dropped),
        "thresholds": find_thresholds(order, problem=bench.problem, catalogue=bench.catalogue, prices=bench.prices),
        "next_steps": list_next_steps(order, problem=bench.problem, catalogue=bench.catalogue),
        "regions": [bench.situation.region, *([second] if second else [])],
        "is_draft": infeasibility is not None,
        "relaxed_fields": sorted(dropped),
        "contradiction_count": len(conflicts) if isinstance(conflicts, list) else 0,
    }


def _tiers(bench: _Bench, recommended: Sequence[str], cost: Json, dropped: frozenset[str]) -> Json:
    tiers: Json = {}
    middle = _usd(cost)
    for name, weights in (("lean", LEAN), ("recommended", None), ("robust", ROBUST)):
        if weights is None:
            open_wishes = [need.why for need in open_demands(bench.problem, recommended)]
            why = "best fit of points, open wishes, cost and burden"
            tiers[name] = {
                "patterns": list(recommended),
                "monthly_usd": middle,
                "why": f"{why}; open: {'; '.join(open_wishes)}" if open_wishes else f"{why}; no wish left open",
            }
            continue
        found = bench.solve(weights, dropped=dropped)
        chosen = reading_order(found.patterns, catalogue=bench.catalogue) if found else list(recommended)
        usd = _usd(bench.estimate(chosen))
        tiers[name] = {"patterns": chosen, "monthly_usd": usd, "why": _tier_why(recommended, chosen, usd - middle)}
    return tiers


def _tier_why(recommended: Sequence[str], chosen: Sequence[str], usd: float) -> str:
    added = [name for name in chosen if name not in recommended]
    gone = [name for name in recommended if name not in chosen]
    if not added and not gone:
        return "the same plan: nothing more to save or to add within the constraints"
    parts = [f"{usd:+,.2f} USD a month against the recommended plan"]
    parts += [f"without {', '.join(gone)}"] if gone else []
    parts += [f"with {', '.join(added)}"] if added else []
    return "; ".join(parts)


def _usd(cost: Json) -> float:
    monthly = cost["monthly"]
    return float(monthly["expected"]) if isinstance(monthly, dict) else 0.0


def _latency_of(bench: _Bench, patterns: Sequence[str]) -> float:
    """The lowest p95 that lets every chosen pattern on the answering path inside its envelope."""
    floors = [
        bench.catalogue.by_id[name].envelope.latency_p95_ms_floor or 0.0
        for name in patterns
        if not is_off_path(name, bench.situation)
    ]
    return max(floors, default=0.0)


def _infeasibility(bench: _Bench, diagnosis: Diagnosis, draft: Solution, constraints: Mapping[str, object]) -> Json:
    drops = smallest_drops(diagnosis.conflicts, first=diagnosis.dropped, is_feasible=bench.is_feasible)
    relaxations: list[Json] = []
    for drop in drops:
        relaxation = _relaxation(bench, drop)
        if relaxation is not None and relaxation not in relaxations:
            relaxations.append(relaxation)
    relaxations = _spread(relaxations)
    return {
        "conflicts": [
            describe_conflict(core, problem=bench.problem, constraints=constraints) for core in diagnosis.conflicts
        ],
        "relaxations": relaxations,
    }


def _spread(relaxations: Sequence[Json]) -> list[Json]:
    """At most three ways out: the first one, then the cheapest of those that change something else."""
    rest = sorted(relaxations[1:], key=lambda one: (float(str(one["monthly_usd"])), str(one["changes"])))
    return [*relaxations[:1], *rest][:MAX_RELAXATIONS]


def _relaxation(bench: _Bench, dropped: frozenset[str]) -> Json | None:
    """A way out with its price, verified by solving again under the changed constraints."""
    solution = bench.solve(RECOMMENDED, dropped=dropped)
    if solution is None:
        return None
    cost = _usd(bench.estimate(solution.patterns))
    changes = changes_for(
        dropped, solution.patterns, usd=cost, latency_ms=_latency_of(bench, solution.patterns), problem=bench.problem,
        catalogue=bench.catalogue,
    )  # fmt: skip
    known = {field: value for field, value in bench.situation.known.items() if field not in changes}
    known |= {field: value for field, value in changes.items() if value is not None}
    again = _bench(situation_of(known), (), catalogue=bench.catalogue, prices=bench.prices)
    verified = again.solve(RECOMMENDED)
    if verified is None:
        return None
    usd = _usd(again.estimate(verified.patterns))
    kept = [
        field for field in ("budget_usd_month", "latency_p95_ms", "multi_region", "team_size") if field not in changes
    ]
    kept = [field for field in kept if field in bench.situation.known]
    serving = [name for name in verified.patterns if bench.catalogue.by_id[name].capability == "serving"]
    told = ", ".join(f"{field} {_was(bench, field)} to {value}" for field, value in changes.items())
    why = f"{told}; {', '.join(serving)} then fits at {usd:,.2f} USD a month"
    return {
        "changes": changes,
        "monthly_usd": usd,
        "why": f"{why}; kept as asked: {', '.join(kept)}" if kept else why,
    }


def _was(bench: _Bench, field: str) -> str:
    return f"from {bench.situation.known[field]}"


def _trace(
    bench: _Bench,
    solution: Solution,
    plan: Json,
    *,
    findings: Mapping[str, object],
    taken: Sequence[Mapping[str, str]],
    set_aside: Sequence[Mapping[str, str]],
) -> Json:
    """What a reason card says about this run."""
    problem = bench.problem
    gated = {name: [one.text for one in why] for name, why in problem.gates.items() if why}
    tiers = plan["tiers"]
    lean = tiers["lean"]["monthly_usd"] if isinstance(tiers, dict) else None
    return {
        "is_optimal": solution.is_optimal,
        "is_llm": is_llm(bench.situation.working),
        "patterns_considered": len(bench.catalogue.patterns),
        "gated": gated,
        "points": {name: problem.scores[name].points for name in solution.patterns},
        "demands": [need.why for need in problem.needs if need.weight is None],
        "open_wishes": [need.why for need in open_demands(problem, solution.patterns)],
        "derived": dict(bench.situation.derived),
        "cheapest_feasible_usd": lean,
        "objections_taken": [dict(one) for one in taken],
        "objections_set_aside": [dict(one) for one in set_aside],
        "injection": bool(findings.get("injection")),
    }
