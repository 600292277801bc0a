"""The order in which a plan is read, and how its parts are wired."""

from __future__ import annotations

from collections.abc import Sequence

from decisionworks.patterns.model import Json, PatternCatalogue

# Reading order: data first, then the model's life, then what answers, then what watches, protects and pays.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Data", ("connectivity", "ingestion", "storage", "processing", "data_quality", "labelling_feedback",
              "feature_store")),
    ("Model", ("training", "tracking", "orchestration", "registry", "continuous_training")),
    ("Serving", ("serving", "caching", "vector_store", "rag", "llm_application", "llm_safety", "llm_evaluation",
                 "progressive_delivery", "api_edge", "result_delivery")),
    ("Watching", ("monitoring_infra", "monitoring_drift", "monitoring_performance", "governance", "explainability")),
    ("Foundation", ("security_base", "security_network", "privacy", "cicd", "environments", "cost_control",
                    "disaster_recovery")),
)  # fmt: skip
CAPABILITY_ORDER = {name: place for place, name in enumerate(name for _, names in LAYERS for name in names)}

# (from, to, label): drawn when a plan has both ends; an end is a pattern or cap:NAME for all of a capability.
WIRES: tuple[tuple[str, str, str], ...] = (
    ("cap:ingestion", "store-s3-lakehouse", "lands in"),
    ("ingest-iot-core", "ingest-stream-kinesis", "device events"),
    ("ingest-iot-core", "ingest-stream-msk", "device events"),
    ("ingest-stream-kinesis", "process-flink-stream", "events"),
    ("ingest-stream-msk", "process-flink-stream", "events"),
    ("ingest-stream-kinesis", "serve-stream-inline", "events to score"),
    ("ingest-stream-msk", "serve-stream-inline", "events to score"),
    ("link-data-platform", "store-s3-lakehouse", "extracts land in"),
    ("link-onprem-vpn", "cap:ingestion", "carries"),
    ("link-onprem-vpn", "cap:serving", "carries calls to"),
    ("serve-batch-scoring", "link-data-platform", "scores back to"),
    ("serve-batch-scoring", "deliver-results", "finished scores"),
    ("serve-managed-ai", "serve-llm-bedrock", "text of pages"),
    ("serve-managed-ai", "serve-llm-vllm", "text of pages"),
    ("serve-managed-ai", "label-annotation-review", "uncertain cases"),
    ("llm-agent-host", "llm-guardrails", "tasks and tool results"),
    ("llm-agent-host", "llm-eval-tracing", "steps"),
    ("store-s3-lakehouse", "process-container-small", "raw data"),
    ("store-s3-lakehouse", "process-spark-serverless", "raw data"),
    ("dq-contract-checks", "store-s3-lakehouse", "checks"),
    ("cap:processing", "features-offline-tables", "features"),
    ("process-flink-stream", "features-online-dynamodb", "fresh features"),
    ("process-flink-stream", "cache-valkey", "fresh features"),
    ("features-offline-tables", "features-online-dynamodb", "publishes"),
    ("features-offline-tables", "cap:training", "training set"),
    ("label-annotation-review", "cap:training", "labels"),
    ("label-annotation-review", "store-s3-lakehouse", "verdicts"),
    ("cap:orchestration", "cap:training", "starts"),
    ("cap:orchestration", "cap:processing", "starts"),
    ("cap:orchestration", "serve-batch-scoring", "starts"),
    ("cap:training", "track-mlflow", "runs and metrics"),
    ("cap:training", "cap:registry", "model version"),
    ("cap:registry", "cap:serving", "approved version"),
    ("deploy-progressive", "cap:serving", "rolls out"),
    ("serve-batch-scoring", "serve-precomputed-lookup", "answers by key"),
    ("features-online-dynamodb", "cap:serving", "features by key"),
    ("cache-valkey", "cap:serving", "hot features"),
    ("sec-api-auth-waf", "cap:serving", "authenticated calls"),
    ("sec-api-auth-waf", "rag-pipeline", "authenticated calls"),
    ("store-s3-lakehouse", "rag-pipeline", "documents"),
    ("rag-pipeline", "cap:vector_store", "searches"),
    ("rag-pipeline", "llm-guardrails", "question and passages"),
    ("llm-guardrails", "serve-llm-bedrock", "checked prompt"),
    ("llm-guardrails", "serve-llm-vllm", "checked prompt"),
    ("serve-llm-bedrock", "llm-eval-tracing", "traces"),
    ("serve-llm-vllm", "llm-eval-tracing", "traces"),
    ("serve-gpu-async", "label-annotation-review", "uncertain cases"),
    ("serve-llm-bedrock", "label-annotation-review", "uncertain cases"),
    ("cap:serving", "mon-infra-cloudwatch", "latency, errors, cost"),
    ("cap:serving", "mon-drift", "inputs and scores"),
    ("cap:serving", "mon-performance-labels", "predictions"),
    ("mon-drift", "ct-retrain-trigger", "drift"),
    ("mon-performance-labels", "ct-retrain-trigger", "metric drop"),
    ("ct-retrain-trigger", "cap:orchestration", "retrain"),
    ("cap:registry", "gov-lineage-audit", "lineage"),
    ("gov-lineage-audit", "gov-explainability", "model cards"),
    ("sec-pii-minimisation", "store-s3-lakehouse", "masks before"),
    ("cicd-github-terraform", "cap:serving", "deploys"),
    ("dr-backup-restore", "dr-multi-region", "restores into"),
)


def reading_order(patterns: Sequence[str], *, catalogue: PatternCatalogue) -> list[str]:
    """Patterns by layer, then by name."""
    return sorted(patterns, key=lambda name: (CAPABILITY_ORDER[catalogue.by_id[name].capability], name))


def wire(patterns: Sequence[str], *, catalogue: PatternCatalogue) -> list[Json]:
    """What flows between the patterns of a plan."""
    edges: list[Json] = []
    for start, end, label in WIRES:
        for one in _ends(start, patterns, catalogue):
            for other in _ends(end, patterns, catalogue):
                if one != other:
                    edges.append({"from": one, "to": other, "label": label})
    unique = {(str(edge["from"]), str(edge["to"])): edge for edge in reversed(edges)}
    return [edge for edge in edges if unique[str(edge["from"]), str(edge["to"])] is edge]


def draw(patterns: Sequence[str], edges: Sequence[Json], *, catalogue: PatternCatalogue) -> str:
    """The plan as a Mermaid flow chart, one box per layer."""
    lines = ["flowchart LR"]
    for layer, capabilities in LAYERS:
        members = [name for name in patterns if catalogue.by_id[name].capability in capabilities]
        if members:
            lines.append(f"  subgraph {layer}")
            lines += [f'    {_node(name)}["{catalogue.by_id[name].name}"]' for name in members]
            lines.append("  end")
    lines += [f"  {_node(str(edge['from']))} -->|{edge['label']}| {_node(str(edge['to']))}" for edge in edges]
    return "\n".join(lines) + "\n"


def _node(name: str) -> str:
    return name.replace("-", "_")


def _ends(name: str, patterns: Sequence[str], catalogue: PatternCatalogue) -> list[str]:
    if name.startswith("cap:"):
        return [one for one in patterns if catalogue.by_id[one].capability == name[4:]]
    return [name] if name in patterns else []
