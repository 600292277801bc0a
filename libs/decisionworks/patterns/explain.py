"""Why each pattern is in a plan: the need it meets, what decided, and the best alternative turned down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.costs import PatternCost
from decisionworks.patterns.model import Json, Need, Pattern, PatternCatalogue, Problem, ways_to_meet


def explain_patterns(
    chosen: Sequence[str],
    *,
    problem: Problem,
    catalogue: PatternCatalogue,
    costs: Mapping[str, PatternCost],
    paid: Mapping[str, float],
) -> list[Json]:
    """A row for each chosen pattern, in the order given, with what it is `paid` in this plan (USD a month)."""
    return [_row(catalogue.by_id[name], chosen, problem, catalogue, costs, usd=paid.get(name, 0.0)) for name in chosen]


def solo_usd(cost: PatternCost) -> float:
    """What a pattern costs when it alone pays for what it could share."""
    return cost.own_usd + sum(cost.shared.values())


def _row(
    pattern: Pattern,
    chosen: Sequence[str],
    problem: Problem,
    catalogue: PatternCatalogue,
    costs: Mapping[str, PatternCost],
    *,
    usd: float,
) -> Json:
    return {
        "id": pattern.id,
        "capability": pattern.capability,
        "name": pattern.name,
        "reason": _reason(pattern, chosen, problem, catalogue, usd),
        "score": problem.scores[pattern.id].points,
        "runner_up": _runner_up(pattern, chosen, problem, catalogue, costs),
        "requires": list(pattern.requires),
        "monthly_usd": round(usd, 2),
        "burden": pattern.burden,
        "latency_floor_ms": pattern.envelope.latency_p95_ms_floor,
        "retired_services": list(pattern.retired_services),
        "aws_services": list(pattern.aws_services),
        "open_source_alternative": pattern.open_source_alternative,
    }


def _reason(
    pattern: Pattern,
    chosen: Sequence[str],
    problem: Problem,
    catalogue: PatternCatalogue,
    usd: float,
) -> str:
    parts = []
    needs = _needs_of(pattern.id, problem)
    if needs:
        parts.append("; ".join(dict.fromkeys(need.why for need in needs)))
    askers = [name for name in chosen if name != pattern.id and pattern.id in catalogue.by_id[name].requires]
    if askers:
        parts.append(f"required by {', '.join(askers)}")
    because = problem.scores[pattern.id].because
    if because:
        parts.append("fits " + "; ".join(because))
    if not parts:
        parts.append(_asked_by_capability(pattern, chosen, catalogue) or "fits the request")
    return ". ".join(parts) + f". About {usd:,.2f} USD a month."


def _needs_of(name: str, problem: Problem) -> list[Need]:
    return [need for need in problem.needs if name in need.any_of]


def _asked_by_capability(pattern: Pattern, chosen: Sequence[str], catalogue: PatternCatalogue) -> str | None:
    askers = [
        name
        for name in chosen
        for required in catalogue.by_id[name].requires
        if required.startswith(("any:", "cap:")) and pattern.id in ways_to_meet(required, catalogue=catalogue)
    ]
    return f"{pattern.capability} is required by {', '.join(askers)}" if askers else None


def _alternatives(pattern: Pattern, chosen: Sequence[str], problem: Problem, catalogue: PatternCatalogue) -> list[str]:
    names = [name for slot in problem.slots if pattern.id in slot for name in slot]
    for need in _needs_of(pattern.id, problem):
        names += need.any_of
    if not names:
        names = [other.id for other in catalogue.patterns if other.capability == pattern.capability]
    names += pattern.conflicts
    return [name for name in dict.fromkeys(names) if name not in chosen]


def _runner_up(
    pattern: Pattern,
    chosen: Sequence[str],
    problem: Problem,
    catalogue: PatternCatalogue,
    costs: Mapping[str, PatternCost],
) -> Json | None:
    names = _alternatives(pattern, chosen, problem, catalogue)
    if not names:
        return None

    def rank(name: str) -> tuple[bool, bool, int, int, float, str]:
        banned = any(ban.pattern == name for ban in problem.bans)
        points = problem.scores[name].points
        return banned, bool(problem.gates[name]), -points, catalogue.by_id[name].burden, solo_usd(costs[name]), name

    best = min(names, key=rank)
    return {
        "id": best,
        "why_not": _why_not(best, pattern, problem, catalogue, costs),
        "points": problem.scores[best].points,
        "monthly_usd": round(solo_usd(costs[best]), 2),
    }


def _why_not(
    name: str, chosen: Pattern, problem: Problem, catalogue: PatternCatalogue, costs: Mapping[str, PatternCost]
) -> str:
    if problem.gates[name]:
        return "; ".join(reason.text for reason in problem.gates[name])
    bans = [ban.why for ban in problem.bans if ban.pattern == name]
    if bans:
        return bans[0]
    parts = [f"{problem.scores[name].points} points against {problem.scores[chosen.id].points}"]
    if problem.scores[name].because:
        parts.append("its own: " + "; ".join(problem.scores[name].because))
    parts.append(f"{solo_usd(costs[name]):,.2f} USD a month against {solo_usd(costs[chosen.id]):,.2f}")
    parts.append(f"burden {catalogue.by_id[name].burden} against {chosen.burden}")
    missing = [one for one in catalogue.by_id[name].requires if not one.startswith(("any:", "cap:"))]
    if missing:
        parts.append(f"needs {', '.join(missing)}")
    return "; ".join(parts)
