"""What a request needs of a plan: demands that must hold, wishes with a weight, and patterns ruled out.

Demands follow the block rules of the policies, so that a plan passes them by construction; wishes follow the warn rules
and planning practice. Each names the constraints it comes from: those are quoted when demands contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decisionworks.patterns.asked import (
    OWNED,
    captures_changes,
    has_owned_platform,
    has_scans,
    reaches_premises,
    reads_ready_made,
    wants_ready_made,
)
from decisionworks.patterns.base_needs import base_needs
from decisionworks.patterns.model import Need, Situation
from decisionworks.patterns.score import shown
from decisionworks.patterns.situation import LLM_TYPES, is_llm
from decisionworks.patterns.values import counts_as_it_goes, items_of, number_of, trains

REAL_TIME = (
    "serve-precomputed-lookup", "serve-serverless-cpu", "serve-container-ecs", "serve-sagemaker-realtime",
    "serve-multi-model", "serve-eks-kserve", "serve-gpu-realtime", "serve-gpu-scheduled", "serve-inprocess-lowlatency",
)  # fmt: skip
QUEUED = (
    "serve-gpu-async", "serve-gpu-realtime", "serve-serverless-cpu", "serve-container-ecs", "serve-batch-scoring",
    "serve-managed-ai",
)  # fmt: skip
LLM_SERVING = ("serve-llm-bedrock", "serve-llm-vllm")
LLM_PARTS = (*LLM_SERVING, "rag-pipeline", "llm-guardrails", "llm-eval-tracing")
VECTOR_STORES = ("vector-pgvector", "vector-s3vectors", "vector-opensearch")
TRAINING = ("train-cpu-job", "train-gpu-job", "train-spot-checkpointed")
ORCHESTRATION = ("orch-stepfunctions", "orch-sagemaker-pipelines", "orch-airflow-mwaa", "orch-ci-cron")
REGISTRY = ("registry-model", "registry-s3-manifest")
STREAMS = ("ingest-stream-kinesis", "ingest-stream-msk")
ONLINE_FEATURES = ("features-online-dynamodb", "cache-valkey")
# Below this no hop to a store fits into the answer, so what is fresh lies in the memory of the caller. Units: ms.
IN_MEMORY_BELOW_MS = 20.0
MEDIA = ("image", "video", "audio", "text", "documents")
AUDITED = ("pci_dss", "fedramp", "sr_11_7", "eu_ai_act_high_risk", "hipaa")
# Use cases whose entities are known before anybody asks, so that answers can be computed ahead.
ENTITY_USES = (
    "recommendation", "churn_propensity", "forecasting", "tabular_scoring", "ranking_search",
    "predictive_maintenance",
)  # fmt: skip
# Use cases whose true outcome arrives by itself: the next day's sales, the click, the repayment.
SELF_LABELLING = (
    "forecasting",
    "recommendation",
    "ranking_search",
    "fraud_detection",
    "credit_risk",
    "churn_propensity",
)

# Deep models on pictures and sound run on GPUs, once a budget carries one.
GPU_MODELS = ("cnn_vision", "speech")
# Uses that only such models serve, whether or not the model was named.
GPU_USES = ("speech_to_text", "video_analytics", "medical_imaging")
GPU_FLOOR_USD = 400.0
# From about this many pictures a second on, processors cost more than a graphics card.
PICTURES_PER_SECOND = 100
# A vision network of this size answers within a second on a graphics card only.
HEAVY_VISION_GB = 1.0
# Pictures a second times the size of the network: ten of them by a network of 200 MB keep many processors busy.
WORK_PER_SECOND = 2.0
QUEUE_WEIGHT = 40
# One in ten seconds, by a model of half a gigabyte: some seconds each on two processors.
LIGHT_RPS, LIGHT_GB = 0.1, 0.5
# What has to be back sooner is asked for inside one network: a public door alone takes as long.
INSIDE_MS = 20.0
PROMISED_PCT = 99.9
MANAGED_ORCHESTRATION = ("orch-stepfunctions", "orch-sagemaker-pipelines", "orch-airflow-mwaa")

# At most one of each of these is in a plan.
SLOTS: tuple[tuple[str, ...], ...] = (
    REAL_TIME,
    ("serve-gpu-async", "serve-gpu-realtime"),
    TRAINING,
    ORCHESTRATION,
    REGISTRY,
    VECTOR_STORES,
    LLM_SERVING,
    STREAMS,
    ("process-container-small", "process-spark-serverless", "process-flink-stream"),
)


def derive_needs(situation: Situation) -> tuple[Need, ...]:
    """Every demand and wish of a request, in a fixed order."""
    values = situation.working
    return (
        *base_needs(values),
        *_data_needs(values),
        *_link_wishes(values),
        *_serving_needs(values),
        *_heavy_wishes(values),
        *_training_needs(values),
        *_control_needs(values),
        *_place_needs(situation),
        *_operation_wishes(values),
        *_team_wishes(values),
    )


def derive_slots(situation: Situation) -> tuple[tuple[str, ...], ...]:
    """Groups of which a plan has at most one; queued work has one server of its own unless callers also wait."""
    modes = items_of(situation.working, "inference_mode")
    if "real_time" in modes:
        return SLOTS
    # Whole tables that are scored on a schedule have their own job beside the queue.
    return (*SLOTS, tuple(name for name in QUEUED if name != "serve-batch-scoring" or "batch" not in modes))


def _data_needs(values: Mapping[str, object]) -> Iterator[Need]:
    velocity, sources, modes = (
        values.get("data_velocity"), items_of(values, "data_sources"), items_of(values, "inference_mode"),
    )  # fmt: skip
    if velocity == "streaming" or "streaming" in modes:
        why = f"data_velocity = {shown(velocity)} needs a stream"
        yield Need(id="stream", any_of=STREAMS, why=why, fields=("data_velocity",))
        if "streaming" in modes:
            why = f"{shown(values.get('stream_events_per_sec'))} events a second are joined and windowed on the way"
            yield Need(id="stream-processing", any_of=("process-flink-stream", "process-spark-serverless"), why=why,
                       fields=("inference_mode", "stream_events_per_sec"), weight=10)  # fmt: skip
    elif "edge" not in modes:
        yield Need(id="landing", any_of=("ingest-batch-landing",), fields=("data_velocity",),
                   why=f"data_velocity = {shown(velocity)}: files or extracts land on a schedule")  # fmt: skip
    if "iot_devices" in sources:
        yield Need(id="devices", any_of=("ingest-iot-core",), fields=("data_sources",),
                   why="data_sources names iot_devices")  # fmt: skip
    if trains(values) or "batch" in modes:
        volume = shown(values.get("data_volume_gb"))
        yield Need(id="processing", weight=15,
                   any_of=("process-container-small", "process-spark-serverless", "process-flink-stream"),
                   why=f"data_volume_gb = {volume} is prepared for training and scoring")  # fmt: skip


def _link_wishes(values: Mapping[str, object]) -> Iterator[Need]:
    """What joins the plan to systems that are already there."""
    sources, platforms = items_of(values, "data_sources"), items_of(values, "existing_platform")
    if has_owned_platform(values):
        field, weight = ("existing_platform", 9) if any(one in OWNED for one in platforms) else ("data_sources", 4)
        yield _wish("platform", "link-data-platform", weight, (field, "what is owned already is used"), values)
    if reaches_premises(values):
        field = "data_sources" if "on_prem" in sources else "cloud"
        yield _wish("premises", "link-onprem-vpn", 8, (field, "data crosses an encrypted line of its own"), values)
    if "saas_api" in sources:
        why = ("data_sources", "an application is read by a managed connector")
        yield _wish("saas", "ingest-saas-appflow", 6, why, values)
        if "batch" in items_of(values, "inference_mode"):
            yield _wish("delivery", "deliver-results", 5, ("data_sources", "scores go back where people work"), values)
    if captures_changes(values):
        why = ("data_sources", "nobody queries the production database every hour")
        yield _wish("changes", "ingest-cdc-dms", 6, why, values)


def _serving_needs(values: Mapping[str, object]) -> Iterator[Need]:
    modes = items_of(values, "inference_mode")
    mode_fields = ("inference_mode",)
    if is_llm(values):
        yield from _llm_needs(values)
        if "edge" not in modes:
            return
    for mode, options, why in (
        ("real_time", REAL_TIME, "a caller waits for the answer"),
        ("batch", ("serve-batch-scoring",), "whole tables are scored on a schedule"),
        ("async", QUEUED, "work queues and results are delivered later"),
        ("edge", ("serve-edge-greengrass",), "the model runs on devices"),
    ):
        if mode in modes and not (is_llm(values) and mode != "edge"):
            yield Need(id=f"serve-{mode}", any_of=options, fields=mode_fields, why=f"inference_mode = {mode}: {why}")
    if "streaming" in modes and "real_time" not in modes:
        yield Need(id="serve-streaming", any_of=("serve-stream-inline",), fields=mode_fields,
                   why="inference_mode = streaming: every event leaves with a score")  # fmt: skip


def _heavy_wishes(values: Mapping[str, object]) -> Iterator[Need]:
    """Deep models in a hurry or at a queue, and vectors that are searched without a language model."""
    yield from _queue_wish(values)
    latency = number_of(values, "latency_p95_ms", 1000)
    # Speech that is waited for is heard on a GPU, however patient the caller.
    slowest = {"cnn_vision": 200, "speech": 60_000}.get(str(values.get("model_type")), 0)
    peak, size_gb = number_of(values, "throughput_rps_peak"), number_of(values, "model_size_gb")
    is_heavy = peak >= PICTURES_PER_SECOND or size_gb >= HEAVY_VISION_GB or peak * size_gb >= WORK_PER_SECOND
    if values.get("model_type") == "cnn_vision" and is_heavy:
        slowest = 3000 if size_gb >= LIGHT_GB else 1000
    if "real_time" in items_of(values, "inference_mode") and latency <= slowest:
        why = f"latency_p95_ms = {latency:g} with model_type = {values.get('model_type')} asks for a GPU"
        # A server that is started each morning keeps no promise of three nines.
        is_promised = number_of(values, "availability_slo_pct") >= PROMISED_PCT
        scheduled = () if is_promised else ("serve-gpu-scheduled",)
        options = ("serve-gpu-realtime", *scheduled, "serve-eks-kserve")
        weight = QUEUE_WEIGHT if number_of(values, "budget_usd_month", GPU_FLOOR_USD) > GPU_FLOOR_USD else 5
        yield Need(id="gpu-latency", any_of=options, weight=weight, fields=("latency_p95_ms", "model_type"), why=why)
    if wants_ready_made(values):
        why = "training_compute = none: what is sold ready-made is bought, not built"
        fields = ("use_case_type", "training_compute")
        yield Need(id="ready-made", any_of=("serve-managed-ai",), weight=QUEUE_WEIGHT, fields=fields, why=why)
    if values.get("use_case_type") == "embedding_search":
        why = f"corpus_documents = {shown(values.get('corpus_documents'))} are found by vector"
        yield Need(id="vectors", any_of=VECTOR_STORES, fields=("use_case_type",), why=why)


def _is_light(values: Mapping[str, object]) -> bool:
    """A few texts or pictures an hour, which a processor gets through while a GPU would mostly wait."""
    rate = values.get("throughput_rps_avg")
    is_small = isinstance(rate, int | float) and rate <= LIGHT_RPS and number_of(values, "model_size_gb") <= LIGHT_GB
    is_plain = values.get("model_type") in ("transformer_nlp", "cnn_vision")
    return is_small and is_plain and values.get("use_case_type") not in ("medical_imaging", "video_analytics")


def _queue_wish(values: Mapping[str, object]) -> Iterator[Need]:
    """A wish, however strong: as a demand it would turn requests away for having more money."""
    affords_gpu = number_of(values, "budget_usd_month", GPU_FLOOR_USD) >= GPU_FLOOR_USD
    is_queued = "async" in items_of(values, "inference_mode") and values.get("model_type") in GPU_MODELS
    if is_queued and affords_gpu and not _is_light(values):
        bought = ("serve-managed-ai",) if reads_ready_made(values) else ()
        why = f"model_type = {values.get('model_type')}: what waits in the queue is read fastest on a GPU"
        options = ("serve-gpu-async", "serve-gpu-realtime", *bought)
        fields = ("inference_mode", "model_type")
        yield Need(id="gpu-queue", any_of=options, weight=QUEUE_WEIGHT, fields=fields, why=why)


def _llm_needs(values: Mapping[str, object]) -> Iterator[Need]:
    fields = ("model_type",) if values.get("model_type") in LLM_TYPES else ("use_case_type",)
    kind = f"{fields[0]} = {shown(values.get(fields[0]))}"
    yield Need(id="serve-llm", any_of=LLM_SERVING, why=f"{kind}: a language model answers", fields=fields)
    yield Need(id="llm-guardrails", any_of=("llm-guardrails",), fields=fields,
               why="a language model carries input and output controls")  # fmt: skip
    yield Need(id="llm-evaluation", any_of=("llm-eval-tracing",), fields=("model_type",), weight=12,
               why="answers shift silently when prompts or models change")  # fmt: skip
    if values.get("use_case_type") == "llm_agent":
        yield Need(id="agent", any_of=("llm-agent-host",), fields=("use_case_type",), weight=10,
                   why="use_case_type = llm_agent: tools are called with caps, permissions and a record")  # fmt: skip
    if has_scans(values):
        yield Need(id="reading", any_of=("serve-managed-ai",), fields=("use_case_type", "data_types"), weight=6,
                   why="data_types names image: pages are read before a language model sees text")  # fmt: skip
    if values.get("use_case_type") == "llm_chat_rag":
        yield Need(id="retrieval", any_of=("rag-pipeline",), fields=("use_case_type",),
                   why=f"use_case_type = {values.get('use_case_type')}: answers come from documents")  # fmt: skip


def _training_needs(values: Mapping[str, object]) -> Iterator[Need]:
    compute = values.get("training_compute")
    if trains(values):
        why = f"training_compute = {shown(compute)}"
        if compute == "gpu_cluster":
            yield Need(id="training", any_of=("train-distributed-gpu",), fields=("training_compute",), why=why)
        else:
            yield Need(id="training", any_of=TRAINING, fields=("training_compute",), why=why)
        yield Need(id="registry", any_of=REGISTRY, why="every deployed model has one known version")
    elif values.get("model_type") not in ("llm_api",) and not is_llm(values):
        yield Need(id="registry", any_of=REGISTRY, why="every deployed model has one known version")
    if trains(values) or "batch" in items_of(values, "inference_mode"):
        yield Need(id="orchestration", any_of=ORCHESTRATION, why="steps run in order and can be repeated")
        if number_of(values, "team_size", 2) >= 3:
            why = f"team_size = {shown(values.get('team_size'))}: several people need one run history"
            fields = ("team_size",)
            yield Need(id="managed-orchestration", any_of=MANAGED_ORCHESTRATION, weight=2, fields=fields, why=why)
    else:
        yield Need(
            id="orchestration", any_of=MANAGED_ORCHESTRATION, why="ingestion and checks run on a schedule", weight=4
        )
    if values.get("model_type") == "llm_self_hosted":
        yield Need(id="registry-weights", any_of=REGISTRY, weight=5, fields=("model_type",),
                   why="own weights have versions")  # fmt: skip


def _control_needs(values: Mapping[str, object]) -> Iterator[Need]:
    rules, sensitivity = items_of(values, "compliance"), values.get("data_sensitivity")
    if sensitivity in ("phi", "pci"):
        yield _control("private-network", "sec-private-network", "data_sensitivity", values)
    if "hipaa" in rules:
        yield _control("hipaa-network", "sec-private-network", "compliance", values)
    if any(rule in rules for rule in AUDITED):
        yield _control("audit", "gov-lineage-audit", "compliance", values)
    if any(rule in rules for rule in ("gdpr", "lgpd", "pci_dss")) and sensitivity != "public":
        yield _control("privacy", "sec-pii-minimisation", "compliance", values)
    elif sensitivity in ("pii", "phi", "pci"):
        yield _control("privacy", "sec-pii-minimisation", "data_sensitivity", values)
    if values.get("explainability_required") is True:
        yield _control("explanations", "gov-explainability", "explainability_required", values)
    if any(rule in rules for rule in ("eu_ai_act_high_risk", "sr_11_7")):
        yield _control("regulated-explanations", "gov-explainability", "compliance", values)
    if values.get("human_review_required") is True:
        yield _control("human-review", "label-annotation-review", "human_review_required", values)
    if "eu_ai_act_high_risk" in rules:
        yield _control("human-oversight", "label-annotation-review", "compliance", values)
    if values.get("labelling_needed") is True:
        yield _control("labelling", "label-annotation-review", "labelling_needed", values)
    if values.get("multi_region") is True:
        yield _control("second-region", "dr-multi-region", "multi_region", values)


def _place_needs(situation: Situation) -> Iterator[Need]:
    """A demand that nothing can meet: a second region where the jurisdiction has only one."""
    if situation.working.get("multi_region") is True and situation.second_region is None:
        residency = shown(situation.working.get("data_residency"))
        why = f"multi_region = true needs a second region; data_residency = {residency} leaves {situation.region} alone"
        yield Need(id="second-place", any_of=(), fields=("multi_region", "data_residency"), why=why)


def _control(name: str, pattern: str, field: str, values: Mapping[str, object]) -> Need:
    return Need(id=name, any_of=(pattern,), fields=(field,), why=f"demanded by {field} = {shown(values.get(field))}")


def _wish(name: str, pattern: str, weight: int, because: tuple[str, str], values: Mapping[str, object]) -> Need:
    field, why = because
    text = f"{field} = {shown(values.get(field))}: {why}"
    return Need(id=f"wish-{name}", any_of=(pattern,), weight=weight, fields=(field,), why=text)


def _operation_wishes(values: Mapping[str, object]) -> Iterator[Need]:
    slo, modes = number_of(values, "availability_slo_pct", 99.5), items_of(values, "inference_mode")
    if not is_llm(values) and values.get("retraining_frequency") != "never":
        why = ("retraining_frequency", "retraining without a drift signal is blind")
        yield _wish("drift", "mon-drift", 12, why, values)
    if slo >= 99.9 and any(mode in modes for mode in ("real_time", "streaming")):
        why = ("availability_slo_pct", "most outages are changes")
        yield _wish("progressive", "deploy-progressive", 14, why, values)
    if slo >= 99.99:
        why = ("availability_slo_pct", "one region leaves little room")
        yield _wish("four-nines", "dr-multi-region", 8, why, values)
    if "real_time" in modes:
        if number_of(values, "latency_p95_ms", INSIDE_MS) >= INSIDE_MS:
            because = ("inference_mode", "open inference leaks data and money")
            yield _wish("edge", "sec-api-auth-waf", 7, because, values)
        yield from _online_wishes(values)
    if number_of(values, "audit_retention_years") >= 1:
        why = ("audit_retention_years", "kept records must be sealed")
        yield _wish("retention", "gov-lineage-audit", 10, why, values)


def _online_wishes(values: Mapping[str, object]) -> Iterator[Need]:
    fresh_enough = values.get("data_velocity") in ("static", "daily", "hourly")
    if "batch" in items_of(values, "inference_mode") and fresh_enough and values.get("use_case_type") in ENTITY_USES:
        because = ("inference_mode", "what is computed ahead is read by its key")
        yield _wish("computed-ahead", "serve-precomputed-lookup", 8, because, values)
    if number_of(values, "tenants", 1) >= 20:
        why = f"tenants = {shown(values.get('tenants'))}: a model each, on shared machines"
        options = ("serve-multi-model", "serve-eks-kserve")
        yield Need(id="tenancy", any_of=options, weight=16, fields=("tenants",), why=why)
    if values.get("data_velocity") == "streaming":
        why = "data_velocity = streaming: fresh features are read while the caller waits"
        fields = ("data_velocity", "inference_mode")
        yield Need(id="online-features", any_of=_fresh_features(values), weight=12, fields=fields, why=why)
        if number_of(values, "stream_events_per_sec", number_of(values, "throughput_rps_peak")) >= 1000:
            reason = ("data_velocity", "features are windows over events")
            yield _wish("windows", "process-flink-stream", 5, reason, values)
    elif counts_as_it_goes(values):
        why = "use_case_type = fraud_detection: what a card did in the last minutes is looked up while the caller waits"
        fields = ("use_case_type", "throughput_rps_peak")
        yield Need(id="recent-counts", any_of=_fresh_features(values), weight=12, fields=fields, why=why)


def _fresh_features(values: Mapping[str, object]) -> tuple[str, ...]:
    """What can hold features that are read while the caller waits."""
    is_in_memory = number_of(values, "latency_p95_ms", IN_MEMORY_BELOW_MS) < IN_MEMORY_BELOW_MS
    return (*ONLINE_FEATURES, "serve-inprocess-lowlatency") if is_in_memory else ONLINE_FEATURES


def _team_wishes(values: Mapping[str, object]) -> Iterator[Need]:
    team, rules = number_of(values, "team_size", 2), items_of(values, "compliance")
    if values.get("label_delay_days") is not None:
        yield _wish("outcomes", "mon-performance-labels", 10, ("label_delay_days", "truth comes late"), values)
    elif trains(values) and values.get("use_case_type") in SELF_LABELLING and team >= 3:
        why = ("use_case_type", "true outcomes arrive by themselves")
        yield _wish("outcomes", "mon-performance-labels", 8, why, values)
    if team >= 4:
        yield _wish("approval-trail", "registry-model", 8, ("team_size", "several people need one truth"), values)
        if trains(values):
            why = ("team_size", "experiments of several people are compared")
            yield _wish("tracking", "track-mlflow", 6, why, values)
    if trains(values) and not any(kind in MEDIA for kind in items_of(values, "data_types")):
        why = ("data_types", "training and scoring share definitions")
        yield _wish("features", "features-offline-tables", 4, why, values)
    if any(rule in rules for rule in ("soc2", "iso27001", "gdpr")) and team >= 3:
        yield _wish("evidence", "gov-lineage-audit", 3, ("compliance", "auditors ask for evidence"), values)
