"""The plan for a request: chosen by the solver, explained by the facts, or refused with what would have to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from decisionworks.costs import PriceBook
from decisionworks.patterns.assumptions import list_assumptions
from decisionworks.patterns.bench import LEAN, RECOMMENDED, Bench, expected_usd, set_up
from decisionworks.patterns.both_ways import plan_both_ways, with_words
from decisionworks.patterns.errors import InvalidObjection, NoPlanAtAll
from decisionworks.patterns.exit_points import list_exit_points
from decisionworks.patterns.explain import explain_patterns, rule_facts
from decisionworks.patterns.layers import draw, reading_order, wire
from decisionworks.patterns.model import Composition, Json, PatternCatalogue, Situation, Weights
from decisionworks.patterns.next_steps import list_next_steps
from decisionworks.patterns.relax import Diagnosis, diagnose, is_contradiction, over_budget
from decisionworks.patterns.second_look import price_assumptions
from decisionworks.patterns.situation import is_llm, read_situation
from decisionworks.patterns.solve import Solution, open_demands
from decisionworks.patterns.spend import tell_budget
from decisionworks.patterns.thresholds import find_thresholds
from decisionworks.patterns.turning_points import find_turning_points
from decisionworks.patterns.values import items_of
from decisionworks.patterns.ways_out import explain_infeasibility, is_of_usage, quickest
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.tell_values import in_words

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
    return finish_plan(
        choose(constraints, findings=findings, objections=objections, catalogue=catalogue, prices=prices)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The parts of a plan with their price, before anything is explained or tried otherwise."""

    bench: Bench
    solution: Solution
    cost_estimate: Json
    constraints: Mapping[str, object]
    findings: Mapping[str, object]
    diagnosis: Diagnosis | None
    taken: Sequence[Mapping[str, str]]
    set_aside: Sequence[Mapping[str, str]]

    @property
    def parts(self) -> Json:
        """The plan as far as reviewers and rules read it."""
        by_id = self.bench.catalogue.by_id
        order = reading_order(self.solution.patterns, catalogue=self.bench.catalogue)
        return {"patterns": [rule_facts(by_id[name]) for name in order]}

    @property
    def has_plan(self) -> bool:
        """Whether all that was asked is met."""
        return self.diagnosis is None


def choose(
    constraints: Mapping[str, object],
    *,
    findings: Mapping[str, object],
    objections: Sequence[Mapping[str, str]] = (),
    catalogue: PatternCatalogue,
    prices: PriceBook,
) -> Chosen:
    """The choice of `compose_plan` alone, for whoever wants to object before it is explained."""
    situation = read_situation(constraints)
    _check_objections(objections, catalogue)
    bench, taken, set_aside = _bench_with(situation, objections, catalogue=catalogue, prices=prices)
    solution, diagnosis = bench.solve(RECOMMENDED), None
    if solution is None:
        solution, diagnosis = _nearest(bench)
    return Chosen(
        bench=bench,
        solution=solution,
        cost_estimate=bench.estimate(solution.patterns),
        constraints=constraints,
        findings=findings,
        diagnosis=diagnosis,
        taken=taken,
        set_aside=set_aside,
    )


def _nearest(bench: Bench) -> tuple[Solution, Diagnosis]:
    """What comes nearest where nothing fits, and what had to be let go for it."""
    diagnosis = diagnose(bench.problem, is_feasible=bench.is_feasible)
    if diagnosis is None:
        raise NoPlanAtAll("no set of patterns fits together, whatever gives way")
    diagnosis = over_budget(
        diagnosis, bench.problem, price=bench.price_without, is_of_usage=partial(is_of_usage, bench)
    )
    # The draft of a time that nothing reaches is what comes nearest to it.
    solution = quickest(bench) if diagnosis.dropped == {"latency_p95_ms"} else None
    solution = solution or bench.solve(RECOMMENDED, dropped=diagnosis.dropped)
    if solution is None:
        raise NoPlanAtAll("a drop that was found possible could not be solved")
    return solution, diagnosis


def finish_plan(chosen: Chosen) -> Composition:
    """Explain a choice, try what would change it, and tell what cannot hold together with its ways out."""
    bench, diagnosis = chosen.bench, chosen.diagnosis
    infeasibility = None if diagnosis is None else explain_infeasibility(bench, diagnosis, chosen.constraints)
    plan = _plan(chosen, infeasibility=infeasibility)
    infeasibility = with_words(infeasibility, plan_both_ways(bench, chosen.findings))
    trace = _trace(chosen, plan)
    return Composition(plan=plan, infeasibility=infeasibility, cost_estimate=chosen.cost_estimate, trace=trace)


def _check_objections(objections: Sequence[Mapping[str, str]], catalogue: PatternCatalogue) -> None:
    for objection in objections:
        names = [objection[key] for key in ("require", "exclude") if key in objection]
        if len(names) != 1 or names[0] not in catalogue.by_id:
            raise InvalidObjection(f"an objection requires or excludes one known pattern, found {dict(objection)!r}")


def _bench_with(
    situation: Situation,
    objections: Sequence[Mapping[str, str]],
    *,
    catalogue: PatternCatalogue,
    prices: PriceBook,
) -> tuple[Bench, list[Mapping[str, str]], list[Mapping[str, str]]]:
    """The problem with each objection that leaves a plan possible, in order; the rest is set aside."""
    bench = set_up(situation, catalogue=catalogue, prices=prices)
    taken: list[Mapping[str, str]] = []
    set_aside: list[Mapping[str, str]] = []
    for objection in objections:
        tried = set_up(situation, objections=[*taken, objection], catalogue=catalogue, prices=prices)
        if tried.is_feasible():
            taken.append(objection)
            bench = tried
        else:
            set_aside.append(objection)
    return bench, taken, set_aside


def _plan(chosen: Chosen, *, infeasibility: Json | None) -> Json:
    bench, cost = chosen.bench, chosen.cost_estimate
    dropped = frozenset[str]() if chosen.diagnosis is None else chosen.diagnosis.dropped
    order = reading_order(chosen.solution.patterns, catalogue=bench.catalogue)
    edges = wire(order, catalogue=bench.catalogue)
    second = bench.situation.second_region if "dr-multi-region" in order else None
    rows = explain_patterns(
        order, problem=bench.problem, catalogue=bench.catalogue, costs=bench.costs, paid=_usd_by_pattern(cost)
    )
    conflicts = infeasibility["conflicts"] if infeasibility else []
    assumed = list_assumptions(bench.problem, order, cost, catalogue=bench.catalogue)
    limits = find_thresholds(order, problem=bench.problem, catalogue=bench.catalogue, prices=bench.prices)
    if infeasibility is None:
        # A draft of what nobody asked for is not compared with others.
        weights = {field.name: field.weight for field in load_constraint_catalogue().fields}
        usd = expected_usd(cost)
        assumed = price_assumptions(bench, assumed, patterns=order, usd=usd, weights=weights)
        limits = [*find_turning_points(bench, order), *limits]
    tiers = _tiers(bench, order, cost, dropped)
    return {
        "patterns": rows,
        "edges": edges,
        "diagram": draw(order, edges, catalogue=bench.catalogue),
        "assumptions": assumed,
        "tiers": tiers,
        "open_wishes": [in_words(need.why, bench.situation.working) for need in open_demands(bench.problem, order)],
        "budget": tell_budget(bench, chosen.constraints, rows=rows, usd=expected_usd(cost), tiers=tiers),
        "thresholds": limits,
        "exit_points": list_exit_points(rows, limits),
        "next_steps": list_next_steps(order, problem=bench.problem, catalogue=bench.catalogue),
        "regions": [bench.situation.region, *([second] if second else [])],
        "is_draft": infeasibility is not None,
        "relaxed_fields": sorted(dropped),
        "contradiction_count": sum(is_contradiction(one) for one in conflicts) if isinstance(conflicts, list) else 0,
    }


def _usd_by_pattern(cost: Json) -> dict[str, float]:
    """What the lines of the estimate come to for each pattern; what several share is paid by one of them."""
    paid: dict[str, float] = {}
    items = cost["items"]
    for item in items if isinstance(items, list) else []:
        name = str(item["pattern"])
        paid[name] = paid.get(name, 0.0) + float(item["usd"])
    return paid


def _tiers(bench: Bench, recommended: Sequence[str], cost: Json, dropped: frozenset[str]) -> Json:
    tiers: Json = {}
    middle = expected_usd(cost)
    for name, weights in (("lean", LEAN), ("recommended", None), ("robust", _robust(bench))):
        if weights is None:
            open_wishes = [
                in_words(need.why, bench.situation.working) for need in open_demands(bench.problem, recommended)
            ]
            why = "the best balance of fit, cost and work to run it"
            tiers[name] = {
                "patterns": list(recommended),
                "monthly_usd": middle,
                "why": f"{why}; open: {'; '.join(open_wishes)}" if open_wishes else f"{why}; no wish left open",
            }
            continue
        found = bench.solve(weights, dropped=dropped)
        chosen = reading_order(found.patterns, catalogue=bench.catalogue) if found else list(recommended)
        usd = bench.usd(chosen)
        tiers[name] = {
            "patterns": chosen,
            "monthly_usd": usd,
            "why": _tier_why(bench, recommended, chosen, usd - middle, cost),
        }
    return tiers


def _robust(bench: Bench) -> Weights:
    """What makes a plan robust; a door is guarded only where somebody comes in."""
    modes = items_of(bench.situation.working, "inference_mode")
    has_callers = any(mode in modes for mode in ("real_time", "async")) or is_llm(bench.situation.working)
    extras = {name: points for name, points in ROBUST_EXTRAS.items() if has_callers or name != "sec-api-auth-waf"}
    return replace(ROBUST, extras=extras)


def _tier_why(bench: Bench, recommended: Sequence[str], chosen: Sequence[str], usd: float, cost: Json) -> str:
    by_id, paid = bench.catalogue.by_id, _usd_by_pattern(cost)
    added = [by_id[name].name for name in chosen if name not in recommended]
    gone = [f"{by_id[name].name} ({paid.get(name, 0.0):,.2f})" for name in recommended if name not in chosen]
    if not added and not gone:
        return "the same plan: nothing more to save or to add within the constraints"
    parts = [f"{usd:+,.2f} USD a month against the recommended plan"]
    parts += [f"without {', '.join(gone)}"] if gone else []
    parts += [f"with {', '.join(added)}"] if added else []
    return "; ".join(parts)


def _trace(chosen: Chosen, plan: Json) -> Json:
    """What a reason card says about this run."""
    bench, solution, problem = chosen.bench, chosen.solution, chosen.bench.problem
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
        "objections_taken": [dict(one) for one in chosen.taken],
        "objections_set_aside": [dict(one) for one in chosen.set_aside],
        "injection": bool(chosen.findings.get("injection")),
    }
