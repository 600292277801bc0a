from __future__ import annotations

from typing import Any

import pytest

from decisionworks.graphs.codegen.validate.checks.aws_schema import judge_schema
from decisionworks.graphs.codegen.validate.schema import load_schema_facts


def block(kind: str, *labels: str, file: str = "terraform/main.tf", **body: Any) -> dict[str, Any]:
    return {"file": file, "line": 3, "kind": kind, "labels": list(labels), "body": body}


def found(*blocks: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.message) for finding in judge_schema(blocks)]


def rules(*blocks: dict[str, Any]) -> list[str]:
    return [rule for rule, _ in found(*blocks)]


def queue(**body: Any) -> dict[str, Any]:
    return block("resource", "aws_sqs_queue", "q", **body)


def test_a_resource_that_fits_its_schema_is_not_reported() -> None:
    assert found(queue(name="jobs", fifo_queue=True, tags={"a": "b"}, timeouts=[{"create": "1m"}], count=2)) == []


def test_an_unknown_argument_is_named_with_the_one_that_was_meant() -> None:
    assert found(queue(nam="jobs")) == [
        ("unknown-argument", "resource.aws_sqs_queue.q has no argument nam; name is known")
    ]


def test_an_argument_that_only_aws_sets_cannot_be_set() -> None:
    assert rules(queue(arn="arn:aws:sqs:x")) == ["unsettable-argument"]


def test_missing_arguments_are_found_in_inner_blocks_too() -> None:
    versioning = block("resource", "aws_s3_bucket_versioning", "v", bucket="lake", versioning_configuration=[{}])

    assert found(versioning) == [
        ("missing-argument", "resource.aws_s3_bucket_versioning.v lacks versioning_configuration.status")
    ]


def test_missing_blocks_are_found_unless_they_are_made_dynamically() -> None:
    without = block("resource", "aws_s3_bucket_versioning", "v", bucket="lake")
    dynamic = {"versioning_configuration": {"for_each": "${[1]}", "content": [{"status": "Enabled"}]}}
    wrong = {"versioning_configuration": {"for_each": "${[1]}", "content": [{"state": "Enabled"}]}}

    assert rules(without) == ["missing-argument"]
    assert rules(block("resource", "aws_s3_bucket_versioning", "v", bucket="lake", dynamic=[dynamic])) == []
    assert rules(block("resource", "aws_s3_bucket_versioning", "v", bucket="lake", dynamic=[wrong])) == [
        "unknown-argument",
        "missing-argument",
    ]


def test_a_block_that_can_be_once_cannot_be_twice() -> None:
    acl = {"name": "x", "scope": "REGIONAL", "visibility_config": [{}], "default_action": [{}, {}]}

    assert "too-many-blocks" in rules(block("resource", "aws_wafv2_web_acl", "w", **acl))


@pytest.mark.parametrize(
    "body",
    [{"name": ["a"]}, {"fifo_queue": [True]}, {"tags": "a"}, {"tags": 3}, {"timeouts": "1m"}],
)
def test_values_of_the_wrong_shape_are_found(body: dict[str, Any]) -> None:
    assert rules(queue(**body)) == ["wrong-type"]


@pytest.mark.parametrize("value", ["${var.tags}", "null"])
def test_an_expression_may_have_any_shape(value: str) -> None:
    assert rules(queue(tags=value)) == []


def test_references_have_to_lead_to_something_in_the_same_module() -> None:
    policy = block("resource", "aws_sqs_queue_policy", "p", queue_url="${aws_sqs_queue.q.url}", policy="{}")
    elsewhere = queue(name="jobs") | {"file": "terraform/modules/other/main.tf"}

    assert rules(queue(name="jobs"), policy) == []
    assert rules(elsewhere, policy) == ["unknown-reference"]


def test_references_to_outputs_that_do_not_exist_are_found() -> None:
    output = block("output", "x", value="${aws_sqs_queue.q.address}")

    assert found(queue(name="jobs"), output) == [
        ("unknown-reference", "output.x reads aws_sqs_queue.q.address, which does not exist")
    ]


def test_an_unknown_data_source_is_found_and_other_providers_are_not_judged() -> None:
    assert rules(block("data", "aws_nothing", "n")) == ["unknown-data-source"]
    assert rules(block("data", "github_repository", "n"), block("resource", "random_id", "r", any="x")) == []


def test_the_facts_hold_the_whole_provider() -> None:
    facts = load_schema_facts()

    assert facts.version == "6.66.0"
    assert len(facts.names("resources")) > 1700
    assert len(facts.names("data")) > 680
    bucket = facts.block("resources", "aws_s3_bucket")
    assert bucket.attributes["arn"].is_computed
    assert not bucket.attributes["arn"].is_settable
    assert facts.block("resources", "aws_vpc_endpoint").attributes["vpc_id"].is_required
    assert facts.block("data", "aws_iam_policy_document").blocks["statement"].nesting == "l"
