"""Plans that together hold every pattern of the catalogue, and a render input with honest defaults."""

from collections.abc import Iterable, Mapping
from typing import Any

from decisionworks.graphs.codegen.render import RenderInput

BASE = (
    "store-s3-lakehouse", "dq-contract-checks", "cicd-github-terraform", "mon-infra-cloudwatch", "sec-baseline",
    "cost-guardrails", "dr-backup-restore",
)  # fmt: skip
TRAINED = (*BASE, "features-offline-tables", "mon-drift", "train-cpu-job")

PLANS: Mapping[str, tuple[str, ...]] = {
    "weekly batch": (
        *TRAINED, "ingest-batch-landing", "process-container-small", "orch-ci-cron", "registry-s3-manifest",
        "serve-batch-scoring", "serve-precomputed-lookup", "sec-api-auth-waf", "mon-performance-labels",
    ),
    "managed real time": (
        *TRAINED, "ingest-stream-kinesis", "process-flink-stream", "features-online-dynamodb", "cache-valkey",
        "serve-sagemaker-realtime", "deploy-progressive", "sec-private-network", "sec-pii-minimisation",
        "sec-api-auth-waf", "gov-lineage-audit", "orch-sagemaker-pipelines", "registry-model", "track-mlflow",
        "ct-retrain-trigger", "mon-performance-labels", "env-multi-account", "dr-multi-region", "gov-explainability",
    ),
    "function": (
        *TRAINED, "ingest-batch-landing", "serve-serverless-cpu", "orch-stepfunctions", "registry-model",
        "deploy-progressive", "sec-api-auth-waf", "mon-performance-labels",
    ),
    "containers and spark": (
        *TRAINED, "ingest-batch-landing", "process-spark-serverless", "serve-container-ecs", "orch-airflow-mwaa",
        "registry-model", "sec-private-network", "sec-api-auth-waf", "deploy-progressive", "ct-retrain-trigger",
        "gov-explainability", "gov-lineage-audit", "label-annotation-review",
    ),
    "documents": (
        *BASE, "ingest-batch-landing", "serve-llm-bedrock", "llm-guardrails", "llm-eval-tracing", "rag-pipeline",
        "vector-s3vectors", "orch-stepfunctions", "sec-api-auth-waf", "sec-pii-minimisation",
    ),
    "own language model": (
        *BASE, "registry-model", "serve-llm-vllm", "llm-guardrails", "llm-eval-tracing", "rag-pipeline",
        "vector-pgvector", "sec-private-network", "orch-stepfunctions",
    ),
    "search": (
        *BASE, "serve-llm-bedrock", "llm-guardrails", "llm-eval-tracing", "rag-pipeline", "vector-opensearch",
        "sec-private-network", "orch-stepfunctions",
    ),
    "gpu queue": (
        *BASE, "features-offline-tables", "mon-drift", "registry-model", "ingest-batch-landing", "serve-gpu-async",
        "label-annotation-review", "train-gpu-job", "orch-stepfunctions",
    ),
    "edge": (
        *TRAINED, "ingest-iot-core", "serve-edge-greengrass", "orch-stepfunctions", "registry-model",
        "serve-stream-inline",
    ),
    "kafka": (
        *TRAINED, "ingest-stream-msk", "process-flink-stream", "serve-stream-inline", "sec-private-network",
        "serve-inprocess-lowlatency", "orch-stepfunctions", "registry-model", "gov-explainability",
        "mon-performance-labels",
    ),
    "large training": (
        *TRAINED, "ingest-batch-landing", "train-distributed-gpu", "train-spot-checkpointed", "sec-private-network",
        "serve-gpu-realtime", "orch-stepfunctions", "registry-model",
    ),
    "kubernetes": (
        *TRAINED, "ingest-batch-landing", "serve-eks-kserve", "sec-private-network", "orch-stepfunctions",
        "registry-model", "gov-lineage-audit",
    ),
    "systems that are there": (
        *TRAINED, "ingest-batch-landing", "ingest-cdc-dms", "ingest-saas-appflow", "link-data-platform",
        "link-onprem-vpn", "sec-private-network", "process-container-small", "serve-batch-scoring", "deliver-results",
        "orch-stepfunctions", "registry-model",
    ),
    "office hours": (
        *BASE, "features-offline-tables", "mon-drift", "ingest-batch-landing", "serve-gpu-scheduled", "train-gpu-job",
        "orch-stepfunctions", "registry-model", "label-annotation-review",
    ),
    "agent over scans": (
        *BASE, "ingest-batch-landing", "serve-managed-ai", "serve-llm-bedrock", "llm-guardrails", "llm-eval-tracing",
        "llm-agent-host", "orch-stepfunctions", "sec-api-auth-waf",
    ),
    "many tenants": (
        *TRAINED, "ingest-batch-landing", "serve-multi-model", "sec-api-auth-waf", "orch-sagemaker-pipelines",
        "registry-model", "mon-performance-labels",
    ),
}  # fmt: skip


def render_input(patterns: Iterable[str], **changes: Any) -> RenderInput:
    """Make a render input for a set of patterns; `changes` replace its fields."""
    entries: list[dict[str, Any]] = [
        {
            "id": pattern,
            "capability": "a capability",
            "reason": "it fits",
            "score": 1,
            "runner_up": None,
            "requires": [],
        }
        for pattern in patterns
    ]
    fields: dict[str, Any] = {
        "plan": {"patterns": entries, "edges": [], "assumptions": []},
        "values": {"regions": ["eu-west-1"], "use_case_type": "churn_propensity", "budget_usd_month": 500},
        "cost_estimate": {"currency": "USD", "region": "eu-west-1", "items": []},
        "policy_results": {"status": "pass", "rules": []},
        "plan_hash": "ab" * 32,
        "project_name": "Churn scores",
    }
    return RenderInput(**(fields | changes))
