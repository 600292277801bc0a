"""Every pattern can be priced, and more usage never makes it cheaper."""

from __future__ import annotations

import math

import pytest

from decisionworks.costs import derive_workload, load_prices, price_patterns
from decisionworks.costs.sizing import SIZERS
from decisionworks.patterns import load_pattern_catalogue

SITUATIONS = (
    {},
    {"inference_mode": ["real_time"], "throughput_rps_avg": 2000, "throughput_rps_peak": 9000, "tenants": 400},
    {"inference_mode": ["batch"], "batch_records_per_run": 50_000_000, "data_volume_gb": 60_000, "team_size": 12},
    {"inference_mode": ["streaming"], "data_velocity": "streaming", "stream_events_per_sec": 5},
    {"inference_mode": ["edge"], "edge_devices": 5000, "data_types": ["video"], "compliance": ["hipaa"]},
    {"model_type": "llm_api", "use_case_type": "llm_chat_rag", "llm_requests_per_day": 100_000},
)
GROWING = (
    ("serve-serverless-cpu", "throughput_rps_avg"),
    ("serve-container-ecs", "throughput_rps_avg"),
    ("serve-llm-bedrock", "llm_requests_per_day"),
    ("ingest-stream-kinesis", "stream_events_per_sec"),
    ("process-flink-stream", "stream_events_per_sec"),
    ("store-s3-lakehouse", "data_volume_gb"),
    ("process-spark-serverless", "data_volume_gb"),
    ("serve-edge-greengrass", "edge_devices"),
    ("serve-batch-scoring", "batch_records_per_run"),
)


@pytest.mark.parametrize("pattern", load_pattern_catalogue().patterns, ids=lambda pattern: pattern.id)
def test_a_pattern_has_a_written_quantity_for_each_of_its_cost_drivers(pattern):
    capability, sizer = SIZERS[pattern.id]

    lines = sizer(derive_workload({}))

    assert capability == pattern.capability
    assert {line.price for line in lines} >= set(pattern.cost_drivers)
    assert (sizer.__doc__ or "").strip(), "a formula says what it assumes"


def test_no_formula_is_left_without_a_pattern():
    assert set(SIZERS) == set(load_pattern_catalogue().by_id)


@pytest.mark.parametrize("values", SITUATIONS)
def test_quantities_are_finite_and_never_negative(values):
    workload = derive_workload(values)

    lines = [line for _, sizer in SIZERS.values() for line in sizer(workload)]

    assert all(math.isfinite(line.quantity) and line.quantity >= 0 for line in lines)
    assert {line.price for line in lines} <= set(load_prices().by_id)


@pytest.mark.parametrize(("pattern", "field"), GROWING)
def test_more_usage_never_makes_a_pattern_cheaper(pattern, field):
    mode = {"serve-edge-greengrass": "edge", "serve-batch-scoring": "batch"}.get(pattern, "real_time")
    base = {"inference_mode": [mode], "data_velocity": "streaming", "model_type": "linear_or_tree"}

    sums = [
        price_patterns([pattern], base | {field: usage}, region="us-east-1", prices=load_prices())[pattern].own_usd
        for usage in (10, 1000, 100_000, 10_000_000)
    ]

    assert sums == sorted(sums)
    assert sums[-1] > sums[0]


def test_a_guess_about_usage_is_recorded_and_a_stated_value_is_not():
    guessed = derive_workload({"inference_mode": ["real_time"]})
    stated = derive_workload(
        {"inference_mode": ["real_time"], "throughput_rps_avg": 3.0, "team_size": 4, "data_volume_gb": 9}
    )

    assert {row.field for row in guessed.assumptions} == {"throughput_rps_avg", "team_size", "data_volume_gb"}
    assert stated.assumptions == ()
    assert "batch_runs_month" in {row.field for row in derive_workload({"inference_mode": ["batch"]}).assumptions}
    assert stated.requests_month == pytest.approx(3.0 * 730 * 3600)


def test_runs_that_may_wait_need_one_zone_however_sensitive_the_data_are() -> None:
    values = {"data_sensitivity": "phi", "team_size": 5}

    nightly = derive_workload({**values, "inference_mode": ["batch"]})
    asked = derive_workload({**values, "inference_mode": ["real_time"]})

    assert (nightly.zones, nightly.endpoints) == (1, 4)
    assert (asked.zones, asked.endpoints) == (2, 8)
