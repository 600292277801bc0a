"""Drops findings that only mean something beside others: devices without an edge, a corpus without a search."""

from __future__ import annotations

from decisionworks.projects.extract.finding import WEAK, Finding
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.model import Plain

_LLM_USES = frozenset({"llm_chat_rag", "llm_generation", "llm_agent"})
_SEARCHING_USES = frozenset({"llm_chat_rag", "embedding_search", "llm_agent"})
_LLM_FIELDS = frozenset({"llm_requests_per_day", "llm_tokens_in", "llm_tokens_out", "llm_external_api_allowed"})

_ONLINE_FIELDS = frozenset({"latency_p95_ms", "throughput_rps_peak", "stream_events_per_sec"})


def in_scope(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """The findings that fit the purpose and the serving modes of the same request."""
    use_cases = {str(one.value) for one in findings if one.field == "use_case_type"}
    models = {str(one.value) for one in findings if one.field == "model_type"}
    modes = {item for one in findings if one.field == "inference_mode" for item in _items(one.value)}
    is_llm = bool(use_cases & _LLM_USES) or bool(models & {"llm_api", "llm_self_hosted"})
    is_unsettled = not use_cases
    dropped: set[str] = set()
    if not is_llm and not is_unsettled:
        dropped |= _LLM_FIELDS
    if is_unsettled and not is_llm:
        findings = [one for one in findings if one.field != "llm_requests_per_day" or one.strength > WEAK]
    if is_llm:
        # Questions to a model are counted per day, by its own field.
        dropped |= {"throughput_rps_avg"} if "llm_requests_per_day" in {one.field for one in findings} else set()
    if not (use_cases & _SEARCHING_USES) and not is_unsettled:
        dropped.add("corpus_documents")
    if "edge" not in modes:
        dropped |= {"edge_devices", "edge_connectivity"}
    if "batch" not in modes and any(one.field in _ONLINE_FIELDS for one in findings):
        dropped.add("batch_records_per_run")
    retraining = [one for one in findings if one.field == "retraining_frequency"]
    return [one for one in findings if one.field not in dropped and not _is_part_of(one, retraining)]


def _is_part_of(finding: Finding, retraining: list[Finding]) -> bool:
    """“We retrain every night” says nothing about when predictions are made."""
    if finding.field not in ("inference_mode", "data_velocity"):
        return False
    return any(one.start <= finding.start and finding.end <= one.end for one in retraining)


def _items(value: Plain) -> list[str]:
    return value if isinstance(value, list) else [str(value)]
