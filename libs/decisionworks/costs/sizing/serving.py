"""Quantities of serving patterns without a language model."""

from __future__ import annotations

from decisionworks.costs.model import HOURS_PER_MONTH, UsageLine, Workload
from decisionworks.costs.workload import whole

# One API front for a plan: the gateway and its calls are paid once whoever names them.
API_FRONT = "api-front"
NAT = "nat"
HEAVY_MODELS = ("transformer_nlp", "cnn_vision", "speech")
# Pages are read once and recordings are heard once, whoever names the work.
PAGE_READING = "page-reading"
LISTENING = "listening"
HOT_TENANT_SHARE = 0.3
# Twelve hours on each working day.
OPEN_HOURS_PER_MONTH = 260.0


def _line(price: str, quantity: float, share: str | None = None) -> UsageLine:
    return UsageLine(price=price, quantity=quantity, share=share)


def _is_heavy(w: Workload) -> bool:
    return w.model_type in HEAVY_MODELS or w.is_media


def _rps_per_vcpu(w: Workload) -> float:
    """Requests a second on one vCPU: 100 for trees and lines, 50 for embeddings and tables, 10 for deep models."""
    if _is_heavy(w):
        return 10.0
    return 100.0 if w.model_type in ("linear_or_tree", "time_series") else 50.0


def _resident_gb(w: Workload) -> float:
    """Memory for the models of all tenants, half as large again when loaded."""
    return 1.5 * w.model_gb * w.tenants


def size_batch_scoring(w: Workload) -> list[UsageLine]:
    """1.5 million records an hour, a tenth of a million for pictures and text, a quarter at least; sound on a GPU."""
    if w.audio_minutes_month:
        return [_line("sagemaker.ml.g5.xlarge.hour", w.async_jobs_month, LISTENING)]
    per_hour = 100_000 if _is_heavy(w) else 1_500_000
    hours = max(0.25, w.batch_records / per_hour)
    return [_line("sagemaker.ml.m5.xlarge.hour", hours * min(w.batch_runs_month, 730.0))]


def size_precomputed(w: Workload) -> list[UsageLine]:
    """One read a request; every entity is written at each run."""
    entities = w.batch_records or 100_000.0
    millions = w.requests_month / 1e6
    return [
        _line("dynamodb.rru.million", millions),
        _line("dynamodb.wru.million", entities * min(w.data_runs_month, 30.0) / 1e6),
        _line("apigw.http.million", millions, API_FRONT),
        _line("lambda.requests.million", millions),
    ]


def size_serverless(w: Workload) -> list[UsageLine]:
    """2 GB for 0.1 s a call, 3 GB for 0.8 s with a deep model or for a second of sound, 256 MB for 2 s with an API."""
    memory, seconds = (0.25, 2.0) if w.is_llm else (3.0, 0.8) if _is_heavy(w) else (2.0, 0.1)
    memory = min(10.0, max(memory, 2 * w.model_gb))
    millions = w.requests_month / 1e6
    return [
        _line("lambda.x86.gb_second", (w.requests_month * seconds + w.audio_minutes_month * 60) * memory),
        _line("lambda.requests.million", millions),
        _line("sagemaker.serverless.2gb.second", 0),
        _line("apigw.http.million", millions, API_FRONT),
    ]


def size_container(w: Workload) -> list[UsageLine]:
    """Two tasks of a vCPU at least; tasks follow the load; 2 GB to a vCPU; speech takes four vCPU while it lasts."""
    at_peak = w.rps_peak / _rps_per_vcpu(w)
    vcpu = max(2.0, (at_peak + w.rps_avg / _rps_per_vcpu(w)) / 2 * 1.4)
    memory = max(2 * vcpu, 2 * _resident_gb(w))
    units = max(1.0, w.rps_avg / 25)
    heard = 4 * w.audio_minutes_month / 60
    return [
        _line("fargate.x86.vcpu_hour", vcpu * HOURS_PER_MONTH + heard),
        _line("fargate.x86.gb_hour", memory * HOURS_PER_MONTH + 2 * heard),
        _line("alb.hour", HOURS_PER_MONTH),
        _line("alb.lcu.hour", units * HOURS_PER_MONTH),
    ]


def size_sagemaker_endpoint(w: Workload) -> list[UsageLine]:
    """Two instances for each tenant's endpoint, the small kind below 20 requests a second; more by peak."""
    endpoints = w.tenants
    if w.rps_peak < 20 and not _is_heavy(w) and w.availability_pct < 99.9:
        return [
            _line("sagemaker.ml.m5.large.hour", 2 * endpoints * HOURS_PER_MONTH),
            _line("sagemaker.ml.c6i.xlarge.hour", 0),
        ]
    instances = whole(w.rps_peak / (4 * _rps_per_vcpu(w)), least=2)
    return [
        _line("sagemaker.ml.m5.large.hour", 0),
        _line("sagemaker.ml.c6i.xlarge.hour", max(instances, 2 * endpoints) * HOURS_PER_MONTH),
    ]


def size_multi_model(w: Workload) -> list[UsageLine]:
    """Two instances at least; three tenths of the models are hot and stay in 12 GB of memory each."""
    by_memory = HOT_TENANT_SHARE * _resident_gb(w) / 12
    by_load = w.rps_peak / (4 * _rps_per_vcpu(w))
    return [_line("sagemaker.ml.m5.xlarge.hour", whole(max(by_memory, by_load), least=2) * HOURS_PER_MONTH)]


def size_kserve(w: Workload) -> list[UsageLine]:
    """Three nodes for the platform and its spare zone, and a node for each three usable vCPU at peak."""
    nodes = 3 + whole(w.rps_peak / _rps_per_vcpu(w) / 3)
    return [
        _line("eks.cluster.hour", HOURS_PER_MONTH),
        _line("ec2.m6i.xlarge.hour", nodes * HOURS_PER_MONTH),
        _line("nat.hour", 0 if w.is_closed else w.zones * HOURS_PER_MONTH, NAT),
    ]


def size_gpu_endpoint(w: Workload) -> list[UsageLine]:
    """One GPU per 40 requests a second at peak, two at least from 99.9 percent up, as many as a queue has hours."""
    queued = 1 if w.is_online else whole(w.async_jobs_month / HOURS_PER_MONTH)
    least = max(queued, 2 if w.availability_pct >= 99.9 else 1)
    return [
        _line("sagemaker.ml.g5.xlarge.hour", whole(w.rps_peak / 40, least=least) * HOURS_PER_MONTH),
        _line("sagemaker.ml.inf2.xlarge.hour", 0),
    ]


def size_gpu_queue(w: Workload) -> list[UsageLine]:
    """Busy hours: 21,600 pictures or 14 hours of sound an hour, else the hours of a daily or nightly window."""
    return [
        _line("sagemaker.ml.g5.xlarge.hour", w.async_jobs_month, LISTENING if w.audio_minutes_month else None),
        _line("sqs.standard.million", 3 * w.requests_month / 1e6),
    ]


def size_gpu_in_hours(w: Workload) -> list[UsageLine]:
    """One GPU per 40 requests a second at peak, twelve hours on each working day."""
    return [_line("sagemaker.ml.g5.xlarge.hour", whole(w.rps_peak / 40) * OPEN_HOURS_PER_MONTH)]


def size_managed_ai(w: Workload) -> list[UsageLine]:
    """Scanned pages with their tables, minutes of recordings; a call to start and one to fetch each piece."""
    pieces = w.scanned_pages_month + w.audio_minutes_month / 10
    return [
        _line("textract.tables.thousand", w.scanned_pages_month / 1000, PAGE_READING),
        _line("transcribe.minute", w.audio_minutes_month),
        _line("lambda.requests.million", 2 * pieces / 1e6),
    ]


def size_delivery(w: Workload) -> list[UsageLine]:
    """A tenth of the scores changed since the last run and is sent; a mail a person and run."""
    changed = 0.1 * w.batch_records * min(w.batch_runs_month, 730.0)
    return [
        _line("eventbridge.custom.million", changed / 1e6),
        _line("eventbridge.api_destination.million", changed / 1e6),
        _line("ses.emails.thousand", w.team_size * min(w.batch_runs_month, 730.0) / 1000),
    ]


def size_stream_inline(w: Workload) -> list[UsageLine]:
    """Two tasks of a vCPU at least, one more per 2,000 events a second; a function below 20 a second."""
    if 0 < w.events_peak < 20:
        return [
            _line("lambda.x86.gb_second", w.events_month * 1.0 * 0.1),
            _line("fargate.x86.vcpu_hour", 0),
        ]
    vcpu = whole(w.events_peak / 2000, least=2)
    return [
        _line("lambda.x86.gb_second", 0),
        _line("fargate.x86.vcpu_hour", vcpu * HOURS_PER_MONTH),
    ]


def size_inprocess(w: Workload) -> list[UsageLine]:
    """1,500 requests a second on 8 vCPU, model in the service itself; two instances at least."""
    return [_line("ec2.c6i.2xlarge.hour", whole(w.rps_peak / 1500, least=2) * HOURS_PER_MONTH)]


def size_edge(w: Workload) -> list[UsageLine]:
    """A fee per device; twenty versions kept; two releases a month to every device."""
    devices = w.devices or 50
    return [
        _line("greengrass.device.month", devices),
        _line("s3.standard.gb_month", 20 * w.model_gb),
        _line("transfer.out.gb", devices * w.model_gb * 2),
    ]


SERVING_SIZERS = {
    "serve-batch-scoring": ("serving", size_batch_scoring),
    "serve-precomputed-lookup": ("serving", size_precomputed),
    "serve-serverless-cpu": ("serving", size_serverless),
    "serve-container-ecs": ("serving", size_container),
    "serve-sagemaker-realtime": ("serving", size_sagemaker_endpoint),
    "serve-multi-model": ("serving", size_multi_model),
    "serve-eks-kserve": ("serving", size_kserve),
    "serve-gpu-realtime": ("serving", size_gpu_endpoint),
    "serve-gpu-async": ("serving", size_gpu_queue),
    "serve-gpu-scheduled": ("serving", size_gpu_in_hours),
    "serve-managed-ai": ("serving", size_managed_ai),
    "deliver-results": ("result_delivery", size_delivery),
    "serve-stream-inline": ("serving", size_stream_inline),
    "serve-inprocess-lowlatency": ("serving", size_inprocess),
    "serve-edge-greengrass": ("serving", size_edge),
}
