"""A gate states what cannot work, on known values only; points are taste."""

from __future__ import annotations

import pytest

from decisionworks.patterns import PatternCatalogueBroken, gate, load_pattern_catalogue, parse_pattern_catalogue, score

BY_ID = load_pattern_catalogue().by_id


@pytest.mark.parametrize(
    ("pattern", "inside", "outside", "field"),
    [
        ("serve-serverless-cpu", {"latency_p95_ms": 150}, {"latency_p95_ms": 149}, "latency_p95_ms"),
        ("serve-serverless-cpu", {"throughput_rps_peak": 1000}, {"throughput_rps_peak": 1001}, "throughput_rps_peak"),
        ("process-container-small", {"data_volume_gb": 300}, {"data_volume_gb": 300.5}, "data_volume_gb"),
        ("serve-eks-kserve", {"budget_usd_month": 400}, {"budget_usd_month": 399}, "budget_usd_month"),
        ("serve-eks-kserve", {"team_size": 4}, {"team_size": 3}, "team_size"),
        ("serve-llm-bedrock", {"model_type": "unknown"}, {"model_type": "speech"}, "model_type"),
        (
            "ingest-stream-kinesis",
            {"stream_events_per_sec": 200_000, "throughput_rps_peak": 900_000},
            {"stream_events_per_sec": 200_001},
            "stream_events_per_sec",
        ),
    ],
)
def test_a_limit_lets_its_own_value_in_and_the_next_one_not(pattern, inside, outside, field):
    assert gate(BY_ID[pattern], inside) == ()
    assert [reason.field for reason in gate(BY_ID[pattern], outside)] == [field]


@pytest.mark.parametrize("pattern", BY_ID.values(), ids=lambda pattern: pattern.id)
def test_an_unknown_constraint_excludes_nothing(pattern):
    assert gate(pattern, {}) == ()


def test_latency_does_not_bind_what_stands_beside_the_answer():
    batch = BY_ID["serve-batch-scoring"]

    assert gate(batch, {"latency_p95_ms": 50})
    assert gate(batch, {"latency_p95_ms": 50}, is_off_path=True) == ()


def test_points_add_up_and_name_their_constraints():
    found = score(
        BY_ID["serve-serverless-cpu"], {"traffic_pattern": "intermittent", "latency_p95_ms": 500, "team_size": 1}
    )

    assert found.points == 4 + 2 - 5
    assert any("latency_p95_ms = 500" in line and "(-5)" in line for line in found.because)


def test_no_pattern_of_the_catalogue_rests_on_a_retired_service():
    assert {name: one.retired_services for name, one in BY_ID.items() if one.retired_services} == {}


def test_a_pattern_over_a_closed_service_is_marked(tmp_path):
    raw = (
        b"capabilities: [serving]\n"
        b"service_lifecycle:\n"
        b"- {service: AWS App Runner, status: closed_to_new, terraform_resources: [aws_apprunner_service]}\n"
        b"patterns:\n"
        b"- {id: a, name: A, capability: serving, summary: s, aws_services: [Fargate],\n"
        b"   open_source_alternative: o,\n"
        b"   requires: [], conflicts: [], operational_burden: 1, maturity_level: 1, cost_drivers: [],\n"
        b"   risks: [], sources: [],\n"
        b"   terraform_resources: [aws_apprunner_service],\n"
        b"   fits_when: {prefer: [], avoid: [], envelope: {latency_p95_ms_floor: null, rps_peak_max: null,\n"
        b"     data_volume_gb_max: null, budget_usd_month_min: 0, team_size_min: 1, model_types: any,\n"
        b"     compliance_ok: any}}}\n"
    )

    found = parse_pattern_catalogue(raw)

    assert found.by_id["a"].retired_services == ("AWS App Runner",)
    with pytest.raises(PatternCatalogueBroken, match="nowhere"):
        parse_pattern_catalogue(raw.replace(b"requires: []", b"requires: [nowhere]"))
    with pytest.raises(PatternCatalogueBroken):
        parse_pattern_catalogue(b"patterns: 7")
