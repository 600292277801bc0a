"""Constraint values as people say them, and sentences about fields turned into sentences about the request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_NAMES: Mapping[str, str] = {
    "gdpr": "GDPR", "hipaa": "HIPAA", "pci_dss": "PCI DSS", "sr_11_7": "SR 11-7", "soc2": "SOC 2",
    "iso27001": "ISO 27001", "eu_ai_act_high_risk": "the EU AI Act (high risk)", "lgpd": "LGPD", "fedramp": "FedRAMP",
    "pii": "personal data", "phi": "health data", "pci": "card data", "internal": "internal data",
    "public": "public data", "linear_or_tree": "trees or a linear model", "cnn_vision": "a vision network",
    "transformer_nlp": "a language classifier", "deep_tabular": "a deep network on tables",
    "recommender_embedding": "a recommender", "time_series": "time series", "speech": "a speech model",
    "llm_api": "a language model behind an API", "llm_self_hosted": "a language model of one's own",
    "real_time": "answers in real time", "batch": "scoring in batches", "async": "answers from a queue",
    "streaming": "scores on a stream", "edge": "answers on devices",
    "best_effort": "nobody on watch", "business_hours": "somebody there in office hours",
    "on_call_24x7": "somebody on call day and night",
    "cpu_small": "training on one small CPU machine", "cpu_large": "training on one large CPU machine",
    "gpu_single": "training on one GPU", "gpu_multi": "training on several GPUs",
    "gpu_cluster": "training on a cluster of GPUs", "llm_chat_rag": "a chat over documents",
    "llm_generation": "text written by a language model", "llm_agent": "an agent that calls tools",
    "speech_to_text": "speech to text",
}  # fmt: skip
# Words that mean something else in this field.
_NAMES_HERE: Mapping[tuple[str, str], str] = {
    ("data_velocity", "streaming"): "streamed",
    ("team_skills", "streaming"): "streaming",
    ("traffic_pattern", "business_hours"): "office-hours",
    ("retraining_frequency", "on_drift"): "drift-driven",
    ("data_types", "time_series"): "time-series",
}
# {0} is the value as it is written, {1} the same in words.
_PHRASES: Mapping[str, str] = {
    "use_case_type": "{1}",
    "model_type": "{1}",
    "model_size_gb": "a model of {0} GB",
    "inference_mode": "{1}",
    "latency_p95_ms": "a p95 of {0} ms",
    "throughput_rps_avg": "{0} requests/s on average",
    "throughput_rps_peak": "{0} requests/s at peak",
    "traffic_pattern": "{1} traffic",
    "batch_records_per_run": "{0} records a run",
    "batch_runs_month": "{0} runs a month",
    "batch_deadline_hours": "a run within {0} hours",
    "data_types": "{1} data",
    "data_sources": "data from {1}",
    "data_volume_gb": "{0} GB of data",
    "data_velocity": "{1} data",
    "stream_events_per_sec": "{0} events/s",
    "budget_usd_month": "a budget of {0} USD a month",
    "budget_hardness": "a {1} budget",
    "cloud": "{1}",
    "regions": "a home in {0}",
    "existing_platform": "{1} being there already",
    "compliance": "{1}",
    "data_sensitivity": "{1}",
    "audit_retention_years": "records kept for {0} years",
    "team_size": "a team of {0}",
    "team_skills": "a team that knows {1}",
    "ops_coverage": "{1}",
    "retraining_frequency": "{1} retraining",
    "training_compute": "{1}",
    "label_delay_days": "the truth known after {0} days",
    "availability_slo_pct": "{0} percent availability",
    "rto_minutes": "recovery within {0} minutes",
    "rpo_minutes": "at most {0} minutes of data lost",
    "llm_requests_per_day": "{0} questions a day",
    "llm_tokens_in": "{0} tokens a question",
    "llm_tokens_out": "{0} tokens an answer",
    "corpus_documents": "{0} documents",
    "edge_devices": "{0} devices",
    "edge_connectivity": "{1} connection of the devices",
    "audio_hours_month": "{0} hours of audio a month",
    "tenants": "{0} customers apart",
    "deadline_weeks": "{0} weeks to launch",
}
_WHOLE: Mapping[tuple[str, object], str] = {
    ("team_size", 1): "a team of one",
    ("model_type", "unknown"): "a model of an unknown kind",
    ("traffic_pattern", "unknown"): "traffic of an unknown shape",
    ("tenants", 1): "one customer",
    ("batch_runs_month", 1): "one run a month",
    ("label_delay_days", 0): "the truth known at once",
    ("label_delay_days", 1): "the truth known after a day",
    ("audit_retention_years", 0): "no records kept for audits",
    ("audit_retention_years", 1): "records kept for a year",
    ("data_velocity", "static"): "data that does not change",
    ("retraining_frequency", "never"): "no retraining",
    ("training_compute", "none"): "no training of one's own",
    ("compliance", "none"): "no regime named",
    ("data_residency", "none"): "no wish where data stay",
    ("data_residency", "eu"): "data that stay in the EU",
    ("data_residency", "us"): "data that stay in the US",
    ("data_residency", "uk"): "data that stay in the UK",
    ("data_residency", "country"): "data that stay in one country",
    ("open_source_preference", "none"): "no wish for open source",
    ("open_source_preference", "preferred"): "a wish for open source",
    ("open_source_preference", "required"): "open source demanded",
    ("explainability_required", True): "the duty to explain decisions",
    ("explainability_required", False): "no duty to explain decisions",
    ("human_review_required", True): "the wish that a person confirms",
    ("human_review_required", False): "no person who has to confirm",
    ("labelling_needed", True): "the need to label data",
    ("labelling_needed", False): "no data to label",
    ("multi_region", True): "the wish for a second region",
    ("multi_region", False): "one region alone",
    ("llm_external_api_allowed", True): "a model API being allowed",
    ("llm_external_api_allowed", False): "no model API allowed",
    ("budget_hardness", "hard"): "a budget that is a hard cap",
    ("budget_hardness", "soft"): "a budget that may give",
}

_FIELDS: Mapping[str, str] = {
    "budget_usd_month": "the monthly budget", "audit_retention_years": "how long records are kept",
    "data_residency": "where data may be", "regions": "the region", "cloud": "the cloud",
    "inference_mode": "when answers are made", "latency_p95_ms": "how soon answers come",
    "availability_slo_pct": "how available it is", "team_size": "how many people run it",
    "ops_coverage": "who is on watch", "retraining_frequency": "how often it is trained again",
    "llm_external_api_allowed": "whether a model API may be called", "model_type": "the kind of model",
    "data_sensitivity": "how sensitive the data are", "throughput_rps_peak": "requests at peak",
    "throughput_rps_avg": "requests on average", "data_volume_gb": "how much data there is",
    "human_review_required": "whether a person confirms", "explainability_required": "whether decisions are explained",
    "multi_region": "whether there is a second region", "compliance": "the regimes that apply",
    "rto_minutes": "how soon it is back", "rpo_minutes": "how much data may be lost",
    "budget_hardness": "whether the budget may give", "data_velocity": "how often data come",
    "traffic_pattern": "the shape of the traffic", "use_case_type": "what it is for",
    "training_compute": "what the model trains on", "label_delay_days": "when the truth is known",
    "open_source_preference": "the wish for open source", "batch_deadline_hours": "how long a run may take",
}  # fmt: skip


def name_field(field: str) -> str:
    """A field as a sentence names it: “the monthly budget”."""
    return _FIELDS.get(field) or field.replace("_", " ")


def tell_value(field: str, value: object) -> str:
    """A value of a field as a noun phrase: “a team of one”, “1 GB of data”, “GDPR”."""
    items = value if isinstance(value, list | tuple) else [value]
    one = items[0] if len(items) == 1 else None
    if isinstance(one, bool | int | float | str) and (field, one) in _WHOLE:
        return _WHOLE[field, one]
    phrase = _PHRASES.get(field)
    if phrase is None or value is None or isinstance(value, bool):
        return f"{field.replace('_', ' ')} {write_value(value)}"
    words = [_word(field, str(item)) for item in items]
    return phrase.format(write_value(value), joined(words))


def write_value(value: object) -> str:
    """A constraint value as it is written in `field = value`."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def in_words(text: str, values: Mapping[str, object]) -> str:
    """A sentence in which each `field = value` or `field is value` of these values is said in words."""
    for field, value in values.items():
        if f"{field} = " not in text and f"{field} is " not in text:
            continue
        for written in dict.fromkeys((write_value(value), _short(value), str(value))):
            # Whole values only: `team_size = 1` is not the beginning of `team_size = 12`.
            pattern = rf"(?<![\w.]){field} (?:=|is) {re.escape(written)}(?![\w,]*\w)"
            text = re.sub(pattern, tell_value(field, value).replace("\\", r"\\"), text)
    return text


def as_sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def _word(field: str, item: str) -> str:
    return _NAMES_HERE.get((field, item)) or _NAMES.get(item) or item.replace("_", " ")


def joined(words: Sequence[str]) -> str:
    """Words as a list in a sentence."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _short(value: object) -> str:
    return f"{value:,g}" if isinstance(value, int | float) and not isinstance(value, bool) else write_value(value)
