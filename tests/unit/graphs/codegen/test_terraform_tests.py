"""Every local module is tested, by assertions that can fail."""

from __future__ import annotations

import pytest

from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.render.schema import VariableSpec
from decisionworks.graphs.codegen.render.terraform_tests import module_test
from tests.unit.graphs.codegen.plans import PLANS, render_input


@pytest.mark.parametrize("plan", PLANS)
def test_every_module_has_a_test_that_asserts_something(plan: str) -> None:
    files = render_repository(render_input(PLANS[plan]))

    modules = {path.split("/")[2] for path in files if path.startswith("terraform/modules/")}
    asserting = {
        path.removeprefix("terraform/tests/").removesuffix(".tftest.hcl")
        for path, file in files.items()
        if path.endswith(".tftest.hcl") and b"assert {" in file.content
    }

    assert modules
    assert asserting == modules


def test_assertions_follow_from_the_resources_and_reach_each_of_many() -> None:
    main = """\
resource "aws_kms_key" "one" {
  enable_key_rotation = true
}

resource "aws_sqs_queue" "many" {
  for_each = toset(["a"])
  name     = "${var.name_prefix}-${each.key}"
}

resource "aws_cloudwatch_log_group" "maybe" {
  count             = 1
  retention_in_days = 30
}
"""

    text = module_test("thing", main=main, variables={"name_prefix": VariableSpec(description="x")})

    assert "for r in [aws_kms_key.one] :" in text
    assert "for r in values(aws_sqs_queue.many) : length(r.name) <= 80" in text
    assert "for r in aws_cloudwatch_log_group.maybe[*] : r.retention_in_days > 0" in text
    assert 'name_prefix = "example"' in text


def test_a_name_that_only_aws_knows_is_not_asserted() -> None:
    main = 'resource "aws_sqs_queue" "one" {\n  name = aws_vpc.this.id\n}\n'

    assert "assert" not in module_test("thing", main=main, variables={})


def test_variables_with_a_default_are_left_to_it() -> None:
    variables = {
        "kept": VariableSpec(description="x", default='"y"'),
        "key_arn": VariableSpec(description="x"),
        "own": VariableSpec(description="x", test='"here"'),
    }

    text = module_test("thing", main="", variables=variables)

    assert "kept" not in text
    assert 'key_arn = "arn:aws:' in text
    assert 'own     = "here"' in text
