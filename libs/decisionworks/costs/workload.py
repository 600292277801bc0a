"""From constraints to monthly quantities: the one place where unknown usage is guessed, and every guess is recorded."""

from __future__ import annotations

import math
from collections.abc import Mapping

from decisionworks.costs.model import DAYS_PER_MONTH, SECONDS_PER_MONTH, UsageAssumption, Workload

LLM_TYPES = ("llm_api", "llm_self_hosted")
LLM_USES = ("llm_chat_rag", "llm_generation", "llm_agent")
MEDIA = ("image", "video", "audio")
REGULATED = ("hipaa", "pci_dss", "sr_11_7", "eu_ai_act_high_risk", "fedramp")
DATA_RUNS = {"static": 2.0, "daily": 30.0, "hourly": 730.0, "streaming": 30.0}
TRAINING_RUNS = {
    "never": 0.0, "manual": 0.5, "quarterly": 0.33, "monthly": 1.0, "weekly": 4.3, "daily": 30.0, "hourly": 730.0,
    "on_drift": 2.0,
}  # fmt: skip
PEAK_TO_AVERAGE = {"steady": 1.5, "business_hours": 4.0, "spiky": 5.0, "intermittent": 10.0, "unknown": 3.0}
# One stored gigabyte per event a second: three months of 130 compressed bytes an event.
GB_PER_EVENT_RATE = 1.0
# How much one A10G-class GPU gets through in an hour: 14 hours of audio, or 21,600 pictures.
AUDIO_HOURS_PER_GPU_HOUR = 14.0
PICTURES_PER_GPU_HOUR = 21_600.0


class _Values:
    """Typed reads of plain constraint values; what is absent becomes a recorded assumption."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.assumed: list[UsageAssumption] = []

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)

    def number_or(self, name: str, default: float, effect: str) -> float:
        value = self.number(name)
        if value is not None:
            return value
        self.assumed.append(UsageAssumption(field=name, value=_plain(default), effect=effect))
        return default

    def text(self, name: str, default: str = "unknown") -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else default

    def items(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name)
        return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else round(number, 4)


def derive_workload(values: Mapping[str, object]) -> Workload:
    """Turn plain constraint values into monthly quantities.

    Units: `values` as the constraint catalogue defines them; the result per month of 730 hours.
    """
    v = _Values(values)
    modes, media = v.items("inference_mode"), [kind for kind in v.items("data_types") if kind in MEDIA]
    use_case, model_type = v.text("use_case_type", "other"), v.text("model_type")
    is_llm = model_type in LLM_TYPES or use_case in LLM_USES
    is_online = not modes or any(mode in modes for mode in ("real_time", "streaming"))
    team = int(v.number_or("team_size", 2, "scales the number of environments, keys and build minutes"))
    rps_avg, rps_peak = _rates(v, is_llm=is_llm, is_online=is_online)
    events_avg, events_peak = _events(v, rps_avg=rps_avg, rps_peak=rps_peak)
    history = _history_gb(v, media=media, events_peak=events_peak, team=team)
    availability = v.number("availability_slo_pct") or 99.5
    regulated = any(rule in v.items("compliance") for rule in REGULATED) or v.text("data_sensitivity") in ("phi", "pci")
    compute = v.text("training_compute")
    compute = default_training_compute(model_type, history_gb=history) if compute == "unknown" else compute
    scans = _scanned_pages(v)
    gpu_hours = _async_gpu_hours(v, modes=modes, media=media, rps_avg=v.number("throughput_rps_avg"))
    return Workload(
        model_type=model_type,
        use_case_type=use_case,
        is_llm=is_llm,
        is_media=bool(media),
        has_scans=scans > 0,
        is_online=is_online,
        is_regulated=regulated,
        team_size=team,
        tenants=int(v.number("tenants") or 1),
        devices=int(v.number_or("edge_devices", 50, "device fees and roll-out transfer")) if "edge" in modes else 0,
        availability_pct=availability,
        rps_avg=rps_avg,
        rps_peak=rps_peak,
        requests_month=rps_avg * SECONDS_PER_MONTH,
        events_avg=events_avg,
        events_peak=events_peak,
        events_month=events_avg * SECONDS_PER_MONTH,
        history_gb=history,
        stored_gb=history * 1.5 + (v.number("data_growth_gb_month") or 0.0) * 6,
        model_gb=v.number("model_size_gb") or (0.5 if media else 0.1),
        data_runs_month=DATA_RUNS.get(v.text("data_velocity", "daily"), 30.0),
        training_runs_month=TRAINING_RUNS.get(v.text("retraining_frequency", "monthly"), 1.0),
        experiments_month=2.0 if team >= 3 else 0.5,
        training_compute=compute,
        batch_records=_batch_records(v, modes),
        batch_runs_month=_batch_runs(v, modes),
        async_jobs_month=gpu_hours,
        llm_requests_month=_llm_requests(v, is_llm=is_llm, use_case=use_case, pages=scans),
        tokens_in=v.number("llm_tokens_in") or 3000.0,
        tokens_out=v.number("llm_tokens_out") or 400.0,
        corpus_documents=_corpus(v, use_case=use_case),
        scanned_pages_month=scans,
        audio_minutes_month=_audio_minutes(gpu_hours, use_case=use_case),
        zones=_zones(availability, team=team, is_online=is_online),
        is_closed=v.text("data_sensitivity") in ("phi", "pci"),
        endpoints=2 if team <= 2 else 8 if regulated and is_online else 4,
        second_region=v.values.get("multi_region") is True,
        assumptions=tuple(v.assumed),
    )


def default_training_compute(model_type: str, *, history_gb: float) -> str:
    """The compute one training run is taken to need when nobody said it."""
    if model_type in LLM_TYPES:
        return "none"
    if model_type in ("cnn_vision", "speech"):
        return "gpu_single"
    return (
        "cpu_large" if history_gb >= 300 or model_type in ("transformer_nlp", "recommender_embedding") else "cpu_small"
    )


def _rates(v: _Values, *, is_llm: bool, is_online: bool) -> tuple[float, float]:
    """Average and peak requests a second; one is derived from the other by the shape of the traffic."""
    ratio = PEAK_TO_AVERAGE[v.text("traffic_pattern")]
    average, peak = v.number("throughput_rps_avg"), v.number("throughput_rps_peak")
    if average is not None:
        return average, peak if peak is not None else average * ratio
    if peak is not None:
        return peak / ratio, peak
    per_day = v.number("llm_requests_per_day")
    if per_day is not None:
        return per_day / 86_400, per_day / 86_400 * max(ratio, 3.0)
    if not is_online:
        return 0.0, 0.0
    default = 0.005 if v.text("traffic_pattern") == "intermittent" or is_llm else 0.5
    default = v.number_or("throughput_rps_avg", default, "sizes serving, gateway and log volume")
    return default, default * ratio


def _events(v: _Values, *, rps_avg: float, rps_peak: float) -> tuple[float, float]:
    """Average and peak events a second of the stream; six tenths of the peak when only the peak is known."""
    peak = v.number("stream_events_per_sec")
    if peak is not None:
        return 0.6 * peak, peak
    if v.text("data_velocity") != "streaming":
        return 0.0, 0.0
    if rps_peak > 1:
        return rps_avg, rps_peak
    guess = v.number_or("stream_events_per_sec", 500, "sizes the stream and its processing")
    return 0.6 * guess, guess


def _history_gb(v: _Values, *, media: list[str], events_peak: float, team: int) -> float:
    stated = v.number("data_volume_gb")
    if stated is None and media and team >= 3:
        stated = v.number_or("data_volume_gb", 1000.0, "storage; pictures and recordings rarely fit in less")
    base = v.number_or("data_volume_gb", 50.0, "storage and processing hours") if stated is None else stated
    return max(base, events_peak * GB_PER_EVENT_RATE)


def _batch_records(v: _Values, modes: tuple[str, ...]) -> float:
    if "batch" not in modes:
        return v.number("batch_records_per_run") or 0.0
    return v.number_or("batch_records_per_run", 100_000, "run time of the scoring job")


def batch_runs_month(values: Mapping[str, object]) -> float:
    """How often the scoring job is paid, which is how often its schedule must start it.

    Units: runs/month.
    """
    v = _Values(values)
    return _batch_runs(v, v.items("inference_mode"))


def _batch_runs(v: _Values, modes: tuple[str, ...]) -> float:
    """Runs of the batch in a month: as often as was said, else as often as data come in."""
    if "batch" not in modes:
        return 30.0
    with_data = DATA_RUNS.get(v.text("data_velocity", "daily"), 30.0)
    return v.number_or("batch_runs_month", with_data, "how often the scoring job is paid")


def _async_gpu_hours(v: _Values, *, modes: tuple[str, ...], media: list[str], rps_avg: float | None) -> float:
    """Busy GPU hours of queued work in a month."""
    recorded = v.number("audio_hours_month")
    if recorded is not None:
        return max(1.0, recorded / AUDIO_HOURS_PER_GPU_HOUR)
    if rps_avg is not None:
        return rps_avg * SECONDS_PER_MONTH / PICTURES_PER_GPU_HOUR
    per_run = v.number("batch_records_per_run")
    if per_run is not None:
        per_hour = AUDIO_HOURS_PER_GPU_HOUR if "audio" in media else PICTURES_PER_GPU_HOUR
        return max(10.0, per_run * (v.number("batch_runs_month") or 30.0) / per_hour)
    if "async" not in modes:
        return 60.0
    # Recordings come in bulk and are worked through in a nightly window by two workers; pictures keep one warm by day.
    hours = 2 * 8 * 30 if "audio" in media or "video" in media else 8 * 30
    return v.number_or("busy_gpu_hours_month", float(hours), "hours that queued GPU workers are on")


def _audio_minutes(gpu_hours: float, *, use_case: str) -> float:
    """The length of the recordings that so many machine hours get through."""
    return gpu_hours * AUDIO_HOURS_PER_GPU_HOUR * 60 if use_case == "speech_to_text" else 0.0


def _llm_requests(v: _Values, *, is_llm: bool, use_case: str, pages: float) -> float:
    per_day = v.number("llm_requests_per_day")
    if per_day is not None:
        return per_day * DAYS_PER_MONTH
    if not is_llm:
        return 0.0
    if pages:
        return pages
    rate = v.number("throughput_rps_avg")
    if rate is not None:
        return rate * SECONDS_PER_MONTH
    default = 2000 if use_case == "document_processing" else 100
    return v.number_or("llm_requests_per_day", default, "tokens, the largest part of a model API bill") * DAYS_PER_MONTH


def _is_bought(v: _Values) -> bool:
    """A service that is sold ready-made reads every page, whatever it is."""
    return v.text("training_compute") == "none" and v.text("model_type") not in LLM_TYPES


def _scanned_pages(v: _Values) -> float:
    """Pages that must be read by machine: documents that come as pictures, or that a bought service reads."""
    is_read = "image" in v.items("data_types") or _is_bought(v)
    if v.text("use_case_type") != "document_processing" or not is_read:
        return 0.0
    per_run = v.number("batch_records_per_run")
    if per_run is not None:
        return per_run * (v.number("batch_runs_month") or 30.0)
    per_day = v.number("llm_requests_per_day")
    if per_day is not None:
        return per_day * DAYS_PER_MONTH
    pages = 30_000 if _is_bought(v) else 60_000
    return v.number_or("scanned_pages_month", pages, "reading scanned pages and the model calls that follow")


def _corpus(v: _Values, *, use_case: str) -> float:
    if use_case not in ("llm_chat_rag", "embedding_search", "llm_agent"):
        return v.number("corpus_documents") or 0.0
    return v.number_or("corpus_documents", 5000, "embedding and vector storage")


def _zones(availability: float, *, team: int, is_online: bool) -> int:
    """Availability zones: three from 99.95 percent up, one for small or offline work, else two."""
    if availability >= 99.95:
        return 3
    if team <= 2 or not is_online:
        return 1
    return 2


def whole(value: float, *, least: int = 1) -> int:
    """Round up to whole machines, never below `least`."""
    return max(least, math.ceil(value - 1e-9))
