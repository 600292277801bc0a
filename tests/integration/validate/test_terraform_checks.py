"""Terraform's own judgement of a small repository, on a provider that knows AWS's schema and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from decisionworks.graphs.codegen.validate import CheckStatus
from decisionworks.graphs.codegen.validate.checks.programs import find_program
from decisionworks.sandbox import Sandbox
from tests.integration.validate.small_repository import MAIN_TF, only, reason, status, validated


@pytest.mark.skipif(find_program("terraform") is None, reason="terraform is not installed")
def test_terraform_that_is_not_formatted_fails(sandbox: Sandbox) -> None:
    spoiled = {"terraform/main.tf": MAIN_TF.replace("bucket = ", "bucket   =  ")}

    report = validated(sandbox, spoiled, checks=only("terraform-fmt"))

    assert status(report, "terraform-fmt") is CheckStatus.FAILED
    assert report.gen_facts["gen.tf_validate_ok"] is False
    assert [finding.file for finding in report.findings] == ["terraform/main.tf"]


@pytest.mark.skipif(find_program("terraform") is None, reason="terraform is not installed")
def test_terraform_without_providers_is_really_validated(sandbox: Sandbox) -> None:
    right = 'variable "a" {\n  type = string\n}\n\noutput "a" {\n  value = var.a\n}\n'
    wrong = right.replace("var.a", "var.b")

    passed = validated(sandbox, {"terraform/main.tf": right}, checks=only("terraform-validate"))
    failed = validated(sandbox, {"terraform/main.tf": wrong}, checks=only("terraform-validate"))

    assert status(passed, "terraform-validate") is CheckStatus.PASSED
    assert passed.gen_facts["gen.tf_validate_ok"] is True
    assert status(failed, "terraform-validate") is CheckStatus.FAILED
    assert failed.gen_facts["gen.tf_validate_ok"] is False


AWS_MODULE = """\
resource "aws_sqs_queue" "jobs" {
  name = var.name
}

variable "name" {
  type = string
}
"""


@pytest.mark.skipif(find_program("terraform") is None, reason="terraform is not installed")
def test_terraform_passes_aws_resources_that_fit_and_says_against_what(sandbox: Sandbox) -> None:
    report = validated(sandbox, {"terraform/main.tf": AWS_MODULE}, checks=only("terraform-validate"))

    assert report.has_passed, report.findings
    assert reason(report, "terraform-validate").endswith("against AWS provider 6.66.0 (no AWS calls)")


@pytest.mark.skipif(find_program("terraform") is None, reason="terraform is not installed")
@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("  name = var.name\n", "  nam = var.name\n", "Unsupported argument"),
        ("  name = var.name\n", "  name = var.name\n  arn  = var.name\n", "AWS decides the value of 'arn'"),
        ("  name = var.name\n", "  name       = var.name\n  fifo_queue = []\n", "Incorrect attribute value type"),
        ("aws_sqs_queue", "aws_sqs_quue", "Invalid resource type"),
        ("  name = var.name\n", "  name = aws_sqs_queue.dead.name\n", "Reference to undeclared resource"),
        ("  name = var.name\n", "  name = var.name\n\n  timeouts {}\n\n  timeouts {}\n", "Duplicate timeouts block"),
    ],
)
def test_terraform_judges_aws_resources_by_their_schema(sandbox: Sandbox, right: str, wrong: str, words: str) -> None:
    spoiled = {"terraform/main.tf": AWS_MODULE.replace(right, wrong)}

    failed = validated(sandbox, spoiled, checks=only("terraform-validate"))

    assert any(words in finding.message for finding in failed.findings), failed.findings
    assert failed.gen_facts["gen.tf_validate_ok"] is False


TERRAFORM_TEST = """\
mock_provider "aws" {}

variables {
  name = "jobs"
}

run "names_the_queue" {
  command = plan

  assert {
    condition     = aws_sqs_queue.jobs.name == "jobs"
    error_message = "the queue has another name"
  }
}
"""


@pytest.mark.skipif(find_program("terraform") is None, reason="terraform is not installed")
def test_terraform_s_own_tests_run_and_can_fail(sandbox: Sandbox) -> None:
    checks = only("terraform-test")
    files = {"terraform/main.tf": AWS_MODULE, "terraform/tests/queue.tftest.hcl": TERRAFORM_TEST}
    broken = files | {"terraform/main.tf": AWS_MODULE.replace("name = var.name", 'name = "other"')}

    passed = validated(sandbox, files, checks=checks)
    failed = validated(sandbox, broken, checks=checks)

    assert reason(passed, "terraform-test").startswith("1 test passed")
    assert [(finding.file, finding.line) for finding in failed.findings] == [("terraform/tests/queue.tftest.hcl", 11)]
    assert "the queue has another name" in failed.findings[0].message


@pytest.mark.skipif(find_program("terraform") is None, reason="terraform is not installed")
def test_the_schema_only_provider_can_never_apply(sandbox: Sandbox) -> None:
    applying = TERRAFORM_TEST.replace('mock_provider "aws" {}\n', "").replace("command = plan", "command = apply")
    files = {"terraform/main.tf": AWS_MODULE, "terraform/tests/queue.tftest.hcl": applying}

    report = validated(sandbox, files, checks=only("terraform-test"))

    assert status(report, "terraform-test") is CheckStatus.FAILED
    assert any("ApplyResourceChange" in finding.message for finding in report.findings), report.findings


@pytest.mark.skipif(find_program("terraform") is None, reason="terraform is not installed")
def test_each_environment_is_planned_without_aws_and_one_that_cannot_be_is_named(sandbox: Sandbox) -> None:
    backend = 'terraform {\n  backend "s3" {}\n}\n\nvariable "image_tag" {\n  type = string\n}\n'
    files: dict[str, str | bytes | None] = {
        "terraform/main.tf": AWS_MODULE,
        "terraform/backend.tf": backend,
        "terraform/environments/dev.tfvars": 'name = "jobs"\n',
        "terraform/environments/prod.tfvars": "\n",
    }

    report = validated(sandbox, files, checks=only("terraform-plan"))

    assert [(one.file, one.rule) for one in report.findings] == [
        ("terraform/environments/prod.tfvars", "terraform-plan")
    ]
    assert "No value for required variable" in report.findings[0].message


def test_terraform_that_could_run_programs_is_never_run(sandbox: Sandbox, tmp_path: Path) -> None:
    dangerous = 'data "external" "x" {\n  program = ["sh", "-c", "touch /tmp/ran"]\n}\n'

    report = validated(sandbox, {"terraform/main.tf": dangerous}, checks=only("infrastructure", "terraform-validate"))

    assert status(report, "infrastructure") is CheckStatus.FAILED
    assert status(report, "terraform-validate") is CheckStatus.SKIPPED


def test_a_finding_in_terraform_names_its_line(sandbox: Sandbox) -> None:
    spoiled = {"terraform/main.tf": MAIN_TF.replace('"s3:GetObject"', '"s3:*"')}

    report = validated(sandbox, spoiled, checks=only("infrastructure"))

    assert [(finding.file, finding.line) for finding in report.findings] == [("terraform/main.tf", 23)]


def test_where_terraform_is_missing_each_of_its_checks_says_skipped_and_why(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "decisionworks.graphs.codegen.validate.checks.terraform_commands.find_program", lambda name: None
    )
    names = ("terraform-fmt", "terraform-validate", "terraform-plan", "terraform-test")
    files = {
        "terraform/main.tf": AWS_MODULE,
        "terraform/environments/dev.tfvars": 'name = "jobs"\n',
        "terraform/tests/main.tftest.hcl": TERRAFORM_TEST,
    }

    report = validated(sandbox, files, checks=only(*names))

    assert {name: status(report, name) for name in names} == dict.fromkeys(names, CheckStatus.SKIPPED)
    assert {name: reason(report, name) for name in names} == dict.fromkeys(names, "terraform is not installed")
    assert report.gen_facts["gen.tf_validate_ok"] is None
