"""Quantities of ingestion, storage, processing, data quality, features and caching."""

from __future__ import annotations

import math

from decisionworks.costs.model import HOURS_PER_MONTH, UsageLine, Workload
from decisionworks.costs.workload import whole

EVENT_KB = 0.5
# Above this a history with pictures or recordings is mostly those.
JOINED_GB = 300.0
# From here on the features of each scored row are what is joined. Units: rows/run.
MANY_ROWS = 5_000_000
# What comes faster is sent in packs, because messages are paid one by one. Units: events/s.
UNPACKED_EVENTS = 1_000.0


def _line(price: str, quantity: float, share: str | None = None) -> UsageLine:
    return UsageLine(price=price, quantity=quantity, share=share)


def _stream_gb(w: Workload) -> float:
    return w.events_month * EVENT_KB / 1e6


def size_batch_landing(w: Workload) -> list[UsageLine]:
    """Twenty files and one function call per delivery."""
    return [
        _line("s3.put.thousand", w.data_runs_month * 20 / 1000),
        _line("lambda.requests.million", w.data_runs_month / 1e6),
    ]


def size_kinesis(w: Workload) -> list[UsageLine]:
    """One on-demand stream, 0.5 KB an event, read by two consumers, archived once."""
    gb = _stream_gb(w)
    return [
        _line("kinesis.ondemand.stream.hour", HOURS_PER_MONTH),
        _line("kinesis.ondemand.in.gb", gb),
        _line("kinesis.ondemand.out.gb", 2 * gb),
        _line("firehose.gb", gb),
    ]


def size_msk(w: Workload) -> list[UsageLine]:
    """Three brokers carry 30,000 events a second; three copies of a week of events are kept, at least 1,000 GB."""
    brokers = whole(w.events_peak / 10_000, least=3)
    return [
        _line("msk.m5.large.hour", brokers * HOURS_PER_MONTH),
        _line("msk.storage.gb_month", max(1000.0, 3 * _stream_gb(w) * 7 / 30.4)),
    ]


def size_iot_core(w: Workload) -> list[UsageLine]:
    """Devices stay connected; two events of a stream to a message, twenty above 1,000/s; else six messages an hour."""
    devices = w.devices or 50
    packed = 2.0 if w.events_avg <= UNPACKED_EVENTS else 20.0
    messages = max(devices * 6 * HOURS_PER_MONTH, w.events_month / packed)
    return [
        _line("iot.connect.million_minutes", devices * 43_800 / 1e6),
        _line("iot.messages.million", messages / 1e6),
        _line("iot.rules.million", 2 * messages / 1e6),
        _line("s3.put.thousand", messages / 100 / 1000),
    ]


def size_change_capture(w: Workload) -> list[UsageLine]:
    """One instance, always on; a twentieth of the history is kept as a change log; a file a minute."""
    return [
        _line("dms.t3.medium.hour", HOURS_PER_MONTH),
        _line("dms.storage.gb_month", max(0.0, 0.05 * w.history_gb - 50)),
        _line("s3.put.thousand", HOURS_PER_MONTH * 60 / 1000),
    ]


def size_saas_sync(w: Workload) -> list[UsageLine]:
    """Five objects are pulled at each run, at most once an hour; a twentieth of the history changes in a month."""
    runs = 5 * min(w.data_runs_month, 730.0)
    return [
        _line("appflow.run", runs),
        _line("appflow.gb", max(1.0, 0.05 * w.history_gb)),
        _line("lambda.requests.million", runs / 1e6),
    ]


def size_platform_link(w: Workload) -> list[UsageLine]:
    """A tenth of the history passes through the exchange and stays a month; a hundred files a delivery each way."""
    return [
        _line("s3.standard.gb_month", min(1000.0, 0.1 * w.history_gb)),
        _line("s3.put.thousand", 2 * 100 * min(w.data_runs_month, 730.0) / 1000),
    ]


def size_premises_link(w: Workload) -> list[UsageLine]:
    """One connection of two tunnels; what comes in is free, answers are a hundredth of the history and 1 KB each."""
    answers_gb = (w.requests_month + w.batch_records * w.batch_runs_month) / 1e6
    return [
        _line("vpn.connection.hour", HOURS_PER_MONTH),
        _line("transfer.out.gb", min(2000.0, 1 + 0.01 * w.history_gb + answers_gb)),
    ]


def size_lakehouse(w: Workload) -> list[UsageLine]:
    """History half as large again with derived tables, six months of growth; queries read it three times a month."""
    return [
        _line("s3.standard.gb_month", w.stored_gb),
        _line("athena.scan.tb", min(20.0, 3 * w.history_gb / 1000)),
    ]


def size_container_processing(w: Workload) -> list[UsageLine]:
    """4 vCPU and 16 GB; half an hour for each 50 GB that is joined, of media a fiftieth; twelve minutes at least."""
    joined_gb = w.history_gb / 50 if w.is_media and w.history_gb > JOINED_GB else w.history_gb
    hours = min(w.data_runs_month, 30.0) * max(0.2, 0.5 * joined_gb / 50)
    return [_line("fargate.x86.vcpu_hour", 4 * hours), _line("fargate.x86.gb_hour", 16 * hours)]


def size_spark(w: Workload) -> list[UsageLine]:
    """3 x sqrt(GB) vCPU-hours a run, which reads partitions only, 4.5 for millions of rows; 4 GB to a vCPU."""
    factor = 4.5 if w.batch_records >= MANY_ROWS else 3.0
    hours = min(w.data_runs_month, 30.0) * factor * math.sqrt(w.history_gb)
    return [
        _line("emr.serverless.vcpu_hour", hours),
        _line("emr.serverless.gb_hour", 4 * hours),
        _line("glue.dpu.hour", 0),
    ]


def size_flink(w: Workload) -> list[UsageLine]:
    """One processing unit per 1,000 events a second at peak, two to sixteen of them, and one for the runtime."""
    units = min(16, whole(w.events_peak / 1000, least=2))
    return [_line("flink.kpu.hour", (units + 1) * HOURS_PER_MONTH)]


def size_contract_checks(_: Workload) -> list[UsageLine]:
    """Five alarms: freshness, volume, schema, nulls, duplicates."""
    return [_line("cloudwatch.alarm.month", 5)]


def size_offline_features(w: Workload) -> list[UsageLine]:
    """Features take a fifth of the space of the history."""
    return [_line("s3.standard.gb_month", 0.2 * w.history_gb)]


def size_online_features(w: Workload) -> list[UsageLine]:
    """Two reads a request; a write per stream event, else one for four requests; a twentieth of history kept hot."""
    writes = w.events_month if 0 < w.events_avg <= 5000 and w.events_avg != w.rps_avg else 0.25 * w.requests_month
    return [
        _line("dynamodb.rru.million", 2 * w.requests_month / 1e6),
        _line("dynamodb.wru.million", writes / 1e6),
        _line("dynamodb.storage.gb_month", min(200.0, 0.05 * w.history_gb)),
    ]


def size_cache(w: Workload) -> list[UsageLine]:
    """Serverless with 1 GB below 50 requests a second, above it a pair of nodes per 7,000 requests a second."""
    if w.rps_peak < 50:
        return [
            _line("elasticache.serverless.valkey.gb_hour", 1.0 * HOURS_PER_MONTH),
            _line("elasticache.serverless.valkey.ecpu_million", 3 * w.requests_month / 1e6),
            _line("elasticache.m6g.large.hour", 0),
        ]
    nodes = 2 * whole(w.rps_peak / 7000)
    return [
        _line("elasticache.serverless.valkey.gb_hour", 0),
        _line("elasticache.serverless.valkey.ecpu_million", 0),
        _line("elasticache.m6g.large.hour", nodes * HOURS_PER_MONTH),
    ]


DATA_SIZERS = {
    "ingest-batch-landing": ("ingestion", size_batch_landing),
    "ingest-stream-kinesis": ("ingestion", size_kinesis),
    "ingest-stream-msk": ("ingestion", size_msk),
    "ingest-iot-core": ("ingestion", size_iot_core),
    "ingest-cdc-dms": ("ingestion", size_change_capture),
    "ingest-saas-appflow": ("ingestion", size_saas_sync),
    "link-data-platform": ("connectivity", size_platform_link),
    "link-onprem-vpn": ("connectivity", size_premises_link),
    "store-s3-lakehouse": ("storage", size_lakehouse),
    "process-container-small": ("processing", size_container_processing),
    "process-spark-serverless": ("processing", size_spark),
    "process-flink-stream": ("processing", size_flink),
    "dq-contract-checks": ("data_quality", size_contract_checks),
    "features-offline-tables": ("feature_store", size_offline_features),
    "features-online-dynamodb": ("feature_store", size_online_features),
    "cache-valkey": ("caching", size_cache),
}
