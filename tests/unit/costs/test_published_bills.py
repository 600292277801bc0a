"""Lines of the formulas against monthly sums that others published for the same quantity (see docs/prices.md)."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from decisionworks.costs import derive_workload, load_prices
from decisionworks.costs.sizing import SIZERS

ONLINE = {"inference_mode": ["real_time"], "team_size": 4, "availability_slo_pct": 99.5, "throughput_rps_avg": 1}
STREAM = {"inference_mode": ["streaming"], "data_velocity": "streaming", "stream_events_per_sec": 10_000}
# pattern, situation, price, USD a month that a public bill shows, units of that bill
BILLS: tuple[tuple[str, dict[str, Any], str, float, float], ...] = (
    ("orch-airflow-mwaa", ONLINE, "mwaa.small.hour", 357.70, 1),
    ("serve-eks-kserve", ONLINE, "eks.cluster.hour", 73.00, 1),
    ("serve-eks-kserve", ONLINE, "nat.hour", 32.85, 2),
    ("serve-container-ecs", ONLINE, "alb.hour", 16.43, 1),
    ("serve-container-ecs", ONLINE, "alb.lcu.hour", 5.84, 1),
    ("serve-container-ecs", ONLINE, "fargate.x86.vcpu_hour", 59.10, 1),
    ("serve-container-ecs", ONLINE, "fargate.x86.gb_hour", 12.98, 1),
    ("label-annotation-review", ONLINE, "fargate.x86.vcpu_hour", 29.55, 1),
    ("sec-private-network", ONLINE, "nat.hour", 32.85, 2),
    ("sec-private-network", ONLINE, "vpce.interface.hour", 14.60, 4),
    ("sec-baseline", ONLINE, "kms.key.month", 1.00, 2),
    ("sec-baseline", ONLINE, "secrets.secret.month", 0.40, 3),
    ("sec-api-auth-waf", ONLINE, "waf.acl.month", 5.00, 1),
    ("sec-api-auth-waf", ONLINE, "waf.rule.month", 1.00, 4),
    ("mon-infra-cloudwatch", ONLINE, "cloudwatch.dashboard.month", 3.00, 1),
    ("mon-infra-cloudwatch", ONLINE, "cloudwatch.alarm.month", 0.10, 10),
    ("dr-multi-region", ONLINE, "route53.zone.month", 0.50, 1),
    ("ingest-stream-kinesis", STREAM, "kinesis.ondemand.stream.hour", 29.20, 1),
    # Ten units for the events and one for the runtime; the published plan of two units costs 160.60.
    ("process-flink-stream", STREAM, "flink.kpu.hour", 160.60 / 2, 11),
    # Two thirds of the published 2,920 broker hours at a twenty-fourth of the size, which is priced in proportion.
    ("ingest-stream-msk", STREAM, "msk.m5.large.hour", 29_433.60 / 4 / 48, 3),
    ("link-onprem-vpn", ONLINE, "vpn.connection.hour", 36.50, 1),
    ("cicd-github-terraform", ONLINE, "codebuild.small.minute", 5.00 / 1000, 400),
    ("cicd-github-terraform", ONLINE, "ecr.storage.gb_month", 0.10, 11),
    ("gov-lineage-audit", ONLINE, "cloudtrail.data.100k", 0.10, 20),
    ("ingest-cdc-dms", ONLINE | {"data_volume_gb": 1400}, "dms.storage.gb_month", 4.60 / 2, 1),
)


def rows() -> list[dict[str, Any]]:
    raw = files("decisionworks.costs").joinpath("prices.yaml").read_bytes()
    found: dict[str, Any] = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [row | {"known_sources": {one["id"] for one in found["sources"]}} for row in found["prices"]]


@pytest.mark.parametrize(("pattern", "situation", "price", "published", "units"), BILLS)
def test_a_line_of_a_formula_costs_what_others_pay_for_the_same(
    pattern: str, situation: dict[str, Any], price: str, published: float, units: float
) -> None:
    _, sizer = SIZERS[pattern]

    line = next(line for line in sizer(derive_workload(situation)) if line.price == price)

    usd = line.quantity * load_prices().by_id[price].usd["us-east-1"]
    assert usd == pytest.approx(published * units, abs=0.006 * max(1.0, units))


def test_every_price_names_a_known_source_and_so_does_its_second_look() -> None:
    for row in rows():
        assert row["source"] in row["known_sources"], row["id"]
        for name in str(row.get("verified", {}).get("against", row["source"])).split(", "):
            assert name in row["known_sources"], row["id"]


def test_a_price_that_differs_from_its_second_source_says_why_it_was_kept() -> None:
    differing = [row for row in rows() if row.get("verified", {}).get("result") == "differs"]

    assert differing
    assert all(row["verified"]["note"].strip() for row in differing)


def test_the_page_about_prices_counts_what_the_table_holds() -> None:
    page = (Path(__file__).parents[3] / "docs" / "prices.md").read_text(encoding="utf-8")
    results = Counter(row.get("verified", {}).get("result", "once") for row in rows())

    numbers = [int(word) for word in re.findall(r"\b\d+\b", page.split("## Formulas")[0].split("\n\n")[2])]
    looked_up = results["same"] + results["differs"]
    assert numbers[2:] == [len(rows()), looked_up, results["same"], results["differs"], results["once"]]
    assert f"holds {len(BILLS)} of their lines" in page
    assert results["same"] >= 40
    assert all(f"`{row['id']}`" in page for row in rows())
