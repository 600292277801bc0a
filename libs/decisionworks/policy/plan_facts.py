"""The facts that rules read: constraints, and what can be told of a plan, its cost and its request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.costs import derive_workload, load_prices
from decisionworks.costs.regions import is_in_eu, is_outside
from decisionworks.policy.words import names_minors, words_of
from decisionworks.projects import forbidden_uses_in
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.constraint_values import constraints_from_json, known_values, planning_values
from decisionworks.projects.measure_coverage import coverage
from decisionworks.projects.places import country_with_region, country_without_region

OFFLINE_SERVING = ("serve-batch-scoring",)
LLM_SERVING = ("serve-llm-bedrock", "serve-llm-vllm")
LLM_TYPES = ("llm_api", "llm_self_hosted")
LLM_USES = ("llm_chat_rag", "llm_generation", "llm_agent")
# Which reach a managed model API has by residency: a geographic profile serves EU and US, one region serves the rest.
LLM_GEOGRAPHY = {"eu": "geo", "us": "geo", "uk": "regional", "country": "regional"}
# Here Bedrock reaches its Claude models through a profile of the whole continent alone; those of Japan and Australia
# stay in their country. Source: AWS, Bedrock user guide, inference profiles.
THROUGH_A_CONTINENT = frozenset({"eu-south-1", "eu-south-2", "eu-north-1", "ap-southeast-3"})
OWN_LLM = "serve-llm-vllm"
SMALL_MODEL_IN, SMALL_MODEL_OUT = "bedrock.claude-haiku-4-5.in.million", "bedrock.claude-haiku-4-5.out.million"
EU_RULES = ("gdpr", "eu_ai_act_high_risk")
BURDEN_PER_PERSON = 4
BURDEN_BASE = 28


def plan_facts(
    plan: Mapping[str, object],
    constraints: Mapping[str, object],
    cost_estimate: Mapping[str, object],
    findings: Mapping[str, object] | None = None,
    gen: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Collect every fact that rules may read about one plan version.

    Units: `cost_estimate` in United States dollars per month. `gen` holds the facts of generated code without their
    prefix or with it; absent before code exists. The patterns of `plan` carry their burden and latency floor.
    """
    catalogue = load_constraint_catalogue()
    typed = constraints_from_json(constraints)
    known = known_values(typed)
    chosen = _patterns(plan)
    ids = [str(pattern["id"]) for pattern in chosen]
    regions = _regions(plan, cost_estimate)
    team, residency = known.get("team_size"), known.get("data_residency")
    stated = known.get("regions")
    home = str(stated[0]) if isinstance(stated, list) and stated else regions[0]
    facts: dict[str, object] = dict(planning_values(typed, catalogue=catalogue))
    facts |= {
        "plan.patterns": ids,
        "plan.capabilities": sorted({str(pattern.get("capability")) for pattern in chosen}),
        "plan.cost_usd_month": _expected(cost_estimate),
        "plan.low_confidence_share": _low_confidence_share(cost_estimate),
        "plan.has_non_eu_region": any(not is_in_eu(region) for region in regions),
        "plan.has_out_of_jurisdiction_region": is_outside(regions, residency=residency, home=home)
        or (residency == "country" and _leaves_the_promised_country(constraints, regions)),
        "plan.llm_geography": _llm_geography(ids, residency, home=home),
        "plan.latency_floor_ms": _latency_floor(chosen, known),
        "plan.burden_sum": sum(_integer(pattern.get("burden")) for pattern in chosen),
        "plan.burden_capacity": BURDEN_PER_PERSON * int(team) + BURDEN_BASE if isinstance(team, int) and team else None,
        "plan.has_retired_service": any(pattern.get("retired_services") for pattern in chosen),
        "plan.is_in_eu": _concerns_eu(regions, known),
        "plan.llm_own_usd_month": _own_model_usd(ids, cost_estimate),
        "plan.llm_api_usd_month": _api_usd(known),
        "request.prohibited_uses": _forbidden_uses(constraints, findings),
        "request.names_minors": names_minors(words_of(constraints)),
        "request.injection_detected": bool((findings or {}).get("injection")),
        "request.contradictions": _contradictions(plan, findings),
        "request.ccs": coverage(typed, catalogue=catalogue).score,
    }
    return facts | {key if key.startswith("gen.") else f"gen.{key}": value for key, value in (gen or {}).items()}


def _patterns(plan: Mapping[str, object]) -> list[Mapping[str, object]]:
    rows = plan.get("patterns")
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _regions(plan: Mapping[str, object], cost_estimate: Mapping[str, object]) -> list[str]:
    rows = plan.get("regions")
    if isinstance(rows, list) and rows:
        return [str(row) for row in rows]
    return [str(cost_estimate.get("region", "us-east-1"))]


def _expected(cost_estimate: Mapping[str, object]) -> float | None:
    monthly = cost_estimate.get("monthly")
    value = monthly.get("expected") if isinstance(monthly, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def _low_confidence_share(cost_estimate: Mapping[str, object]) -> float:
    """The share of the sum that rests on prices of low confidence."""
    rows = cost_estimate.get("items")
    items = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    total = sum(float(row.get("usd", 0.0)) for row in items)
    low = sum(float(row.get("usd", 0.0)) for row in items if row.get("confidence") == "low")
    return round(low / total, 4) if total else 0.0


def _latency_floor(chosen: Sequence[Mapping[str, object]], known: Mapping[str, object]) -> float | None:
    """The lowest p95 of the online path: the best front, but never faster than the model or retrieval behind it."""
    floors = {str(row["id"]): _number(row.get("latency_floor_ms")) for row in chosen}
    online = [
        floor
        for row in chosen
        if row.get("capability") == "serving" and row["id"] not in OFFLINE_SERVING
        if (floor := floors[str(row["id"])]) is not None
    ]
    floor = min(online) if online else None
    behind = [floors.get("rag-pipeline")]
    if known.get("model_type") in LLM_TYPES or known.get("use_case_type") in LLM_USES:
        behind += [floors.get(pattern) for pattern in LLM_SERVING]
    slow = [value for value in behind if value is not None]
    return max([*slow, floor or 0.0]) if slow else floor


def _concerns_eu(regions: Sequence[str], known: Mapping[str, object]) -> bool:
    """Whether European law reaches the plan, by place or by what was said."""
    rules = known.get("compliance")
    named = isinstance(rules, list) and any(rule in rules for rule in EU_RULES)
    return named or known.get("data_residency") == "eu" or any(is_in_eu(region) for region in regions)


def _leaves_the_promised_country(constraints: Mapping[str, object], regions: Sequence[str]) -> bool:
    """Whether the country that the promise names has no region, or the plan runs in a region of another one."""
    if _promised_country_without_region(constraints) is not None:
        return True
    row = constraints.get("data_residency")
    span = row.get("span") if isinstance(row, Mapping) else None
    home = country_with_region(str(span.get("text", ""))) if isinstance(span, Mapping) else None
    return home is not None and is_outside(regions, residency="country", home=home)


def _promised_country_without_region(constraints: Mapping[str, object]) -> str | None:
    """The country in which the data are to stay, where the words that say so name one that has no region."""
    words = []
    for field in ("data_residency", "regions"):
        row = constraints.get(field)
        # A region named outright says where the plan is; the country that one was guessed from, where it must be.
        if isinstance(row, Mapping) and (field == "data_residency" or row.get("state") == "inferred"):
            span = row.get("span")
            words.append(str(span.get("text", "")) if isinstance(span, Mapping) else "")
    return country_without_region(" ".join(words))


def _own_model_usd(ids: Sequence[str], cost_estimate: Mapping[str, object]) -> float | None:
    """What own language-model servers cost in the estimate."""
    rows = cost_estimate.get("items")
    items = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    lines = [float(row.get("usd", 0.0)) for row in items if row.get("pattern") == OWN_LLM]
    return round(sum(lines), 2) if OWN_LLM in ids and lines else None


def _api_usd(known: Mapping[str, object]) -> float | None:
    """The stated requests at the token price of a small model behind an API."""
    if _number(known.get("llm_requests_per_day")) is None:
        return None
    usage, prices = derive_workload(known), load_prices()
    tokens = ((SMALL_MODEL_IN, usage.tokens_in), (SMALL_MODEL_OUT, usage.tokens_out))
    each = sum(prices.by_id[price].usd[prices.home_region] * count / 1e6 for price, count in tokens)
    return round(usage.llm_requests_month * each, 2)


def _llm_geography(ids: Sequence[str], residency: object, *, home: str) -> str:
    if "serve-llm-bedrock" not in ids:
        return "none"
    reach = LLM_GEOGRAPHY.get(residency, "global") if isinstance(residency, str) else "global"
    return "geo" if reach == "regional" and home in THROUGH_A_CONTINENT else reach


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _integer(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _forbidden_uses(constraints: Mapping[str, object], findings: Mapping[str, object] | None) -> list[str]:
    """What intake found in the request, and what the constraints' own words tell where they were handed in as data."""
    rows = (findings or {}).get("forbidden_uses")
    found = [str(row["use"]) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    return list(dict.fromkeys([*found, *forbidden_uses_in(words_of(constraints))]))


def _contradictions(plan: Mapping[str, object], findings: Mapping[str, object] | None) -> int:
    """What was found to contradict; a plan drafted over proved conflicts says so even when nobody collected them."""
    return max(_count((findings or {}).get("contradictions")), _integer(plan.get("contradiction_count")))


def _count(value: object) -> int:
    if isinstance(value, list | tuple):
        return len(value)
    return _integer(value)
