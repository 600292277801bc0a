"""What the plan would be if one value were another, and what assumptions are worth.

Nothing here is a formula about a plan: each figure is the difference between two solved plans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.patterns.bench import RECOMMENDED, Bench, set_up
from decisionworks.patterns.model import Json
from decisionworks.patterns.situation import situation_of

# The answer that is furthest from the default and still common; a field without one is told without a price.
OTHER_ANSWERS: Mapping[str, tuple[object, ...]] = {
    "data_volume_gb": (2000,),
    "data_velocity": ("hourly", "daily"),
    "data_sensitivity": ("pii", "internal"),
    "data_residency": ("eu",),
    "compliance": (["gdpr"],),
    "retraining_frequency": ("daily", "monthly"),
    "availability_slo_pct": (99.95, 99.5),
    "ops_coverage": ("on_call_24x7", "business_hours"),
    "team_size": (2, 8),
    "budget_usd_month": (500,),
    "budget_hardness": ("hard", "soft"),
    "explainability_required": (True,),
    "human_review_required": (True,),
    "labelling_needed": (True,),
    "multi_region": (True,),
    "latency_p95_ms": (50, 1000),
    "throughput_rps_peak": (500,),
    "throughput_rps_avg": (100,),
    "traffic_pattern": ("spiky", "steady"),
    "open_source_preference": ("required", "none"),
    "llm_requests_per_day": (20_000,),
    "llm_tokens_in": (8000,),
    "llm_tokens_out": (1200,),
    "corpus_documents": (500_000,),
    "batch_records_per_run": (5_000_000,),
    "batch_runs_month": (730, 4.3),
    "stream_events_per_sec": (5000,),
    "audio_hours_month": (5000, 100),
    "tenants": (50,),
    "label_delay_days": (30,),
    "model_type": ("cnn_vision", "linear_or_tree"),
    "training_compute": ("gpu_single", "cpu_small"),
    "inference_mode": (["batch"], ["real_time"]),
}
# One solved plan each; a plan and its second look together stay under half a second.
MOST_ASSUMPTIONS = 6
# Below this nothing changed but the rounding.
LEAST_USD = 0.5
# What the solver reads itself, beside gates, points, needs and prices.
READ_BY_SOLVER = ("budget_usd_month", "budget_hardness", "team_size")


def price_assumptions(
    bench: Bench, rows: Sequence[Json], *, patterns: Sequence[str], usd: float, weights: Mapping[str, int]
) -> list[Json]:
    """The assumptions, those first that move most money or patterns if they are wrong.

    Units: `usd_delta` is United States dollars a month against the plan; `weights` order what is looked at.
    """
    looked_at = sorted(
        (row for row in rows if _other_answer(row) is not None),
        key=lambda row: (-weights.get(str(row["field"]), 0), str(row["field"])),
    )[:MOST_ASSUMPTIONS]
    names = {str(row["field"]) for row in looked_at}
    told = [
        _with_price(bench, row, patterns=patterns, usd=usd) if str(row["field"]) in names else dict(row) for row in rows
    ]
    return sorted(told, key=_rank)


def _rank(row: Json) -> tuple[bool, float, str]:
    delta, changes = row.get("usd_delta"), row.get("plan_changes")
    size = abs(delta) if isinstance(delta, float) else 0.0
    is_quiet = not changes and size < LEAST_USD
    return is_quiet, -size, str(row["field"])


def _other_answer(row: Json) -> object | None:
    return next((one for one in OTHER_ANSWERS.get(str(row["field"]), ()) if one != row.get("value")), None)


def _with_price(bench: Bench, row: Json, *, patterns: Sequence[str], usd: float) -> Json:
    field, other = str(row["field"]), _other_answer(row)
    if other is None:
        return dict(row)
    found = plan_again(bench, {field: other}, patterns=patterns)
    if found is None:
        effect = f"if it were {_shown(other)}, nothing would fit all that was asked"
        return dict(row) | {"instead": other, "usd_delta": None, "plan_changes": True, "effect": _told(row, effect)}
    chosen, tried = found
    other_usd = tried.usd(chosen)
    added = [name for name in chosen if name not in patterns]
    gone = [name for name in patterns if name not in chosen]
    delta = round(other_usd - usd, 2)
    parts = [f"if it were {_shown(other)}: {delta:+,.2f} USD a month"]
    parts += [f"with {', '.join(added)}"] if added else []
    parts += [f"without {', '.join(gone)}"] if gone else []
    return dict(row) | {
        "instead": other,
        "usd_delta": delta,
        "plan_changes": bool(added or gone),
        "added": added,
        "removed": gone,
        "effect": _told(row, ", ".join(parts)),
    }


def _told(row: Json, effect: str) -> str:
    return f"{effect}; {row['effect']}" if row.get("effect") else effect


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,g}" if isinstance(value, int | float) else str(value)


def plan_again(
    bench: Bench, change: Mapping[str, object], *, patterns: Sequence[str]
) -> tuple[tuple[str, ...], Bench] | None:
    """The best plan after a change, and where to price it; `patterns` stay where the solver would be told the same."""
    situation = situation_of(dict(bench.situation.known) | dict(change))
    objections = bench.problem.objections
    tried = set_up(situation, objections=objections, catalogue=bench.catalogue, prices=bench.prices)
    if _is_same(bench, tried):
        return tuple(patterns), tried
    solution = tried.solve(RECOMMENDED)
    return (solution.patterns, tried) if solution else None


def _is_same(bench: Bench, tried: Bench) -> bool:
    """Whether the solver would be told exactly what it was told before."""
    before, after = bench.problem, tried.problem
    return (
        bench.costs == tried.costs
        and (before.gates, before.needs, before.bans, before.slots)
        == (after.gates, after.needs, after.bans, after.slots)
        and before.scores == after.scores
        and all(before.situation.working.get(field) == after.situation.working.get(field) for field in READ_BY_SOLVER)
        and all(before.situation.known.get(field) == after.situation.known.get(field) for field in READ_BY_SOLVER)
    )
