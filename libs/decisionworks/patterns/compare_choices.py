"""What decided between a chosen pattern and the best one turned down, in words.

The weights are those of the recommended plan, so that what is named first is what counted most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.costs import PatternCost
from decisionworks.patterns.bench import RECOMMENDED
from decisionworks.patterns.model import Need, PatternCatalogue, Problem
from decisionworks.patterns.solve import LEAST_BUDGET, USUAL_BUDGET, budget_of
from decisionworks.projects.tell_values import in_words, joined, tell_value, write_value

# Below this two prices are the same one. Units: United States dollars a month.
LEAST_USD = 0.5
# The load that the price of a capability follows; the first that is known is named beside a saving.
LOADS: Mapping[str, tuple[str, ...]] = {
    "serving": (
        "throughput_rps_avg", "throughput_rps_peak", "llm_requests_per_day", "stream_events_per_sec",
        "batch_records_per_run", "audio_hours_month",
    ),
    "ingestion": ("stream_events_per_sec",),
    "vector_store": ("corpus_documents",),
    "feature_store": ("throughput_rps_avg", "throughput_rps_peak"),
    "processing": ("stream_events_per_sec", "data_volume_gb"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What decided: its kind, the fields behind it, why the chosen one won and why the other did not."""

    kind: str
    fields: tuple[str, ...]
    why: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """One difference in favour of the chosen pattern. Units: `weight` in points of the objective."""

    kind: str
    weight: float
    why: str
    why_not: str
    fields: tuple[str, ...] = ()


def solo_usd(cost: PatternCost) -> float:
    """What a pattern costs when it alone pays for what it could share."""
    return cost.own_usd + sum(cost.shared.values())


def decide(
    chosen: str,
    other: str,
    *,
    problem: Problem,
    catalogue: PatternCatalogue,
    costs: Mapping[str, PatternCost],
    plan: Sequence[str],
) -> Decided:
    """Tell what decided between two patterns of one choice, of which one is in the `plan`.

    Units: money in United States dollars a month.
    """
    name, values = catalogue.by_id[other].name, problem.situation.working
    closed = _closed(other, problem)
    if closed is not None:
        kind, fields, text = closed
        told = in_words(text, values)
        return Decided(kind=kind, fields=fields, why=f"{name} is out: {told}", why_not=told)
    difference = solo_usd(costs[other]) - solo_usd(costs[chosen])
    grounds = _points(chosen, other, problem) + _burden(chosen, other, catalogue, values)
    left_open = _left_open(chosen, other, plan, problem, catalogue)
    if difference >= LEAST_USD:
        grounds.append(_cheaper(difference, chosen, problem, catalogue))
    grounds = _objected(chosen, problem) + left_open + sorted(grounds, key=lambda one: -one.weight)
    if not grounds:
        return _by_a_hair(name, difference)
    price = f", for {-difference:,.2f} USD a month more" if difference <= -LEAST_USD else ""
    return Decided(
        kind=grounds[0].kind,
        fields=tuple(dict.fromkeys(field for one in grounds for field in one.fields)),
        why=f"Against {name}: {', '.join(one.why for one in grounds)}{price}",
        why_not=f"{', '.join(one.why_not for one in grounds)}"
        + (f"; it would save {-difference:,.2f} USD a month" if price else ""),
    )


def _closed(name: str, problem: Problem) -> tuple[str, tuple[str, ...], str] | None:
    """What rules a pattern out, if anything does."""
    if problem.gates[name]:
        reasons = problem.gates[name]
        return "limit", tuple(one.field for one in reasons), "; ".join(one.text for one in reasons)
    if {"exclude": name} in [dict(one) for one in problem.objections]:
        return "review", (), "a finding of the technical review speaks against it"
    ban = next((ban for ban in problem.bans if ban.pattern == name), None)
    return None if ban is None else ("excluded", ban.fields, ban.why)


def _objected(chosen: str, problem: Problem) -> list[_Ground]:
    """A finding of a reviewer that the planner took up."""
    if {"require": chosen} not in [dict(one) for one in problem.objections]:
        return []
    why, why_not = (
        "a finding of the technical review asks for it",
        "a finding of the technical review speaks against it",
    )
    return [_Ground(kind="review", weight=0.0, why=why, why_not=why_not)]


def _points(chosen: str, other: str, problem: Problem) -> list[_Ground]:
    """What speaks for the one and against the other among the written rules; what both share decides nothing."""
    mine, theirs = (dict(problem.scores[name].rules) for name in (chosen, other))
    working = problem.situation.working
    liked: list[tuple[tuple[str, ...], int]] = []
    disliked: list[tuple[tuple[str, ...], int]] = []
    for fields in dict.fromkeys((*mine, *theirs)):
        gain = mine.get(fields, 0) - theirs.get(fields, 0)
        if gain > 0:
            (liked if mine.get(fields, 0) > 0 else disliked).append((fields, gain))
    grounds = []
    for rules, why, why_not in (
        (liked, "made for {0}", "less suited to {0}"),
        (disliked, "the other suits {0} badly", "a bad match for {0}"),
    ):
        if rules:
            rules.sort(key=lambda one: -one[1])
            fields = tuple(dict.fromkeys(field for named, _ in rules for field in named))
            told = joined([tell_value(field, working.get(field)) for field in fields])
            weight = float(sum(points for _, points in rules))
            grounds.append(
                _Ground(kind="fit", weight=weight, why=why.format(told), why_not=why_not.format(told), fields=fields)
            )
    return grounds


def _burden(chosen: str, other: str, catalogue: PatternCatalogue, values: Mapping[str, object]) -> list[_Ground]:
    more = catalogue.by_id[other].burden - catalogue.by_id[chosen].burden
    if more <= 0:
        return []
    team = values.get("team_size")
    who = f" for {tell_value('team_size', team)}" if isinstance(team, int | float) and team else ""
    much = "far less" if more >= 2 else "less"
    return [
        _Ground(
            kind="burden",
            weight=RECOMMENDED.burden * more,
            why=f"{much} to run{who}",
            why_not=f"{much.replace('less', 'more')} to run{who}",
            fields=("team_size",) if who else (),
        )
    ]


def _cheaper(difference: float, chosen: str, problem: Problem, catalogue: PatternCatalogue) -> _Ground:
    budget, _ = budget_of(problem)
    reference = USUAL_BUDGET if budget is None else max(budget, LEAST_BUDGET)
    known = problem.situation.known
    loads = LOADS.get(catalogue.by_id[chosen].capability, ())
    load = next((field for field in loads if isinstance(known.get(field), int | float)), None)
    at = f" at {tell_value(load, known[load])}" if load else ""
    return _Ground(
        kind="cost",
        weight=RECOMMENDED.cost * difference / reference,
        why=f"{difference:,.2f} USD a month cheaper{at}",
        why_not=f"{difference:,.2f} USD a month dearer{at}",
        fields=(load,) if load and at else (),
    )


def _left_open(
    chosen: str, other: str, plan: Sequence[str], problem: Problem, catalogue: PatternCatalogue
) -> list[_Ground]:
    """What the plan would miss with the other in its place: a part that needs the chosen one, or a need."""
    rest = [name for name in plan if name != chosen]
    askers = [name for name in rest if chosen in catalogue.by_id[name].requires]
    if askers:
        who = catalogue.by_id[askers[0]].name
        text = f"{who} needs {catalogue.by_id[chosen].name}"
        return [_Ground(kind="required", weight=0.0, why=f"{who} needs it", why_not=text)]
    missed: list[Need] = [
        need for need in problem.needs if chosen in need.any_of and not {other, *rest} & set(need.any_of)
    ]
    grounds = []
    for need in missed[:2]:
        told = in_words(need.why, problem.situation.working)
        grounds.append(
            _Ground(
                kind="need",
                weight=float(need.weight or 100),
                why=f"it alone covers this: {told}",
                why_not=f"it leaves open: {told}",
                fields=need.fields,
            )
        )
    return grounds


def _by_a_hair(name: str, difference: float) -> Decided:
    """Nothing that speaks for it alone: the two are equal, or the plan as a whole is better with this one."""
    if abs(difference) < LEAST_USD:
        text = f"{name} does the same at the same price"
        return Decided(
            kind="tie", fields=(), why=f"{text}; either would do", why_not="equal on every count; either would do"
        )
    saving = write_value(round(-difference, 2))
    return Decided(
        kind="whole",
        fields=(),
        why=f"{name} alone would be {saving} USD a month cheaper, but the plan as a whole is better with this one",
        why_not=f"alone {saving} USD a month cheaper, but the plan as a whole is better without it",
    )
