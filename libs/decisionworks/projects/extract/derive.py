"""What follows from what was said: inference modes, data kinds and model families.

Never derived: compliance, because an industry alone does not say which rules apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from decisionworks.projects.extract.finding import FAIR, STRONG, WEAK, Finding, inferred
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import ConstraintValue, Plain, ValueState

_MODEL_OF: dict[str, tuple[str, float]] = {
    "forecasting": ("time_series", 0.7), "predictive_maintenance": ("time_series", 0.6), "fraud_detection": (
    "linear_or_tree", 0.6),
    "credit_risk": ("linear_or_tree", 0.55), "medical_imaging": ("cnn_vision", 0.8), "image_classification": (
    "cnn_vision", 0.75),
    "object_detection": ("cnn_vision", 0.8), "video_analytics": ("cnn_vision", 0.75), "speech_to_text": ("speech", 0.8),
    "llm_chat_rag": ("llm_api", 0.6), "llm_generation": ("llm_api", 0.55), "llm_agent": ("llm_api", 0.6),
    "document_processing": (
    "llm_api", 0.5),
}  # fmt: skip
DATA_OF: dict[str, tuple[str, ...]] = {
    "churn_propensity": ("tabular",), "fraud_detection": ("tabular",), "credit_risk": ("tabular",), "tabular_scoring": (
    "tabular",),
    "forecasting": ("time_series",), "predictive_maintenance": ("time_series",), "medical_imaging": ("image",),
    "image_classification": (
    "image",),
    "object_detection": ("image",), "video_analytics": ("video",), "document_processing": ("documents",),
    "nlp_classification": (
    "text",),
    "speech_to_text": ("audio",), "llm_chat_rag": ("documents", "text"), "llm_generation": ("text",),
}  # fmt: skip
# What such work mostly reads, where something is known of the data but not its kind.
_DATA_WHERE_UNSAID: dict[str, tuple[str, ...]] = {
    "recommendation": ("tabular",), "ranking_search": ("tabular",), "anomaly_detection": ("time_series",),
    "embedding_search": ("text",),
}  # fmt: skip
_KNOWN_OF_DATA = ("data_volume_gb", "data_sources", "stream_events_per_sec", "data_velocity")
# Purposes that work on tables and measurements, whatever the business deals in: films, books, pictures.
ON_TABLES = frozenset(
    {
        "churn_propensity", "fraud_detection", "credit_risk", "tabular_scoring", "recommendation", "forecasting",
        "predictive_maintenance",
    }
)  # fmt: skip
# Who owns what with whom, and where it lies, is told beside the rows of a table.
_BESIDE_TABLES = frozenset({"graph", "geospatial"})
_KEPT_IN_TABLES = ON_TABLES | {"other"}
_GOODS_SOLD = re.compile(
    r"\b(?:skus?|articles?|products?|items?|assortment|artikeln?|produkten?|sortiment|références|produits?"
    r"|artículos?|productos?|produtos?|itens|baskets?|till data|pos data|kassendaten|tickets de caisse)\b"
    r"|商品|品目|posデータ"
)
# Purposes whose results people want for everything at once, before a working day begins.
_MADE_AHEAD = ("forecasting", "churn_propensity", "tabular_scoring", "recommendation", "ranking_search")
# Made for somebody who looks at them: a time within seconds is that of the look-up.
_OPENED = ("recommendation", "ranking_search")
_LLM_USES = ("llm_chat_rag", "llm_generation", "llm_agent")
_CLICKS = Sought(r"\bclick|(?<![a-z])klick|\bclics?\b|\bcliques?\b|ctr\b|bidder|クリック")
_AGAIN = re.compile(
    r"\b(?:every|each) (?:\d+|few|couple of) (?:minutes|hours|days)\b|\b(?:daily|weekly|monthly|hourly)\b"
)
# What watches machines answers each reading; a list in the morning is another thing. Units: ms.
SOONEST_ALARM_MS = 900_000
_STREAMS = {"iot_devices", "kinesis", "kafka"}
_WATCHING = ("anomaly_detection", "predictive_maintenance")
# A run takes at least this long. Units: ms.
SHORTEST_RUN_MS = 60_000
# A caller who waits longer has hung up. Units: ms.
MOST_WAITED_MS = 3_000
_AMOUNT = re.compile(r"[$€£¥]|\b(?:usd|eur|gbp|dollars?|euros?|pounds?|budget|cost|\d+k)\W{0,3}$")
_SEVERAL_A_DAY = re.compile(
    r"\b(?:every|each) (?:\d+|few|couple of) (?:minutes|hours)\b|\b(?:hourly|every hour|each hour)\b"
)
# A weekly or monthly run says nothing about how fresh its data are.
_DAILY = re.compile(
    r"\b(?:night\w{0,24}|overnight|daily|every (?:day|morning|evening)|each (?:day|morning|evening)|day-ahead"
    r"|once a day"
    r"|nacht|nächtlich\w{0,24}|nachts|täglich\w{0,24}|jeden (?:tag|morgen|abend)|morgens|nuits?|quotidien\w{0,24}"
    r"|tous les (?:jours|matins|soirs)|chaque (?:jour|matin|soir)|noches?|diari\w{1,24}|cada (?:día|mañana)"
    r"|todos los días|noites?|madrugada|diariamente|toda manhã|todos os dias)\b|毎晩|毎朝|毎日|夜間|日次|翌日"
)
_SENSITIVITY_OF = {"hipaa": "phi", "pci_dss": "pci", "gdpr": "pii", "lgpd": "pii"}
_DENIES = re.compile(
    r"\b(?:no|not|none|nothing|without|zero|never|free of|kein\w{0,3}|nichts|nix|ohne|nicht|aucune?s?|pas|rien|sans"
    r"|ningun\w?|ningún|nada|sin|nenhum\w?|não|sem)\b|なし|無し|ない|ません"
)
# Of names or customers alone it would say too little.
_ABOUT_PEOPLE = re.compile(
    r"personal|personen|persönlich|people|persons|individuals|human|mensch|personn|personas|pessoa|gente|pii\b|個人|人に関"
)
# Units: runs/month. A run every other day or more seldom says nothing about fresh data; more than one a day does.
SELDOM_RUNS, FREQUENT_RUNS = 16.0, 45.0
_TRAIN_ONLY = re.compile(r"\bwe train\b|\btraining (?:job|run|platform|cluster)\b|evaluation is offline")


def derive_modes(
    reading: Reading, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    """How predictions are served, from what was said about time, events and devices."""
    use_case = values.get("use_case_type")
    if use_case == "fraud_detection" and "throughput_rps_peak" in values and "transaction" in reading.folded:
        yield because(
            "inference_mode",
            ["real_time", "streaming"] if _answers_at_once(values) else ["streaming"],
            constraints,
            "throughput_rps_peak",
            "a stream of payments feeds the score",
            strength=60,
        )
        yield because("data_velocity", "streaming", constraints, "throughput_rps_peak", "payments arrive as a stream")
        peak = values["throughput_rps_peak"]
        yield because(
            "stream_events_per_sec", peak, constraints, "throughput_rps_peak", "every transaction is an event"
        )
    if values.get("inference_mode") == ["streaming"] and "stream_events_per_sec" not in values:
        rate = values.get("throughput_rps_peak") or values.get("throughput_rps_avg")
        if isinstance(rate, int | float):
            name = "throughput_rps_peak" if "throughput_rps_peak" in values else "throughput_rps_avg"
            why = "what is scored on the stream are events"
            yield because("stream_events_per_sec", rate, constraints, name, why, strength=STRONG)
    if values.get("inference_mode") == ["batch"] and "batch_deadline_hours" not in values:
        yield from _deadline_of_run(values, constraints)
    if "inference_mode" not in values:
        yield from _mode_from_time(reading, values, constraints)
    elif values["inference_mode"] == ["batch"] and _is_also_asked(values, constraints):
        why = "beside the runs, callers ask and wait"
        yield because("inference_mode", ["real_time"], constraints, "latency_p95_ms", why, strength=60)


def _answers_at_once(values: Mapping[str, Plain]) -> bool:
    latency = values.get("latency_p95_ms")
    return isinstance(latency, int | float) and latency <= MOST_WAITED_MS


def _deadline_of_run(values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]) -> Iterator[Finding]:
    """“Every hour, and done within ten minutes”: what a run may take."""
    latency = values.get("latency_p95_ms")
    if isinstance(latency, int | float) and latency >= SHORTEST_RUN_MS:
        hours = round(latency / 3_600_000, 3)
        why = "how long a run may take"
        yield because("batch_deadline_hours", hours, constraints, "latency_p95_ms", why, confidence=0.6)


def _is_also_asked(values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]) -> bool:
    """Calls a second and an answer in the call, or lists that somebody opens: the runs are not all of it."""
    latency = values.get("latency_p95_ms")
    is_short = isinstance(latency, int | float) and latency <= MOST_WAITED_MS
    is_opened = values.get("use_case_type") in _OPENED
    is_told = is_short and constraints["latency_p95_ms"].state is ValueState.STATED
    return is_told or (is_short and (is_opened or bool({"throughput_rps_avg", "throughput_rps_peak"} & values.keys())))


def _mode_from_time(
    reading: Reading, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    latency = values.get("latency_p95_ms")
    asked = {"throughput_rps_avg", "throughput_rps_peak"} & values.keys()
    is_asked = bool(asked) and isinstance(latency, int | float) and latency <= MOST_WAITED_MS
    if is_asked and "stream_events_per_sec" in values:
        why = "callers ask and wait, whatever streams in behind"
        yield because("inference_mode", ["real_time"], constraints, "latency_p95_ms", why)
    elif "stream_events_per_sec" in values:
        yield because(
            "inference_mode", ["streaming"], constraints, "stream_events_per_sec", "events arrive all the time"
        )
    elif (
        isinstance(latency, int | float)
        and latency <= SOONEST_ALARM_MS
        and values.get("use_case_type") in _WATCHING
        and _STREAMS & set(_items(values.get("data_sources", [])))
    ):
        why = "readings come in all the time, and an alarm follows soon"
        yield because("inference_mode", ["streaming"], constraints, "latency_p95_ms", why)
    elif isinstance(latency, int | float) and latency <= 30_000:
        yield because("inference_mode", ["real_time"], constraints, "latency_p95_ms", "the caller waits for the answer")
    elif isinstance(latency, int | float):
        yield because(
            "inference_mode", ["async"], constraints, "latency_p95_ms", "nobody waits in the call for minutes"
        )
    elif "throughput_rps_peak" in values:
        yield because(
            "inference_mode",
            ["real_time"],
            constraints,
            "throughput_rps_peak",
            "requests per second are answered at once",
        )
    elif "batch_records_per_run" in values:
        yield because("inference_mode", ["batch"], constraints, "batch_records_per_run", "records are scored in runs")
    elif "batch_deadline_hours" in values and values.get("use_case_type") in _MADE_AHEAD:
        why = "results for many things at once, ready by a time of day"
        yield because("inference_mode", ["batch"], constraints, "batch_deadline_hours", why)
    elif "batch_deadline_hours" in values:
        yield because(
            "inference_mode", ["async"], constraints, "batch_deadline_hours", "results are needed within hours"
        )
    else:
        yield from _mode_from_purpose(reading, values, constraints)


def _mode_from_purpose(
    reading: Reading, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    use_case = values.get("use_case_type")
    train = _TRAIN_ONLY.search(reading.folded)
    again = next(
        (one for one in _AGAIN.finditer(reading.folded) if not _AMOUNT.search(reading.before(one.start(), chars=24))),
        None,
    )
    if use_case == "forecasting":
        yield because(
            "inference_mode",
            ["batch"],
            constraints,
            "use_case_type",
            "forecasts are made ahead, in runs",
            confidence=0.55,
        )
    elif use_case in ("speech_to_text", "document_processing"):
        yield because("inference_mode", ["async"], constraints, "use_case_type", "long work is queued", confidence=0.55)
    elif again and use_case not in _LLM_USES:
        reason = f"“{again.group()}”: results at fixed times are made in runs"
        yield inferred("inference_mode", ["batch"], again.start(), again.end(), reason=reason, confidence=0.55)
    elif use_case in ("llm_chat_rag", "llm_agent"):
        yield because("inference_mode", ["real_time"], constraints, "use_case_type", "people wait for the answer")
    elif {"kinesis", "kafka"} & set(_items(values.get("data_sources", []))):
        why = "what comes through a stream is scored on it"
        yield because("inference_mode", ["streaming"], constraints, "data_sources", why, confidence=0.5, strength=WEAK)
    elif train:
        reason = f"“{train.group()}”: only training is spoken of, its evaluation runs in batches"
        yield inferred(
            "inference_mode", ["batch"], train.start(), train.end(), reason=reason, confidence=0.5, strength=WEAK
        )


def _is_bought(use_case: str, values: Mapping[str, Plain]) -> bool:
    """Nobody chooses a model family who wants a service that reads pages or writes down speech."""
    return use_case in ("document_processing", "speech_to_text") and values.get("training_compute") == "none"


def derive_data(
    reading: Reading, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    """Model family, data kinds, sources and freshness, from purpose and mode."""
    use_case = str(values.get("use_case_type", ""))
    if values.get("inference_mode") == ["edge"] and "data_sources" not in values:
        why = "the devices that run the model also take in what it sees"
        yield because("data_sources", ["iot_devices"], constraints, "inference_mode", why, confidence=0.6)
    if use_case == "recommendation" and "model_type" not in values and (clicks := _CLICKS.search(reading.folded)):
        reason = f"“{clicks.group()}”: recommendations learned from clicks are usually embeddings"
        yield inferred(
            "model_type", "recommender_embedding", clicks.start(), clicks.end(), reason=reason, confidence=0.6
        )
    if use_case in _LLM_USES and "model_type" not in values and values.get("llm_external_api_allowed") is False:
        why = "the model has to run inside"
        yield because("model_type", "llm_self_hosted", constraints, "llm_external_api_allowed", why, confidence=0.55)
    elif use_case in _MODEL_OF and "model_type" not in values and not _is_bought(use_case, values):
        model, confidence = _MODEL_OF[use_case]
        yield because(
            "model_type", model, constraints, "use_case_type", f"the usual family for {use_case}", confidence=confidence
        )
    yield from _kinds_of_data(reading, use_case, values, constraints)
    yield from _freshness(reading, values, constraints)
    yield from _sensitivity(reading, values, constraints)


def _kinds_of_data(
    reading: Reading, use_case: str, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    kinds = DATA_OF.get(use_case, ())
    if any(name in values for name in _KNOWN_OF_DATA):
        kinds = kinds or _DATA_WHERE_UNSAID.get(use_case, ())
    if use_case == "forecasting" and _GOODS_SOLD.search(reading.folded):
        kinds = ("tabular", "time_series")
    if kinds and "data_types" not in values:
        yield because("data_types", list(kinds), constraints, "use_case_type", f"what {use_case} works on")
    elif use_case in _KEPT_IN_TABLES and set(_items(values.get("data_types", ["text"]))) <= _BESIDE_TABLES:
        why = f"beside what {use_case} works on"
        yield because("data_types", ["tabular"], constraints, "use_case_type", why, strength=60)
    elif use_case == "llm_chat_rag" and set(_items(values.get("data_types", []))) <= {"text", "documents"}:
        why = "what is searched is documents, what is asked and answered is text"
        yield because("data_types", ["documents", "text"], constraints, "use_case_type", why, strength=60)
    elif use_case in _LLM_USES and "text" not in _items(values.get("data_types", [])):
        yield because(
            "data_types", ["text"], constraints, "use_case_type", "questions and answers are text", strength=60
        )
    if use_case in ("llm_chat_rag", "llm_agent") and "corpus_documents" in values and "data_types" not in values:
        why = "what is searched is documents, what is asked and answered is text"
        yield because("data_types", ["documents", "text"], constraints, "corpus_documents", why, strength=60)


def _freshness(
    reading: Reading, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    modes = values.get("inference_mode", [])
    if isinstance(modes, list) and "data_velocity" not in values:
        if "streaming" in modes or "stream_events_per_sec" in values:
            yield because(
                "data_velocity", "streaming", constraints, "inference_mode", "events are scored as they arrive"
            )
        elif modes == ["batch"] and _number(values.get("batch_runs_month")) >= FREQUENT_RUNS:
            why = "results several times a day need data as fresh"
            yield because("data_velocity", "hourly", constraints, "batch_runs_month", why, confidence=0.6)
        elif modes == ["batch"] and (often := _SEVERAL_A_DAY.search(reading.folded)):
            reason = f"“{often.group()}”: results several times a day need data as fresh"
            yield inferred("data_velocity", "hourly", often.start(), often.end(), reason=reason, confidence=0.6)
        elif "batch" in modes and _is_daily(reading, constraints) and not _TRAIN_ONLY.search(reading.folded):
            yield because(
                "data_velocity",
                "daily",
                constraints,
                "inference_mode",
                "batches of a day or longer need no fresher data",
            )


def _is_daily(reading: Reading, constraints: Mapping[str, ConstraintValue]) -> bool:
    """Whether anything is said to happen daily; “every Sunday night” is not."""
    often = constraints["batch_runs_month"]
    if _number(often.value or FREQUENT_RUNS) > SELDOM_RUNS or often.span is None:
        return _DAILY.search(reading.folded) is not None
    start, end = reading.sentence_at(often.span.start)
    return any(not start <= one.start() < end for one in _DAILY.finditer(reading.folded))


def _number(value: Plain | None) -> float:
    return value if isinstance(value, int | float) else 0.0


def _sensitivity(
    reading: Reading, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    use_case, said = values.get("use_case_type"), constraints["data_sensitivity"]
    rules = [rule for rule in _SENSITIVITY_OF if rule in _items(values.get("compliance", []))]
    if rules and "data_sensitivity" not in values:
        kind = _SENSITIVITY_OF[rules[0]]
        why = f"{rules[0]} is about {kind} data"
        yield because("data_sensitivity", kind, constraints, "compliance", why, confidence=0.75)
    if said.value == "internal" and said.span is not None and "compliance" not in values:
        start, end = said.span.start, said.span.end
        words = reading.folded[start:end]
        if _ABOUT_PEOPLE.search(words) and (_DENIES.search(words) or is_denied(reading, start, end)):
            why = "without personal data no rule about them applies"
            yield because("compliance", ["none"], constraints, "data_sensitivity", why, strength=WEAK, confidence=0.6)
    if use_case == "credit_risk" and "data_sensitivity" not in values:
        yield because("data_sensitivity", "pii", constraints, "use_case_type", "applications name people")


def _items(value: Plain) -> list[str]:
    return value if isinstance(value, list) else []


def because(
    field: str,
    value: Plain,
    constraints: Mapping[str, ConstraintValue],
    source: str,
    why: str,
    *,
    strength: int = FAIR,
    confidence: float = 0.65,
) -> Finding:
    origin = constraints[source]
    span = origin.span
    shown = ", ".join(origin.value) if isinstance(origin.value, list) else origin.value
    reason = f"{source} is {shown}: {why}"
    start, end = (span.start, span.end) if span else (0, 0)
    return inferred(field, value, start, end, reason=reason, confidence=confidence, strength=strength)
