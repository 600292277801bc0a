"""An estimate is the sum of its lines, drops nothing and counts shared things once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from decisionworks.costs import UnknownPrice, UnsizedPattern, estimate_cost, load_prices, price_patterns, quote_price
from decisionworks.costs.regions import is_in_eu, is_outside, pair_of
from decisionworks.patterns import load_pattern_catalogue
from tests.factories.requests import scenarios

ONLINE = {"inference_mode": ["real_time"], "throughput_rps_avg": 10, "team_size": 5, "data_volume_gb": 100}


def estimate(patterns, values=ONLINE, region="us-east-1", prices=None):
    return estimate_cost(patterns, values, region=region, prices=prices or load_prices())


def items_of(result, price):
    return [item for item in result["items"] if item["price"] == price]


def test_the_expected_sum_is_the_sum_of_quantity_times_unit_price():
    result = estimate(["serve-container-ecs", "sec-baseline", "mon-infra-cloudwatch"])

    assert result["monthly"]["expected"] == pytest.approx(
        sum(item["quantity"] * item["unit_usd"] for item in result["items"]), abs=0.02
    )
    assert result["monthly"]["low"] < result["monthly"]["expected"] < result["monthly"]["high"]


def test_a_gateway_that_two_patterns_name_is_paid_once():
    result = estimate(["serve-serverless-cpu", "sec-api-auth-waf"])

    assert len(items_of(result, "apigw.http.million")) == 1


def test_behind_a_load_balancer_no_gateway_is_paid():
    result = estimate(["serve-container-ecs", "sec-api-auth-waf"])

    assert items_of(result, "apigw.http.million") == []
    assert items_of(result, "waf.acl.month")


def test_a_second_region_repeats_half_of_what_answers_callers():
    one = estimate(["serve-container-ecs", "sec-baseline"])
    two = estimate(["serve-container-ecs", "sec-baseline", "dr-multi-region"])

    standing = items_of(one, "alb.hour")[0]["quantity"]
    assert sorted(item["quantity"] for item in items_of(two, "alb.hour")) == [standing / 2, standing]
    assert len(items_of(two, "kms.key.month")) == 1


def test_what_has_no_price_is_listed_and_not_dropped():
    prices = load_prices()
    foreign = replace(prices.by_id["kms.key.month"], usd={"sa-east-1": 1.5})
    without = replace(prices, by_id={**prices.by_id, "kms.key.month": foreign})

    result = estimate(["sec-baseline"], prices=without)

    assert [row["price"] for row in result["unpriced"]] == ["kms.key.month"]
    assert items_of(result, "kms.key.month") == []


def test_a_price_from_another_region_is_marked_low_and_named_among_the_assumptions():
    result = estimate(["sec-baseline"], region="eu-central-1")

    assert {item["confidence"] for item in result["items"]} == {"low"}
    assert "kms.key.month" in result["assumptions"][-1]["effect"]
    assert result["assumptions"][-1]["value"] == "eu-central-1"


def test_low_confidence_widens_the_range():
    home, abroad = estimate(["sec-baseline"]), estimate(["sec-baseline"], region="eu-central-1")

    def width(result):
        monthly = result["monthly"]
        return (monthly["high"] - monthly["low"]) / monthly["expected"]

    assert width(abroad) > width(home) + 0.5


def test_an_unknown_pattern_and_an_unknown_price_are_refused():
    with pytest.raises(UnsizedPattern):
        estimate(["serve-by-pigeon"])
    with pytest.raises(UnknownPrice):
        quote_price("pigeon.hour", region="us-east-1", prices=load_prices())


def test_patterns_priced_one_by_one_add_up_to_the_estimate_of_the_whole():
    for one in scenarios():
        patterns, values = one["reference_plan"]["patterns"], one["expected_constraints"]
        whole = estimate(patterns, values)["monthly"]["expected"]

        parts = price_patterns(patterns, values, region="us-east-1", prices=load_prices())
        shared: dict[str, float] = {}
        for part in parts.values():
            for key, usd in part.shared.items():
                shared[key] = max(shared.get(key, 0.0), usd)
        if {"serve-container-ecs", "serve-eks-kserve"} & set(patterns):
            shared.pop("api-front", None)

        assert sum(part.own_usd for part in parts.values()) + sum(shared.values()) == pytest.approx(whole, abs=0.02)


def test_reference_plans_are_priced_inside_the_range_that_other_people_reckoned():
    inside = []
    for one in scenarios():
        expected = one["expected_cost"]
        result = estimate(one["reference_plan"]["patterns"], one["expected_constraints"], expected["region"])
        low, high = expected["range_usd_month"]
        inside.append(low <= result["monthly"]["expected"] <= high)

    assert sum(inside) >= 0.9 * len(inside)


def test_every_pattern_together_has_a_price_for_every_line():
    result = estimate(list(load_pattern_catalogue().by_id))

    assert result["unpriced"] == []
    assert {item["pattern"] for item in result["items"]} >= {"serve-eks-kserve", "dr-multi-region"}


def test_london_and_zurich_are_not_in_the_european_union():
    assert not is_in_eu("eu-west-2")
    assert not is_in_eu("eu-central-2")
    assert is_outside(["eu-west-2"], residency="eu", home="eu-west-1")
    assert not is_outside(["eu-west-2"], residency="uk", home="eu-west-2")


def test_a_second_region_stays_inside_the_jurisdiction():
    assert pair_of("eu-west-2", residency="uk") is None
    assert is_in_eu(pair_of("eu-west-1", residency="eu") or "")
    assert pair_of("us-east-1", residency="us") == "us-east-2"


def test_a_prediction_costs_the_bill_over_all_of_them():
    result = estimate(["serve-serverless-cpu", "sec-baseline", "mon-infra-cloudwatch"])

    one = result["per_prediction"]
    assert one["predictions_month"] == 10 * 730 * 3600
    assert one["usd_per_thousand"] == pytest.approx(
        result["monthly"]["expected"] / one["predictions_month"] * 1000, rel=0.01
    )
    assert one["fixed_usd_month"] + one["variable_usd_month"] == pytest.approx(result["monthly"]["expected"], abs=0.02)
    assert 0 < one["next_thousand_usd"] < one["usd_per_thousand"]


def test_what_grows_with_use_is_variable_and_a_key_is_not():
    only_fixed = estimate(["sec-baseline"])["per_prediction"]
    mostly_use = estimate(["serve-llm-bedrock"], {"use_case_type": "llm_generation", "llm_requests_per_day": 50_000})

    assert only_fixed["variable_usd_month"] < 0.2 * only_fixed["fixed_usd_month"]
    assert mostly_use["per_prediction"]["variable_usd_month"] > 0.9 * mostly_use["monthly"]["expected"]


def test_records_of_a_batch_are_predictions_and_devices_count_none():
    nightly = {"inference_mode": ["batch"], "batch_records_per_run": 20_000, "data_velocity": "daily"}

    assert estimate(["serve-batch-scoring"], nightly)["per_prediction"]["predictions_month"] == 20_000 * 30
    assert (
        estimate(["serve-edge-greengrass"], {"inference_mode": ["edge"], "edge_devices": 40})["per_prediction"] is None
    )


def test_a_weekly_run_predicts_and_costs_as_often_as_it_runs():
    weekly = {"inference_mode": ["batch"], "batch_records_per_run": 6_000_000, "batch_runs_month": 4.3}

    seldom, nightly = (
        estimate(["serve-batch-scoring"], values) for values in (weekly, {**weekly, "batch_runs_month": 30})
    )

    assert seldom["per_prediction"]["predictions_month"] == 6_000_000 * 4.3
    assert seldom["monthly"]["expected"] < nightly["monthly"]["expected"] / 5


def test_a_gpu_that_always_runs_takes_as_many_hours_for_a_queue_as_one_that_stops():
    queued = {"inference_mode": ["async"], "model_type": "cnn_vision", "data_types": ["video"], "team_size": 4}

    always, by_need = (
        estimate([name], queued)["monthly"]["expected"] for name in ("serve-gpu-realtime", "serve-gpu-async")
    )

    assert always >= by_need
