"""What a plan will cost: each rule says one thing with sums of this estimate, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from decisionworks.costs import PriceBook, estimate_cost
from decisionworks.patterns.critics.model import Review, critique, read_review
from decisionworks.patterns.model import Json, PatternCatalogue
from decisionworks.patterns.score import shown
from decisionworks.patterns.situation import cost_values
from decisionworks.projects.tell_values import joined, tell_value

CRITIC = "cost"
DRIVER_SHARE = 0.30
FLOOR_SHARE = 0.50
FLOOR_USD = 100.0
NETWORK_SHARE = 0.30
LOG_SHARE = 0.15
SAVING_SHARE = 0.10
SAVING_USD = 20.0
HEADROOM = 0.8
HOURS_USED = {"intermittent": 40.0, "business_hours": 220.0}


def review_cost(
    plan: Mapping[str, object] | None,
    constraints: Mapping[str, object],
    cost_estimate: Mapping[str, object] | None,
    *,
    catalogue: PatternCatalogue | None = None,
    prices: PriceBook | None = None,
) -> list[Json]:
    """Everything the cost critic has to say about a plan, in rule order; nothing where there is no plan.

    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    if plan is None or cost_estimate is None:
        return []
    review = read_review(plan, constraints, cost_estimate, catalogue=catalogue, prices=prices)
    return [found for rule in COST_RULES if (found := rule(review)) is not None]


def _say(  # noqa: PLR0917, the order is that of the sentence
    severity: str, rule: str, finding: str, evidence: str, proposal: str, objection: Mapping[str, str] | None = None
) -> Json:
    return critique(
        CRITIC, severity, rule=rule, finding=finding, evidence=evidence, proposal=proposal, objection=objection
    )


def _sums(review: Review) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for item in review.items:
        price = str(item["price"])
        sums[price] = sums.get(price, 0.0) + float(str(item["usd"]))
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def top_drivers(review: Review) -> Json | None:
    """One price carries the bill."""
    sums = _sums(review)
    if not sums or sums[0][1] < DRIVER_SHARE * review.expected_usd:
        return None
    told = "; ".join(f"{price} {usd:,.2f} USD" for price, usd in sums[:3])
    return _say(
        "info",
        "top-drivers",
        f"{_service(review, sums[0][0])} is {sums[0][1] / review.expected_usd:.0%} of {review.expected_usd:,.2f}"
        " USD a month",
        told,
        "Check the usage behind this price first; the rest matters less.",
    )


def _service(review: Review, price: str) -> str:
    """A price by the service that it belongs to: “Fargate (fargate.x86.vcpu_hour)”."""
    service = next(
        (str(item["service"]) for item in review.items if item["price"] == price and item.get("service")), ""
    )
    return f"{service} ({price})" if service else price


def fixed_floors(review: Review) -> Json | None:
    """Most of the bill is paid whether anybody calls or not."""
    standing = [item for item in review.items if str(item.get("unit", "")).endswith("hour") and _is_standing(item)]
    usd = sum(float(str(item["usd"])) for item in standing)
    if usd < FLOOR_USD or usd < FLOOR_SHARE * review.expected_usd:
        return None
    names = ", ".join(dict.fromkeys(str(item["pattern"]) for item in standing))
    return _say(
        "info",
        "fixed-floors",
        f"{usd:,.2f} of {review.expected_usd:,.2f} USD a month is paid without a single request",
        f"always on: {names}",
        "Switch non-production copies off at night and on weekends; commit to a savings plan once the load is known.",
    )


def _is_standing(item: Mapping[str, object]) -> bool:
    return float(str(item["quantity"])) >= 365


def idle_gpu(review: Review) -> Json | None:
    """A GPU that waits most of the month."""
    pattern = str(review.situation.working.get("traffic_pattern"))
    if pattern not in HOURS_USED or not review.has("serve-gpu-realtime", "serve-llm-vllm"):
        return None
    usd = review.usd_of("sagemaker.ml.g", "ec2.g")
    idle = usd * (1 - HOURS_USED[pattern] / 730)
    return _say(
        "warn",
        "idle-gpu",
        f"with {pattern} traffic about {idle:,.2f} of {usd:,.2f} USD of GPU hours serve nobody",
        f"traffic_pattern = {pattern}; about {HOURS_USED[pattern]:.0f} of 730 hours are busy",
        "Schedule the instances, or queue the work with serve-gpu-async.",
        objection={"require": "serve-gpu-async"} if review.open_for("serve-gpu-async") else None,
    )


def network_floor(review: Review) -> Json | None:
    """Gateways and endpoints cost as much as the work."""
    usd = review.usd_of("nat.", "vpce.")
    if usd < NETWORK_SHARE * review.expected_usd or usd <= 0:
        return None
    w = review.workload
    return _say(
        "warn",
        "network-floor",
        f"NAT and interface endpoints take {usd:,.2f} of {review.expected_usd:,.2f} USD a month",
        f"{w.zones} zones, {w.endpoints} endpoints in each",
        "Share one NAT over the zones, use gateway endpoints for storage, and drop endpoints that a NAT covers.",
    )


def log_share(review: Review) -> Json | None:
    """Logs cost more than they tell."""
    usd = review.usd_of("cloudwatch.logs")
    if usd < LOG_SHARE * review.expected_usd or usd < SAVING_USD:
        return None
    return _say(
        "info",
        "log-share",
        f"logs are {usd:,.2f} of {review.expected_usd:,.2f} USD a month",
        f"{100 * usd / review.expected_usd:.0f} percent of the estimate",
        "Sample request logs, keep debug off, and send archives to object storage.",
    )


def cheaper_alternative(review: Review) -> Json | None:
    """The swap that saves most, priced by estimating the whole plan again."""
    swaps = []
    for slot in review.problem.slots:
        for chosen in (name for name in slot if name in review.ids):
            for other in (name for name in slot if review.open_for(name)):
                swaps.append((_saving(review, chosen, other), chosen, other))
    best = max(swaps, default=(0.0, "", ""), key=lambda swap: (swap[0], swap[1], swap[2]))
    saving, chosen, other = best
    if saving < max(SAVING_USD, SAVING_SHARE * review.expected_usd):
        return None
    budget = review.situation.known.get("budget_usd_month")
    is_over = isinstance(budget, int | float) and review.expected_usd > budget
    return _say(
        "warn" if is_over else "info",
        "cheaper-alternative",
        f"{other} instead of {chosen} saves {saving:,.2f} of {review.expected_usd:,.2f} USD a month",
        f"the whole plan priced again with it; budget_usd_month = {shown(budget)}",
        f"Take {other} if money matters more than what speaks for {chosen}: {_liked(review, chosen)}.",
        objection={"require": other} if is_over else None,
    )


def _liked(review: Review, pattern: str) -> str:
    """What a part is made for, of what this request says."""
    working = review.situation.working
    rules = review.problem.scores[pattern].rules
    fields = dict.fromkeys(field for named, points in rules if points > 0 for field in named)
    return joined([tell_value(field, working.get(field)) for field in fields]) or "the rest of the plan is built on it"


def _saving(review: Review, chosen: str, other: str) -> float:
    required = [name for name in review.catalogue.by_id[other].requires if not name.startswith(("any:", "cap:"))]
    swapped = dict.fromkeys([name for name in review.ids if name != chosen] + [other, *required])
    estimate = estimate_cost(
        swapped, cost_values(review.situation), region=review.situation.region, prices=review.prices
    )
    monthly = estimate["monthly"]
    after = float(monthly["expected"]) if isinstance(monthly, dict) else review.expected_usd
    return review.expected_usd - after


def budget_headroom(review: Review) -> Json | None:
    """Little or nothing left of the budget."""
    budget = review.situation.known.get("budget_usd_month")
    if not isinstance(budget, int | float) or budget <= 0 or review.expected_usd <= HEADROOM * budget:
        return None
    sums = _sums(review)
    first = sums[0][0] if sums else "nothing"
    return _say(
        "warn" if review.expected_usd > budget else "info",
        "budget-headroom",
        f"{review.expected_usd:,.2f} USD a month is {100 * review.expected_usd / budget:.0f} percent of {budget:,g}",
        f"budget_usd_month = {budget:,g}; logs and retries usually add a fifth",
        f"First saving to take: {first}.",
    )


def guessed_usage(review: Review) -> Json | None:
    """The estimate rests on usage that nobody stated."""
    fields = [str(row["field"]) for row in review.assumptions if row.get("field") != "regions"]
    if len(fields) < 2:
        return None
    told = "; ".join(f"{row['field']} taken as {shown(row['value'])}" for row in review.assumptions)
    return _say(
        "info",
        "guessed-usage",
        f"{len(fields)} quantities behind {review.expected_usd:,.2f} USD a month are guesses",
        told,
        f"Ask for {', '.join(fields[:3])} before quoting this sum to anybody.",
    )


COST_RULES: tuple[Callable[[Review], Json | None], ...] = (
    top_drivers,
    fixed_floors,
    idle_gpu,
    network_floor,
    log_share,
    cheaper_alternative,
    budget_headroom,
    guessed_usage,
)
