"""What templates see: names, facts of the plan and documents whose text is marked as coming from outside."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decisionworks.graphs.codegen.render.errors import UnusableRenderInput
from decisionworks.graphs.codegen.render.escaping import UserText, as_user_text
from decisionworks.graphs.codegen.render.model import Json, RenderInput
from decisionworks.graphs.codegen.render.naming import Names, names_for
from decisionworks.graphs.codegen.render.problem import Problem, problem_for
from decisionworks.graphs.codegen.render.schedules import schedules_for

COLLECTS = "collects"
# Sources that close deliveries themselves; beside them a stream is for scoring.
DELIVERING = frozenset({"ingest-batch-landing", "ingest-cdc-dms", "ingest-saas-appflow", "link-data-platform"})
KEEPS_DECISIONS = "keeps-decisions"
# Who needs to know later what was decided.
RECALLING = frozenset({"gov-explainability", "gov-lineage-audit", "label-annotation-review", "mon-performance-labels"})
# Who decides with a registered model; the second group answers with a language model where the problem is one of those.
DECIDING = frozenset(
    {
        "serve-batch-scoring", "serve-eks-kserve", "serve-gpu-async", "serve-gpu-realtime", "serve-gpu-scheduled",
        "serve-inprocess-lowlatency", "serve-multi-model", "serve-sagemaker-realtime", "serve-stream-inline",
    }
)  # fmt: skip
ANSWERING = frozenset({"serve-container-ecs", "serve-serverless-cpu"})
MOVES_ENDPOINT = "moves-endpoint"
# Endpoints whose machines serve the version that their configuration names.
PINNED = frozenset({"serve-gpu-realtime", "serve-sagemaker-realtime"})
FOLLOWS_REGISTRY = "follows-registry"
FOLLOWING = frozenset({"serve-eks-kserve", "serve-gpu-async", "serve-stream-inline"})
# Data that may not reach the internet, and what is then called from inside the network: the most used first.
CLOSED = frozenset({"phi", "pci"})
ENDPOINTS = (
    "secretsmanager", "ecr.dkr", "ecr.api", "logs", "kms", "sts", "sagemaker.runtime", "sagemaker.api", "monitoring",
    "sqs", "ecs",
)  # fmt: skip
# What only some plans call from inside, and by which patterns.
CALLED_BY: Mapping[str, tuple[str, ...]] = {
    "kms": ("sec-pii-minimisation",),
    "sagemaker.api": ("registry-model", "serve-sagemaker-realtime", "serve-gpu-realtime"),
    "sagemaker.runtime": ("serve-gpu-scheduled", "serve-llm-vllm", "serve-multi-model", "serve-sagemaker-realtime"),
    "sqs": ("label-annotation-review", "serve-gpu-async"),
    "events": ("deliver-results",),
    "textract": ("serve-managed-ai",),
    "transcribe": ("serve-managed-ai",),
    "bedrock-runtime": ("serve-llm-bedrock", "llm-guardrails"),
}
ALWAYS_CALLED = 4
DASHBOARD = "dashboard"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The plain facts of a plan that choose fragments and fill templates."""

    patterns: frozenset[str]
    tags: frozenset[str]
    names: Names
    region: str
    problem: Problem

    def has(self, name: str) -> bool:
        """Say whether the plan contains a pattern, or the example problem carries a tag."""
        return name in self.patterns or name in self.tags

    def has_any(self, *names: str) -> bool:
        """Say whether at least one of several patterns or tags is there."""
        return any(self.has(name) for name in names)


def facts_of(source: RenderInput) -> Facts:
    """Read the facts off a render input.

    Raises: UnusableRenderInput, the plan has no patterns or names no AWS region.
    """
    patterns = frozenset(str(entry["id"]) for entry in source.plan.get("patterns", ()))
    if not patterns:
        raise UnusableRenderInput("The plan has no patterns.")
    problem = problem_for(source.values, patterns, request=source.request)
    return Facts(
        patterns=patterns,
        tags=problem.tags
        | _collecting(patterns)
        | _keeping(problem, patterns)
        | _moving(problem, patterns)
        | _watching(source),
        names=names_for(source.project_name, package=problem.package),
        region=_region(source),
        problem=problem,
    )


def _collecting(patterns: frozenset[str]) -> frozenset[str]:
    """Whether the pipeline itself makes deliveries: of arrivals that nobody else delivers, or of what others left."""
    has_events = "ingest-stream-kinesis" in patterns
    arrives = not patterns & DELIVERING if has_events else "ingest-iot-core" in patterns
    found = {"collects-arrivals"} if arrives else set()
    return frozenset(found | ({COLLECTS} if arrives or patterns & {"ingest-cdc-dms", "link-data-platform"} else set()))


def _keeping(problem: Problem, patterns: frozenset[str]) -> frozenset[str]:
    """Whether each decision is recorded where it is made: somebody judges, explains, seals or reviews it later."""
    decides = patterns & DECIDING or (problem.llm_task == "none" and patterns & ANSWERING)
    is_kept = problem.uses_model and patterns & RECALLING and (decides or "mon-performance-labels" in patterns)
    return frozenset({KEEPS_DECISIONS} if is_kept else ())


def _moving(problem: Problem, patterns: frozenset[str]) -> frozenset[str]:
    """Whether a promotion has a managed endpoint to move; other services look at the registry again by themselves."""
    if not problem.uses_model:
        return frozenset()
    follows = patterns & FOLLOWING or (problem.llm_task == "none" and patterns & ANSWERING)
    return frozenset(({MOVES_ENDPOINT} if patterns & PINNED else set()) | ({FOLLOWS_REGISTRY} if follows else set()))


def _watching(source: RenderInput) -> frozenset[str]:
    """Whether the plan pays for a dashboard."""
    is_paid = _billed_quantities(source.cost_estimate)("cloudwatch.dashboard.month", 1.0)
    return frozenset({DASHBOARD} if is_paid else ())


def template_context(source: RenderInput, facts: Facts) -> dict[str, Any]:
    """Build the variables of every template."""
    values = as_user_text(dict(source.values))
    billed = _billed_quantities(source.cost_estimate)
    return {
        **_network_of(source, facts, billed),
        "names": facts.names,
        "region": facts.region,
        "has": facts.has,
        "has_any": facts.has_any,
        "values": values,
        "value": _value_reader(values),
        "billed": billed,
        "problem": facts.problem,
        "schedules": schedules_for(source.values),
        "use_case": values.get("use_case_type") or UserText("other"),
        "plan": as_user_text(dict(source.plan)),
        "cost": as_user_text(dict(source.cost_estimate)),
        "policies": as_user_text(dict(source.policy_results)),
        "plan_hash": UserText(source.plan_hash),
        "project_name": UserText(source.project_name),
        "request": UserText(source.request),
        "guidance": UserText(source.guidance),
    }


def _billed_quantities(estimate: Json) -> Callable[..., float]:
    """What the plan pays for by price, so that as much is built; without any line the caller's usual amount."""
    items = [item for item in estimate.get("items", ()) if isinstance(item, Mapping)]

    def billed(price: str, usual: float) -> float:
        found = [float(item.get("quantity", 0.0)) for item in items if item.get("price") == price]
        return sum(found) if items else usual

    return billed


def _network_of(source: RenderInput, facts: Facts, billed: Callable[..., float]) -> dict[str, Any]:
    """As many gateways and interface endpoints as are paid for; a closed network has what it calls and no way out."""
    is_closed = source.values.get("data_sensitivity") in CLOSED
    zones = min(max(round(billed("nat.hour", 730.0) / 730), 1), 2)
    hours = billed("vpce.interface.hour", 0.0)
    if not is_closed:
        endpoint_zones = zones if hours else 2
        services = list(ENDPOINTS[: max(round(hours / 730 / endpoint_zones), 1)])
    else:
        called = [name for name, by in CALLED_BY.items() if facts.has_any(*by)]
        # One quiet zone has what its plan calls, and more only as far as it is paid for; two zones have them all.
        endpoint_zones = 1 if 0 < round(hours / 730) <= len(ENDPOINTS) else 2
        least = list(dict.fromkeys([*ENDPOINTS[:ALWAYS_CALLED], *called]))
        more = [name for name in ENDPOINTS if name not in least]
        services = least + more[: max(round(hours / 730) - len(least), 0) if endpoint_zones == 1 else len(more)]
    return {"nat_gateways": zones, "endpoint_services": sorted(services), "endpoint_zones": endpoint_zones}


def _value_reader(values: Json) -> Callable[..., Any]:
    def value(field: str, default: Any = None) -> Any:
        found = values.get(field)
        return default if found is None else found

    return value


def _region(source: RenderInput) -> str:
    stated = source.values.get("regions") or ()
    regions = stated if isinstance(stated, Sequence) and not isinstance(stated, str) else (stated,)
    for region in (source.cost_estimate.get("region"), *regions):
        if isinstance(region, str) and _REGION.fullmatch(region):
            return region
    raise UnusableRenderInput(
        "No AWS region is named in the plan's constraints.", remedy="Set `regions` to an AWS region code."
    )
