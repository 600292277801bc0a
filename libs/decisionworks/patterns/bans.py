"""What a request rules out for a reason other than an envelope: patterns of another kind of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decisionworks.patterns.asked import (
    captures_changes,
    has_owned_platform,
    has_scans,
    reaches_premises,
    reads_ready_made,
)
from decisionworks.patterns.model import Ban, Situation
from decisionworks.patterns.needs import (
    ENTITY_USES,
    LLM_PARTS,
    MEDIA,
    QUEUED,
    REAL_TIME,
    STREAMS,
    TRAINING,
    VECTOR_STORES,
)
from decisionworks.patterns.score import shown
from decisionworks.patterns.situation import is_llm
from decisionworks.patterns.values import counts_as_it_goes, items_of, number_of, trains

# What a pattern that few requests ask for is asked for by, where it is not the moment of the answer.
ASKED_BY = {"serve-managed-ai": "use_case_type", "serve-gpu-scheduled": "traffic_pattern"}


def derive_bans(situation: Situation) -> tuple[Ban, ...]:
    """Every pattern that the kind of request rules out, in a fixed order."""
    values, known = situation.working, situation.known
    return (
        *_serving_bans(values, known),
        *_llm_bans(values),
        *_data_bans(values),
        *_link_bans(values),
        *_operation_bans(values),
    )


def _serving_bans(values: Mapping[str, object], known: Mapping[str, object]) -> Iterator[Ban]:
    modes = items_of(values, "inference_mode")
    wanted: set[str] = set()
    if not is_llm(values):
        wanted |= set(REAL_TIME) if "real_time" in modes else set()
        wanted |= set(QUEUED) if "async" in modes else set()
        wanted |= {"serve-batch-scoring"} if "batch" in modes or "real_time" in modes else set()
        wanted |= {"serve-stream-inline"} if "streaming" in modes and "real_time" not in modes else set()
    wanted -= set() if reads_ready_made(values) else {"serve-managed-ai"}
    wanted -= set() if known.get("traffic_pattern") == "business_hours" else {"serve-gpu-scheduled"}
    wanted |= {"serve-managed-ai"} if is_llm(values) and has_scans(values) else set()
    wanted |= {"serve-edge-greengrass"} if "edge" in modes else set()
    wanted |= {"serve-batch-scoring"} if "batch" in modes else set()
    every = (*REAL_TIME, *QUEUED, "serve-stream-inline", "serve-edge-greengrass")
    for pattern in dict.fromkeys(every):
        if pattern not in wanted:
            field = ASKED_BY.get(pattern, "inference_mode")
            yield Ban(pattern=pattern, why=f"{field} = {shown(values.get(field))} does not ask for it", fields=(field,))
    if "serve-precomputed-lookup" in wanted:
        fresh = known.get("data_velocity") in ("static", "daily", "hourly")
        # A run over all of them says that they are known, whatever else is in the data.
        is_plain = "batch" in modes or not any(kind in MEDIA for kind in items_of(values, "data_types"))
        entities = values.get("use_case_type") in ENTITY_USES and is_plain
        if not (fresh and entities):
            why = "answers can be computed ahead only for known entities whose inputs change on a schedule"
            yield Ban(pattern="serve-precomputed-lookup", why=why, fields=("data_velocity", "use_case_type"))


def _llm_bans(values: Mapping[str, object]) -> Iterator[Ban]:
    if not is_llm(values):
        searches = values.get("use_case_type") == "embedding_search"
        for pattern in LLM_PARTS if searches else (*LLM_PARTS, *VECTOR_STORES):
            why = f"use_case_type = {shown(values.get('use_case_type'))} needs no language model"
            yield Ban(pattern=pattern, why=why, fields=("use_case_type", "model_type"))
        return
    if values.get("llm_external_api_allowed") is False:
        why = "llm_external_api_allowed = false: prompts stay in the own account"
        yield Ban(pattern="serve-llm-bedrock", why=why, fields=("llm_external_api_allowed",))
    if values.get("use_case_type") not in ("llm_chat_rag", "llm_agent", "embedding_search"):
        for pattern in ("rag-pipeline", *VECTOR_STORES):
            why = f"use_case_type = {shown(values.get('use_case_type'))} does not search documents"
            yield Ban(pattern=pattern, why=why, fields=("use_case_type",))


def _data_bans(values: Mapping[str, object]) -> Iterator[Ban]:
    modes = items_of(values, "inference_mode")
    if values.get("data_velocity") != "streaming" and "streaming" not in modes:
        for pattern in (*STREAMS, "process-flink-stream"):
            why = f"data_velocity = {shown(values.get('data_velocity'))} brings no stream"
            yield Ban(pattern=pattern, why=why, fields=("data_velocity",))
    if "iot_devices" not in items_of(values, "data_sources") and "edge" not in modes:
        yield Ban(pattern="ingest-iot-core", why="no devices send data", fields=("data_sources",))
    if not trains(values):
        for pattern in (*TRAINING, "train-distributed-gpu", "ct-retrain-trigger", "features-offline-tables"):
            yield Ban(pattern=pattern, why="training_compute = none", fields=("training_compute",))
    if values.get("training_compute") != "gpu_cluster":
        why = f"training_compute = {shown(values.get('training_compute'))} fits one machine"
        yield Ban(pattern="train-distributed-gpu", why=why, fields=("training_compute",))
    if "real_time" not in modes or is_llm(values):
        for pattern in ("features-online-dynamodb", "cache-valkey"):
            why = f"inference_mode = {shown(values.get('inference_mode'))} reads nothing while a caller waits"
            yield Ban(pattern=pattern, why=why, fields=("inference_mode",))
    elif values.get("data_velocity") != "streaming" and not counts_as_it_goes(values):
        why = (
            f"data_velocity = {shown(values.get('data_velocity'))}: features come with the request or from the last run"
        )
        yield Ban(pattern="features-online-dynamodb", why=why, fields=("data_velocity",))
    if not trains(values) and "batch" not in modes and "streaming" not in modes:
        for pattern in ("process-container-small", "process-spark-serverless"):
            yield Ban(pattern=pattern, why="nothing is trained or scored in bulk", fields=("training_compute",))


def _link_bans(values: Mapping[str, object]) -> Iterator[Ban]:
    sources = shown(values.get("data_sources"))
    saas = "saas_api" in items_of(values, "data_sources")
    queued = any(mode in items_of(values, "inference_mode") for mode in ("batch", "async"))
    for pattern, is_asked, why, field in (
        ("link-data-platform", has_owned_platform(values), "no warehouse or lakehouse is owned", "existing_platform"),
        ("link-onprem-vpn", reaches_premises(values), "nothing stays on own premises", "cloud"),
        ("ingest-saas-appflow", saas, f"data_sources = {sources}: no application is read", "data_sources"),
        ("ingest-cdc-dms", captures_changes(values), "a nightly extract of the database is enough", "data_velocity"),
        ("deliver-results", saas and queued, "callers take their answers themselves", "data_sources"),
        ("llm-agent-host", values.get("use_case_type") == "llm_agent", "no tools are called", "use_case_type"),
    ):
        if not is_asked:
            yield Ban(pattern=pattern, why=why, fields=(field,))


def _operation_bans(values: Mapping[str, object]) -> Iterator[Ban]:
    wants_second = values.get("multi_region") is True or number_of(values, "availability_slo_pct", 99.5) >= 99.99
    if not wants_second and not 0 < number_of(values, "rto_minutes") < 60:
        yield Ban(
            pattern="dr-multi-region", why="nobody asked to survive the loss of a region", fields=("multi_region",)
        )
    if number_of(values, "team_size", 2) <= 1:
        why = f"team_size = {shown(values.get('team_size'))}: nobody is left to watch a canary"
        yield Ban(pattern="deploy-progressive", why=why, fields=("team_size",))
    elif number_of(values, "team_size", 2) < 4 and number_of(values, "availability_slo_pct", 99.5) < 99.9:
        why = f"team_size = {shown(values.get('team_size'))}: a plain rollback is enough below 99.9 percent"
        yield Ban(pattern="deploy-progressive", why=why, fields=("team_size",))
    if not any(
        word in items_of(values, "existing_platform") + items_of(values, "team_skills") for word in ("kubernetes",)
    ):
        why = "neither team_skills nor existing_platform names kubernetes"
        yield Ban(pattern="serve-eks-kserve", why=why, fields=("team_skills", "existing_platform"))
