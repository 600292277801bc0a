"""How a plan will work: each rule says one thing, with the numbers of this run, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from decisionworks.patterns.critics.model import Review, critique, read_review
from decisionworks.patterns.model import Json, PatternCatalogue
from decisionworks.patterns.situation import is_llm

CRITIC = "technical"
PERIOD_DAYS = {"hourly": 1 / 24, "daily": 1.0, "weekly": 7.0, "monthly": 30.0, "quarterly": 91.0}
SKILLS = {
    "serve-eks-kserve": "kubernetes",
    "process-spark-serverless": "spark",
    "process-flink-stream": "streaming",
    "ingest-stream-msk": "streaming",
    "serve-stream-inline": "streaming",
    "serve-llm-vllm": "ml_engineering",
    "train-distributed-gpu": "ml_engineering",
}
# Requests that a gateway passes a second, and functions that run at once, before a quota has to be raised.
GATEWAY_RPS_QUOTA = 10_000
FUNCTION_CONCURRENCY_QUOTA = 1_000
WARM_WORKER_MS = 600_000


def review_technically(
    plan: Mapping[str, object] | None,
    constraints: Mapping[str, object],
    cost_estimate: Mapping[str, object] | None,
    *,
    catalogue: PatternCatalogue | None = None,
) -> list[Json]:
    """Everything the technical critic has to say about a plan, in rule order; nothing where there is no plan.

    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    if plan is None or cost_estimate is None:
        return []
    review = read_review(plan, constraints, cost_estimate, catalogue=catalogue)
    return [found for rule in TECHNICAL_RULES if (found := rule(review)) is not None]


def _say(  # noqa: PLR0917, the order is that of the sentence
    severity: str, rule: str, finding: str, evidence: str, proposal: str, objection: Mapping[str, str] | None = None
) -> Json:
    return critique(
        CRITIC, severity, rule=rule, finding=finding, evidence=evidence, proposal=proposal, objection=objection
    )


def single_point_of_failure(review: Review) -> Json | None:
    """One database under an availability promise it cannot keep."""
    slo = review.number("availability_slo_pct") or 99.5
    if not (review.is_online and slo >= 99.9 and review.has("vector-pgvector")):
        return None
    minutes = (100 - slo) / 100 * 43_800
    return _say(
        "warn",
        "single-point-of-failure",
        f"{slo:g} percent leaves {minutes:.0f} minutes a month, and vector-pgvector is one database instance",
        f"availability_slo_pct = {slo:g}; the plan sizes one instance",
        "Add a standby in a second zone or use vector-opensearch, which spans zones.",
        objection={"require": "vector-opensearch"} if review.open_for("vector-opensearch") else None,
    )


def latency_chain(review: Review) -> Json | None:
    """The parts of one answer add up to more than the caller waits for."""
    asked = review.number("latency_p95_ms")
    path = [name for name in review.ids if _is_on_path(name, review)]
    floors = {name: review.catalogue.by_id[name].envelope.latency_p95_ms_floor or 0.0 for name in path}
    total = sum(floors.values())
    if asked is None or len(path) < 2 or total <= asked or not review.is_online:
        return None
    told = " + ".join(f"{name} {floor:g}" for name, floor in floors.items())
    return _say(
        "warn",
        "latency-chain",
        f"the parts of one answer add up to {total:g} ms at best, {asked:g} ms are asked for",
        f"latency_p95_ms = {asked:g}; {told} ms",
        "Read features in parallel or from the cache only, and measure the chain before promising it.",
    )


def _is_on_path(name: str, review: Review) -> bool:
    pattern = review.catalogue.by_id[name]
    if pattern.envelope.latency_p95_ms_floor is None or name in ("serve-batch-scoring", "serve-gpu-async"):
        return False
    return pattern.capability in ("serving", "feature_store", "vector_store")


def training_serving_skew(review: Review) -> Json | None:
    """Features are computed twice, once for training and once for answers."""
    trains = review.situation.working.get("training_compute") != "none"
    tabular = any(kind in review.words("data_types") for kind in ("tabular", "time_series"))
    if not (trains and tabular and review.is_online) or review.has("features-offline-tables"):
        return None
    return _say(
        "warn",
        "training-serving-skew",
        "training reads history and serving computes its own features, so the two will drift apart",
        f"data_types = {', '.join(review.words('data_types'))}; the plan lacks features-offline-tables",
        "Add features-offline-tables and let both sides use one definition.",
        objection={"require": "features-offline-tables"} if review.open_for("features-offline-tables") else None,
    )


def cold_start(review: Review) -> Json | None:
    """Rare or bursty traffic on a function whose first call is slow."""
    asked, pattern = review.number("latency_p95_ms"), review.situation.working.get("traffic_pattern")
    slow = asked is not None and asked < 1000 and pattern in ("intermittent", "spiky")
    if not (slow and review.has("serve-serverless-cpu")):
        return None
    return _say(
        "warn",
        "cold-start",
        f"with {pattern} traffic the p95 is the cold start of one to several seconds, not {asked:g} ms",
        f"latency_p95_ms = {asked:g}; traffic_pattern = {pattern}; serve-serverless-cpu",
        "Keep one instance provisioned, or use serve-container-ecs.",
        objection={"require": "serve-container-ecs"} if review.open_for("serve-container-ecs") else None,
    )


def warm_worker(review: Review) -> Json | None:
    """A queue that scales to zero, and a promise shorter than its start."""
    asked = review.number("latency_p95_ms")
    if asked is None or asked >= WARM_WORKER_MS or not review.has("serve-gpu-async"):
        return None
    return _say(
        "warn",
        "warm-worker",
        f"results are due in {asked / 1000:g} s, but a GPU worker takes five to ten minutes to start from zero",
        f"latency_p95_ms = {asked:g}; serve-gpu-async; {review.workload.async_jobs_month:,.0f} busy hours are priced",
        "Keep one worker warm during the hours of the promise and scale to zero outside them.",
    )


def late_labels(review: Review) -> Json | None:
    """Retraining on outcomes that are not known yet."""
    delay = review.number("label_delay_days")
    period = PERIOD_DAYS.get(str(review.situation.working.get("retraining_frequency")))
    if delay is None or period is None or delay <= period:
        return None
    return _say(
        "warn",
        "late-labels",
        f"outcomes arrive after {delay:g} days, so {delay / period:.0f} retrainings pass before one can be judged",
        f"label_delay_days = {delay:g}; retraining_frequency = {review.situation.working.get('retraining_frequency')}",
        "Promote on proxies and on matured labels only; report performance by prediction date.",
        objection={"require": "mon-performance-labels"} if review.open_for("mon-performance-labels") else None,
    )


def skill_gap(review: Review) -> Json | None:
    """Parts that nobody in the stated team knows."""
    if "team_skills" not in review.situation.known:
        return None
    skills = (*review.words("team_skills"), *(_platform_skill(word) for word in review.words("existing_platform")))
    gaps = {name: skill for name, skill in SKILLS.items() if name in review.ids and skill not in skills}
    if not gaps:
        return None
    told = ", ".join(f"{name} needs {skill}" for name, skill in gaps.items())
    return _say(
        "warn",
        "skill-gap",
        f"{told}; the team names {', '.join(review.words('team_skills')) or 'nothing'}",
        f"team_skills = {', '.join(review.words('team_skills'))}; {len(gaps)} of {len(review.ids)} patterns",
        "Name an owner who learns it before launch, or budget outside help for the first release.",
    )


def _platform_skill(platform: str) -> str:
    return {"kafka": "streaming", "databricks": "spark"}.get(platform, platform)


def missing_rollback(review: Review) -> Json | None:
    """A live answer path without a way back."""
    if not review.is_online or is_llm(review.situation.working) or review.has("deploy-progressive"):
        return None
    team = review.number("team_size")
    return _say(
        "info",
        "missing-rollback",
        "a bad model version reaches every caller at once",
        f"the plan lacks deploy-progressive; team_size = {'not known' if team is None else f'{team:g}'}",
        "Keep the previous version deployable with one command, and rehearse it.",
    )


def quotas(review: Review) -> Json | None:
    """Peaks above what an account allows at first."""
    peak = review.workload.rps_peak
    gateway = review.has("serve-serverless-cpu", "serve-precomputed-lookup", "sec-api-auth-waf") and not review.has(
        "serve-container-ecs", "serve-eks-kserve"
    )
    limits = [f"{GATEWAY_RPS_QUOTA:,} requests a second at the gateway"] if gateway and peak > GATEWAY_RPS_QUOTA else []
    if review.has("serve-serverless-cpu") and peak * 0.8 > FUNCTION_CONCURRENCY_QUOTA:
        limits.append(f"{FUNCTION_CONCURRENCY_QUOTA:,} functions at once")
    if not limits:
        return None
    return _say(
        "warn",
        "quotas",
        f"a peak of {peak:,.0f} requests a second is above the starting quota of {' and '.join(limits)}",
        f"throughput_rps_peak = {peak:,.0f}",
        "Ask for the quotas before the load test; they take days.",
    )


def heavy_for_team(review: Review) -> Json | None:
    """More parts to run than people to run them."""
    team = review.number("team_size") if "team_size" in review.situation.known else None
    burden = sum(review.catalogue.by_id[name].burden for name in review.ids)
    if team is None or burden <= 4 * team + 28:
        return None
    heavy = [name for name in review.ids if review.catalogue.by_id[name].burden >= 4]
    return _say(
        "warn",
        "heavy-for-team",
        f"the plan weighs {burden} and {team:g} people carry {4 * team + 28:g}",
        f"heaviest: {', '.join(heavy) or 'none above 3, the sum does it'}",
        "Argue for each heavy pattern by name, or swap it for a managed one.",
    )


def unattended_promise(review: Review) -> Json | None:
    """An availability promise without anybody awake to keep it."""
    slo, cover = review.number("availability_slo_pct"), review.situation.known.get("ops_coverage")
    if slo is None or slo < 99.9 or cover not in ("best_effort", "business_hours") or not review.is_online:
        return None
    minutes = (100 - slo) / 100 * 43_800
    return _say(
        "warn",
        "unattended-promise",
        f"{slo:g} percent allows {minutes:.0f} minutes a month; one night without anybody uses ten times that",
        f"availability_slo_pct = {slo:g}; ops_coverage = {cover}",
        "Automate the rollback, or lower the promise outside the covered hours.",
    )


def recovery_time(review: Review) -> Json | None:
    """A recovery time that a restore in the same region cannot keep."""
    rto = review.number("rto_minutes")
    if rto is None or rto >= 60 or review.has("dr-multi-region"):
        return None
    return _say(
        "warn",
        "recovery-time",
        f"back within {rto:g} minutes after a disaster, but the plan restores from backup in hours",
        f"rto_minutes = {rto:g}; the plan lacks dr-multi-region",
        "Keep a warm second region, or state a longer recovery time.",
        objection={"require": "dr-multi-region"} if review.open_for("dr-multi-region") else None,
    )


def late_batch(review: Review) -> Json | None:
    """A scoring run that takes longer than its window."""
    deadline = review.number("batch_deadline_hours")
    rows = [item for item in review.items if item.get("pattern") == "serve-batch-scoring"]
    if deadline is None or not rows:
        return None
    per_run = sum(float(str(row["quantity"])) for row in rows) / max(1.0, min(review.workload.batch_runs_month, 730.0))
    if per_run <= deadline:
        return None
    return _say(
        "warn",
        "late-batch",
        f"{review.workload.batch_records:,.0f} records take one machine {per_run:.1f} hours, {deadline:g} are allowed",
        f"batch_deadline_hours = {deadline:g}; batch_records_per_run = {review.workload.batch_records:,.0f}",
        f"Run {per_run / deadline:.0f} or more machines side by side; the cost stays the same.",
    )


TECHNICAL_RULES: tuple[Callable[[Review], Json | None], ...] = (
    single_point_of_failure,
    latency_chain,
    training_serving_skew,
    cold_start,
    warm_worker,
    late_labels,
    skill_gap,
    missing_rollback,
    quotas,
    heavy_for_team,
    unattended_promise,
    recovery_time,
    late_batch,
)
