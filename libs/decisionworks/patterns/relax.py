"""When nothing fits: which stated constraints contradict each other, and what would have to give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from decisionworks.patterns.model import Json, PatternCatalogue, Problem
from decisionworks.patterns.score import shown
from decisionworks.patterns.situation import is_llm
from decisionworks.patterns.solve import SOFT_BUDGET_FACTOR, budget_of
from decisionworks.projects.tell_values import in_words

# What gives way first in a draft: wishes, then promises, then money and people, law at the end.
GIVES_WAY: tuple[str, ...] = (
    "multi_region", "latency_p95_ms", "availability_slo_pct", "throughput_rps_peak", "stream_events_per_sec",
    "data_volume_gb", "training_compute", "labelling_needed", "existing_platform", "team_skills", "data_sources",
    "data_velocity", "model_type", "use_case_type", "explainability_required", "human_review_required",
    "llm_external_api_allowed", "budget_usd_month", "team_size", "data_residency", "data_sensitivity", "compliance",
    "inference_mode",
)  # fmt: skip
# One demand told by several fields: how soon which kind of model answers.
HOW_SOON = frozenset({"latency_p95_ms", "inference_mode", "model_type", "use_case_type"})
# How many people and how much money a second region takes is this catalogue's word, and no statement of the request.
TOO_FEW, TOO_LITTLE = frozenset({"multi_region", "team_size"}), frozenset({"multi_region", "budget_usd_month"})
# What nobody said outright contradicts nothing.
GUESSED_CHOICES = frozenset({"model_type", "use_case_type", "data_sources", "training_compute"})
# What a blocking rule asks for whatever the plan: a draft without it stays within the money and cannot be approved.
GUARDED = (frozenset({"human_review_required"}), frozenset({"data_sensitivity"}))
COUNTERPARTS = ("budget_usd_month", "team_size")
MAX_CONFLICTS = 6

IsFeasible = Callable[[frozenset[str]], bool]
Price = Callable[[frozenset[str]], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Minimal sets of constraints that cannot hold together, and the smallest drop that lets a draft be made."""

    conflicts: tuple[tuple[str, ...], ...]
    dropped: frozenset[str]
    # What is asked for can be had, at a price above the budget: rules of their own judge that.
    is_of_price: bool = False


def diagnose(problem: Problem, *, is_feasible: IsFeasible) -> Diagnosis | None:
    """Find minimal conflicting sets one after another, each time letting go of what gives way first.

    None when no dropping helps, which means that the catalogue itself is at odds.
    """
    known = [field for field in GIVES_WAY if field in problem.situation.known]
    if not is_feasible(frozenset(known)):
        return None
    conflicts: list[tuple[str, ...]] = []
    dropped: frozenset[str] = frozenset()
    while not is_feasible(dropped):
        core = _minimal_core([field for field in known if field not in dropped], known, is_feasible)
        conflicts.append(core)
        dropped |= {core[0]}
    conflicts += _second_cores(conflicts, known, is_feasible)
    return Diagnosis(conflicts=tuple(dict.fromkeys(conflicts))[:MAX_CONFLICTS], dropped=dropped)


def over_budget(diagnosis: Diagnosis, problem: Problem, *, price: Price, is_of_usage: Callable[[], bool]) -> Diagnosis:
    """A soft budget gives way, and a hard one that only the amount of use goes over: the draft is what was asked for.

    Where it falls short of what a blocking rule asks for anyway, the budget stands, and the rule refuses the draft.

    Units: `price` is what a draft without some constraints costs, in United States dollars a month. `is_of_usage` says
    whether less use would fit the budget.
    """
    budget, is_hard = budget_of(problem)
    if budget is None:
        return diagnosis
    guarded = _guarded(diagnosis.conflicts)
    if guarded and not is_hard and price(guarded) is not None:
        return replace(diagnosis, dropped=guarded, is_of_price=True)
    usd = price(frozenset({"budget_usd_month"}))
    if usd is None or usd <= budget * (1.0 if is_hard else SOFT_BUDGET_FACTOR) or (is_hard and not is_of_usage()):
        return diagnosis
    return replace(diagnosis, dropped=frozenset({"budget_usd_month"}), is_of_price=True)


def _guarded(conflicts: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """The guarded demand that is all the money falls short of; empty where it is something else or more."""
    if len(conflicts) != 1 or "budget_usd_month" not in conflicts[0]:
        return frozenset()
    rest = frozenset(conflicts[0]) - {"budget_usd_month"}
    return rest if rest in GUARDED else frozenset()


def is_contradiction(conflict: Mapping[str, object]) -> bool:
    """Whether a conflict is one of statements, and not a price above a soft budget or a time that nothing reaches."""
    return conflict.get("is_contradiction") is not False


def _excludes(core: Sequence[str], *, problem: Problem, is_of_price: bool) -> bool:
    """What nothing reaches, a price above the budget and too little for two regions have rules of their own."""
    if is_of_price or frozenset(core) == TOO_FEW:
        return False
    if frozenset(core) == TOO_LITTLE and problem.situation.known.get("budget_hardness") != "hard":
        return False
    if {"latency_p95_ms", "inference_mode"} <= set(core) <= HOW_SOON:
        # The words tell whether somebody waits for a run; what is merely out of reach has a rule of its own.
        return False
    modes = problem.situation.known.get("inference_mode")
    is_awaited = isinstance(modes, list) and "real_time" in modes
    is_one_target = is_awaited and "latency_p95_ms" in core and set(core) <= HOW_SOON
    return not is_one_target or is_llm(problem.situation.working)


def _minimal_core(candidates: Sequence[str], known: Sequence[str], is_feasible: IsFeasible) -> tuple[str, ...]:
    """Shrink a conflicting set until every member is needed; what gives way last is tried out first."""
    core = list(candidates)
    for field in reversed(candidates):
        kept = [one for one in core if one != field]
        if not is_feasible(frozenset(known) - frozenset(kept)):
            core = kept
    return tuple(core)


def _second_cores(
    conflicts: Sequence[tuple[str, ...]], known: Sequence[str], is_feasible: IsFeasible
) -> list[tuple[str, ...]]:
    """For each wish that fails, further counterparts that forbid it too: 50 USD a month and a single person both do."""
    wishes = {core[0] for core in conflicts}
    more = []
    for core in conflicts:
        for counterpart in (field for field in core[1:] if field in COUNTERPARTS):
            left = [field for field in known if field != counterpart and (field == core[0] or field not in wishes)]
            if not is_feasible(frozenset(known) - frozenset(left)):
                more.append(_minimal_core(left, known, is_feasible))
    return more


def smallest_drops(
    conflicts: Sequence[tuple[str, ...]], *, first: frozenset[str], is_feasible: IsFeasible
) -> list[frozenset[str]]:
    """Sets of constraints whose release makes a plan possible, none containing another; `first` leads."""
    involved = sorted({field for core in conflicts for field in core}, key=GIVES_WAY.index)
    found = [first]
    for size in range(1, min(4, len(involved)) + 1):
        for combination in combinations(reversed(involved), size):
            candidate = frozenset(combination)
            if any(one <= candidate for one in found):
                continue
            if is_feasible(candidate):
                found.append(candidate)
    return found


def describe_conflict(
    core: Sequence[str],
    *,
    problem: Problem,
    constraints: Mapping[str, object],
    money: str | None,
    is_of_price: bool,
) -> Json:
    """One conflict in the user's words and in numbers; `money` tells what the cheapest plan costs, where known."""
    known = problem.situation.known
    values = " and ".join(f"{field} = {shown(known[field])}" for field in core)
    spans = [span for field in core if (span := _span(constraints.get(field))) is not None]
    told = [f"{values} cannot {'all ' if len(core) > 2 else 'both ' if len(core) == 2 else ''}hold."]
    starved = starved_need(core, problem=problem)
    if starved is not None:
        told.append(starved)
    if money is not None and "budget_usd_month" in core:
        told.append(money)
    if len(told) == 1:
        demanded = dict.fromkeys(need.any_of[0] for need in problem.needs if need.weight is None and need.fields)
        told.append(f"Together they leave no room for what was asked: {', '.join(demanded)}.")
    is_guessed = any(_is_inferred(constraints.get(field)) for field in core if field in GUESSED_CHOICES)
    excludes = not is_guessed and _excludes(core, problem=problem, is_of_price=is_of_price)
    return {"fields": list(core), "spans": spans, "why": in_words(" ".join(told), known), "is_contradiction": excludes}


def starved_need(core: Sequence[str], *, problem: Problem) -> str | None:
    """The demand that no pattern can meet under these constraints, with what closes each way."""
    for need in problem.needs:
        if need.weight is not None or (need.fields and not set(need.fields) & set(core)):
            # What another wish demands is no ground of this conflict.
            continue
        why = {name: _blocked(name, core, problem) for name in need.any_of}
        if all(why.values()):
            if not need.any_of:
                return f"{need.why[0].upper()}{need.why[1:]}."
            told = [f"{name}: {text}" for name, text in why.items() if text]
            ways = "; ".join(told[:4] + ([f"and {len(told) - 4} more"] if len(told) > 4 else []))
            return f"{need.why[0].upper()}{need.why[1:]}, and each way is closed ({ways})."
    return None


def _blocked(name: str, core: Sequence[str], problem: Problem) -> str | None:
    for reason in problem.gates[name]:
        if reason.field in core:
            return reason.text
    for ban in problem.bans:
        if ban.pattern == name:
            return ban.why
    return None


def _is_inferred(entry: object) -> bool:
    return isinstance(entry, Mapping) and entry.get("state") == "inferred"


def _span(entry: object) -> object | None:
    return entry.get("span") if isinstance(entry, Mapping) else None


def changes_for(
    dropped: frozenset[str], patterns: Sequence[str], *, usd: float, latency_ms: float | None, problem: Problem,
    catalogue: PatternCatalogue,
) -> dict[str, object]:  # fmt: skip
    """The constraint values under which a choice made without some constraints is allowed again."""
    limits = [catalogue.by_id[name].envelope for name in patterns]
    changes: dict[str, object] = {}
    for field in sorted(dropped, key=GIVES_WAY.index):
        if field == "latency_p95_ms":
            changes[field] = int(latency_ms) if latency_ms is not None and latency_ms.is_integer() else latency_ms
        elif field == "budget_usd_month":
            floor = max([usd * 1.05, *(limit.budget_usd_month_min for limit in limits)])
            changes[field] = int(-(-floor // 10) * 10)
        elif field == "team_size":
            changes[field] = max(limit.team_size_min for limit in limits)
        elif field in ("throughput_rps_peak", "stream_events_per_sec"):
            changes[field] = min((limit.rps_peak_max for limit in limits if limit.rps_peak_max), default=None)
        elif field == "data_volume_gb":
            changes[field] = min(
                (limit.data_volume_gb_max for limit in limits if limit.data_volume_gb_max), default=None
            )
        elif isinstance(problem.situation.known.get(field), bool):
            changes[field] = not problem.situation.known[field]
        else:
            changes[field] = None
    return changes
