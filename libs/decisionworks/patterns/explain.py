"""Why each pattern is in a plan: the need it meets, what decided, and the best alternative turned down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.costs import PatternCost
from decisionworks.patterns.compare_choices import decide, solo_usd
from decisionworks.patterns.model import Json, Need, Pattern, PatternCatalogue, Problem, ways_to_meet
from decisionworks.projects.tell_values import as_sentence, in_words, joined, tell_value

__all__ = ["explain_patterns", "rule_facts", "solo_usd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A choice with everything that explains it. Units: `paid` is USD a month in this plan."""

    chosen: Sequence[str]
    problem: Problem
    catalogue: PatternCatalogue
    costs: Mapping[str, PatternCost]
    paid: Mapping[str, float]


def explain_patterns(
    chosen: Sequence[str],
    *,
    problem: Problem,
    catalogue: PatternCatalogue,
    costs: Mapping[str, PatternCost],
    paid: Mapping[str, float],
) -> list[Json]:
    """A row for each chosen pattern, in the order given, with what it is `paid` in this plan (USD a month)."""
    choice = _Choice(chosen=chosen, problem=problem, catalogue=catalogue, costs=costs, paid=paid)
    return [_row(catalogue.by_id[name], choice) for name in chosen]


def rule_facts(pattern: Pattern) -> Json:
    """What rules read of a part."""
    return {
        "id": pattern.id,
        "capability": pattern.capability,
        "burden": pattern.burden,
        "latency_floor_ms": pattern.envelope.latency_p95_ms_floor,
        "retired_services": list(pattern.retired_services),
    }


def _row(pattern: Pattern, choice: _Choice) -> Json:
    score = choice.problem.scores[pattern.id]
    runner_up, decided_by = _runner_up(pattern, choice)
    told = _needed(pattern, choice)
    if decided_by is not None:
        told += f" {as_sentence(str(decided_by['text']))}"
    return rule_facts(pattern) | {
        "name": pattern.name,
        "reason": told,
        "decided_by": decided_by,
        "score": score.points,
        "points": list(score.because),
        "runner_up": runner_up,
        "requires": list(pattern.requires),
        "monthly_usd": round(choice.paid.get(pattern.id, 0.0), 2),
        "aws_services": list(pattern.aws_services),
        "resources": list(pattern.terraform_resources),
        "open_source_alternative": pattern.open_source_alternative,
    }


def _needed(pattern: Pattern, choice: _Choice) -> str:
    """What asks for it: the needs that it meets, else the parts that it serves, else what it suits."""
    values = choice.problem.situation.working
    whys = dict.fromkeys(need.why for need in _needs_of(pattern.id, choice.problem))
    told = [as_sentence(in_words(why, values)) for why in whys]
    askers = [name for name in choice.chosen if pattern.id in choice.catalogue.by_id[name].requires]
    askers += _asking_by_capability(pattern, choice)
    if askers and not told:
        told.append(f"Needed by {_names(askers, choice)}.")
    if not told:
        fields = [one for named, points in choice.problem.scores[pattern.id].rules if points > 0 for one in named]
        fits = " and ".join(dict.fromkeys(tell_value(field, values.get(field)) for field in fields))
        told.append(f"Suits {fits}." if fits else "Fits the request.")
    return " ".join(told)


def _names(patterns: Sequence[str], choice: _Choice) -> str:
    return joined([choice.catalogue.by_id[name].name for name in dict.fromkeys(patterns)])


def _needs_of(name: str, problem: Problem) -> list[Need]:
    return [need for need in problem.needs if name in need.any_of]


def _asking_by_capability(pattern: Pattern, choice: _Choice) -> list[str]:
    return [
        name
        for name in choice.chosen
        for required in choice.catalogue.by_id[name].requires
        if required.startswith(("any:", "cap:")) and pattern.id in ways_to_meet(required, catalogue=choice.catalogue)
    ]


def _alternatives(pattern: Pattern, choice: _Choice) -> list[str]:
    problem = choice.problem
    names = [name for slot in problem.slots if pattern.id in slot for name in slot]
    for need in _needs_of(pattern.id, problem):
        names += need.any_of
    if not names:
        names = [other.id for other in choice.catalogue.patterns if other.capability == pattern.capability]
    names += pattern.conflicts
    return [name for name in dict.fromkeys(names) if name not in choice.chosen]


def _runner_up(pattern: Pattern, choice: _Choice) -> tuple[Json | None, Json | None]:
    """The best alternative, and what decided between the two."""
    names = _alternatives(pattern, choice)
    if not names:
        return None, None
    problem, catalogue, costs = choice.problem, choice.catalogue, choice.costs

    def rank(name: str) -> tuple[bool, bool, int, int, float, str]:
        banned = any(ban.pattern == name for ban in problem.bans)
        points = problem.scores[name].points
        return banned, bool(problem.gates[name]), -points, catalogue.by_id[name].burden, solo_usd(costs[name]), name

    best = min(names, key=rank)
    decided = decide(pattern.id, best, plan=choice.chosen, problem=problem, catalogue=catalogue, costs=costs)
    runner_up: Json = {
        "id": best,
        "name": catalogue.by_id[best].name,
        "why_not": as_sentence(decided.why_not),
        "points": problem.scores[best].points,
        "points_of": list(problem.scores[best].because),
        "monthly_usd": round(solo_usd(costs[best]), 2),
        "chosen_monthly_usd": round(solo_usd(costs[pattern.id]), 2),
        "burden": catalogue.by_id[best].burden,
    }
    return runner_up, {"kind": decided.kind, "fields": list(decided.fields), "text": decided.why}
