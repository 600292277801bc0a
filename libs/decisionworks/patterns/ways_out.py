"""What would have to give when nothing fits: two or three ways out, each solved again under its changes and priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from decisionworks.patterns.bench import LEAN, RECOMMENDED, Bench, set_up
from decisionworks.patterns.explain import solo_usd
from decisionworks.patterns.model import Json
from decisionworks.patterns.pose_problem import is_off_path
from decisionworks.patterns.relax import (
    GUARDED,
    Diagnosis,
    changes_for,
    describe_conflict,
    smallest_drops,
    starved_need,
)
from decisionworks.patterns.situation import is_llm, situation_of
from decisionworks.patterns.solve import Solution
from decisionworks.projects.tell_values import name_field, tell_value

MOST_WAYS = 3
# What people look for first in a way out: is it still there?
KEPT = ("budget_usd_month", "latency_p95_ms", "multi_region", "team_size")
# Usage that can be asked for in a smaller size; the largest share that fits is offered.
USAGE = (
    "throughput_rps_avg", "throughput_rps_peak", "stream_events_per_sec", "llm_requests_per_day",
    "batch_records_per_run", "data_volume_gb", "tenants", "edge_devices", "audio_hours_month", "llm_tokens_in",
)  # fmt: skip
SHARES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002)
COSTLY_WISHES = ("human_review_required", "labelling_needed", "explainability_required")
ONLINE = ("real_time", "streaming")
BUDGET_ROUNDS = 4
# Values that can be asked for: leaving a limit out would not take it back where the words of the request name it.
A_DAY_MS = 86_400_000


def explain_infeasibility(bench: Bench, diagnosis: Diagnosis, constraints: Mapping[str, object]) -> Json:
    """The conflicts in the user's words, and the ways out with what each costs."""
    is_about_money = any("budget_usd_month" in core for core in diagnosis.conflicts)
    drivers = _usage_behind(bench) if is_about_money else []
    conflicts: dict[tuple[str, ...], Json] = {}
    for core in diagnosis.conflicts:
        named = _core_in_usage(core, drivers, bench)
        if named not in conflicts:
            others = frozenset(one[0] for one in diagnosis.conflicts if one != core and one[0] not in core)
            money = _cheapest(bench, others) if "budget_usd_month" in core else None
            conflicts[named] = describe_conflict(
                named, problem=bench.problem, constraints=constraints, money=money, is_of_price=diagnosis.is_of_price
            )
    return {
        "conflicts": list(conflicts.values()),
        "relaxations": _ways_out(bench, diagnosis, drivers),
    }


def _core_in_usage(core: tuple[str, ...], drivers: Sequence[str], bench: Bench) -> tuple[str, ...]:
    """A conflict over money alone is about how much is used: name that usage instead of what is merely served."""
    if not drivers or "budget_usd_month" not in core or starved_need(core, problem=bench.problem):
        return core
    return (*drivers[:2], "budget_usd_month")


def _cheapest(bench: Bench, others: frozenset[str]) -> str | None:
    """What the cheapest plan would cost if money gave way, and `others`, which fail on something else."""
    rest = ""
    found = bench.solve(LEAN, dropped=frozenset({"budget_usd_month"}))
    if found is None and others:
        found = bench.solve(LEAN, dropped=others | {"budget_usd_month"})
        rest = f" but {', '.join(sorted(others))}"
    if found is None:
        return None
    dearest = sorted(found.patterns, key=lambda name: (-solo_usd(bench.costs[name]), name))[:3]
    parts = ", ".join(f"{name} {solo_usd(bench.costs[name]):,.2f}" for name in dearest)
    return (
        f"The cheapest plan that meets every demand{rest} costs {bench.usd(found.patterns):,.2f} USD a month ({parts})."
    )


def _usage_behind(bench: Bench) -> list[str]:
    """Stated usage that the budget fails on: with a hundredth of it a plan fits."""
    known = bench.situation.known
    stated = [field for field in USAGE if _is_number(known.get(field))]
    return [field for field in stated if with_changes(bench, {field: _scaled(known[field], SHARES[-1])}).is_feasible()]


def is_of_usage(bench: Bench) -> bool:
    """Whether a plan fits with a small share of all stated usage: what does not fit is the amount of it."""
    known = bench.situation.known
    stated = {field: _scaled(known[field], SHARES[-1]) for field in USAGE if _is_number(known.get(field))}
    return bool(stated) and with_changes(bench, stated).is_feasible()


def _ways_out(bench: Bench, diagnosis: Diagnosis, drivers: Sequence[str]) -> list[Json]:
    ways: list[Json] = []
    for drop in smallest_drops(diagnosis.conflicts, first=diagnosis.dropped, is_feasible=bench.is_feasible):
        ways += _verified(bench, _changes(bench, drop))
    if "latency_p95_ms" in diagnosis.dropped:
        ways += _quickest_way(bench)
    if len(ways) < MOST_WAYS:
        for changes in _smaller_wishes(bench, drivers):
            ways += _verified(bench, changes)
    unique = [way for place, way in enumerate(ways) if way["changes"] not in [one["changes"] for one in ways[:place]]]
    # Nobody is advised to give up what a rule asks for before the money is named that carries it.
    leading = 0 if diagnosis.dropped in GUARDED else 1
    return [*unique[:leading], *sorted(unique[leading:], key=_rank)][:MOST_WAYS]


def _rank(way: Json) -> tuple[bool, float, str]:
    """More money for all that was asked comes before asking for less."""
    changes = way["changes"]
    is_money_alone = isinstance(changes, Mapping) and list(changes) == ["budget_usd_month"]
    return not is_money_alone, float(str(way["monthly_usd"])), str(changes)


def _floors_above(bench: Bench) -> list[int | float]:
    """The lowest times that serving patterns reach, above what was asked, from the shortest on. Units: ms."""
    envelopes = (pattern.envelope for pattern in bench.catalogue.by_id.values() if pattern.capability == "serving")
    asked = bench.situation.known.get("latency_p95_ms")
    floors = sorted({envelope.latency_p95_ms_floor or 0.0 for envelope in envelopes})
    least = float(asked) if isinstance(asked, int | float) else float("inf")
    return [int(floor) if floor.is_integer() else floor for floor in floors if floor > least]


def _quickest_way(bench: Bench) -> list[Json]:
    """The way that gives up the least of a latency which nothing reaches."""
    ways = (_verified(bench, {"latency_p95_ms": floor}) for floor in _floors_above(bench))
    return next((way for way in ways if way), [])


def quickest(bench: Bench) -> Solution | None:
    """The choice that comes nearest to a latency which nothing reaches; None where none is any nearer than others."""
    if is_llm(bench.situation.working):
        return None
    found = (with_changes(bench, {"latency_p95_ms": floor}).solve(RECOMMENDED) for floor in _floors_above(bench))
    return next((one for one in found if one is not None), None)


def _changes(bench: Bench, dropped: frozenset[str]) -> dict[str, object]:
    solution = bench.solve(RECOMMENDED, dropped=dropped)
    if solution is None:
        return {}
    floors = [
        bench.catalogue.by_id[name].envelope.latency_p95_ms_floor or 0.0
        for name in solution.patterns
        if not is_off_path(name, bench.situation)
    ]
    changes = changes_for(
        dropped,
        solution.patterns,
        usd=bench.usd(solution.patterns),
        latency_ms=max(floors, default=0.0),
        problem=bench.problem,
        catalogue=bench.catalogue,
    )
    # Nobody asks for answers in no mode at all: without being at once they are on a schedule.
    return changes | on_a_schedule(bench) if "inference_mode" in changes else changes


def _smaller_wishes(bench: Bench, drivers: Sequence[str]) -> Iterator[dict[str, object]]:
    """Ways out that keep money and people: less usage, or answers on a schedule instead of at once."""
    known = bench.situation.known
    for field in drivers:
        for share in SHARES:
            changes: dict[str, object] = {field: _scaled(known[field], share)}
            if with_changes(bench, changes).is_feasible():
                yield changes
                break
    if drivers:
        yield {field: _scaled(known[field], SHARES[2]) for field in drivers}
    elif len(usage := [field for field in USAGE if _is_number(known.get(field))]) > 1:
        yield {field: _scaled(known[field], SHARES[2]) for field in usage}
    for field in COSTLY_WISHES:
        if known.get(field) is True:
            yield {field: False}
    if later := on_a_schedule(bench):
        yield later


def on_a_schedule(bench: Bench) -> dict[str, object]:
    """Answers in batches instead of at once, where that can be."""
    known = bench.situation.known
    modes = known.get("inference_mode")
    if not isinstance(modes, list) or not any(mode in modes for mode in ONLINE) or is_llm(bench.situation.working):
        return {}
    later = {"inference_mode": ["batch"], "latency_p95_ms": A_DAY_MS, "throughput_rps_peak": 0}
    return {field: value for field, value in later.items() if field in known}


def with_changes(bench: Bench, changes: Mapping[str, object]) -> Bench:
    """The same request with some values changed; None takes a value back."""
    known = {field: value for field, value in bench.situation.known.items() if field not in changes}
    known |= {field: value for field, value in changes.items() if value is not None}
    objections = bench.problem.objections
    return set_up(situation_of(known), objections=objections, catalogue=bench.catalogue, prices=bench.prices)


def _verified(bench: Bench, changes: dict[str, object]) -> list[Json]:
    """The way out with its price, or nothing when it is none; a raised budget is raised until its plan stays inside."""
    for _ in range(BUDGET_ROUNDS):
        changed = with_changes(bench, changes)
        solution = changed.solve(RECOMMENDED) if changes else None
        if solution is None:
            return []
        usd = changed.usd(solution.patterns)
        budget = changes.get("budget_usd_month")
        if not isinstance(budget, int | float) or usd <= budget:
            return [_told(bench, changes, solution.patterns, usd)]
        changes = changes | {"budget_usd_month": int(-(-usd * 1.05 // 10) * 10)}
    return []


def _told(bench: Bench, changes: dict[str, object], patterns: Sequence[str], usd: float) -> Json:
    known = bench.situation.known
    kept = [field for field in KEPT if field not in changes and field in known]
    by_id = bench.catalogue.by_id
    serving = [by_id[name].name for name in patterns if by_id[name].capability == "serving"]
    # Whoever gets answers on a schedule asks for no time and no peak any more.
    implied = ("latency_p95_ms", "throughput_rps_peak") if "inference_mode" in changes else ()
    said = {field: value for field, value in changes.items() if field not in implied}
    told = ", ".join(
        f"{_target(field, value)} instead of {tell_value(field, known[field])}" for field, value in said.items()
    )
    why = f"{told}; {', '.join(serving) or 'a plan'} then fits at {usd:,.2f} USD a month"
    return {
        "changes": changes,
        "monthly_usd": usd,
        "why": f"{why}; kept as asked: {', '.join(name_field(one) for one in kept)}" if kept else why,
    }


def _target(field: str, value: object) -> str:
    if value is None:
        return "nothing"
    return "a day to answer" if field == "latency_p95_ms" and value == A_DAY_MS else tell_value(field, value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scaled(value: object, share: float) -> int | float:
    number = float(value) * share if isinstance(value, int | float) else 0.0
    return max(1, round(number)) if number >= 1 or isinstance(value, int) else round(number, 4)
