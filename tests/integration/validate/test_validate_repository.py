"""The checks on a small repository that is right, and on each way to spoil it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from decisionworks.artifacts import EXECUTABLE_MODE, GeneratedFile
from decisionworks.graphs.codegen.validate import Check, CheckStatus, ValidationReport, validate_repository
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.graphs.codegen.validate.checks.generated_tests import GeneratedTestsCheck
from decisionworks.graphs.codegen.validate.checks.programs import find_program
from decisionworks.sandbox import Limits, Sandbox, SandboxLevel, open_sandbox

MAIN_TF = """\
resource "aws_s3_bucket" "lake" {
  bucket = "lake"
}

resource "aws_s3_bucket_public_access_block" "lake" {
  bucket                  = aws_s3_bucket.lake.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.lake.arn}/*"]
  }
}
"""
WORKFLOW = """\
name: ci
on: [push]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - run: make test
"""
GOOD = {
    "README.md": "# Scores\n\n```sh\nmake test\npython -m services.score\n```\n",
    "Makefile": "test:\n\tpython -m pytest\n",
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n\n[tool.ruff.lint]\nselect = ["E", "F", "I"]\n',
    "services/__init__.py": "",
    "services/score.py": 'def score(value: float) -> float:\n    """Half."""\n    return value / 2\n',
    "tests/test_score.py": (
        "from services.score import score\n\n\ndef test_half() -> None:\n    assert score(4.0) == 2.0\n"
    ),
    "services/Dockerfile": 'FROM python:3.12.7-slim\nUSER 10001\nCMD ["python", "-m", "services.score"]\n',
    "schema.json": '{"type": "object"}\n',
    ".github/workflows/ci.yml": WORKFLOW,
    "terraform/main.tf": MAIN_TF,
}
TOOLS = {
    "rego",
    "mypy",
    "yamllint",
    "workflow-schema",
    "zizmor",
    "hadolint",
    "kubernetes",
    "gitlab-schema",
    "checkov",
    "sbom",
    "trivy",
    "tfsec",
    "gitleaks",
}


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    found = open_sandbox()
    if found.level is SandboxLevel.LIMITS_ONLY:
        pytest.skip("this machine has no sandbox that may run generated code")
    return found


def validated(
    sandbox: Sandbox, changes: Mapping[str, str | bytes | None] | None = None, **given: Any
) -> ValidationReport:
    # The tools have tests of their own, beside this file.
    given.setdefault("checks", [check for check in all_checks() if check.id not in TOOLS])
    texts = {**GOOD, **(changes or {})}
    files = {
        path: GeneratedFile(content=text.encode() if isinstance(text, str) else text, pattern="p")
        for path, text in texts.items()
        if text is not None
    }
    with TemporaryDirectory(prefix="validate-test-") as name:
        Path(name).chmod(0o755)
        report = validate_repository(files, sandbox=sandbox, scratch_dir=Path(name), **given)
        assert list(Path(name).iterdir()) == []
    return report


def only(*ids: str) -> list[Check]:
    return [check for check in all_checks() if check.id in ids]


def status(report: ValidationReport, check_id: str) -> CheckStatus:
    return next(check.verdict.status for check in report.checks if check.id == check_id)


def reason(report: ValidationReport, check_id: str) -> str:
    return next(check.verdict.reason for check in report.checks if check.id == check_id)


def test_a_good_repository_passes_and_says_what_was_skipped(sandbox: Sandbox) -> None:
    # A bill of materials and Checkov's many wishes are beyond so small a repository; both have tests of their own.
    report = validated(sandbox, checks=[check for check in all_checks() if check.id not in {"checkov", "sbom"}])

    assert report.has_passed, report.findings
    skipped = set(report.ids(CheckStatus.SKIPPED))
    has_terraform = find_program("terraform") is not None
    assert "terraform-test" in skipped
    assert ("terraform-validate" in skipped) is not has_terraform
    assert skipped <= {
        "terraform-validate", "terraform-plan", "terraform-test", "terraform-fmt", "kubernetes", "gitlab-schema",
        "trivy", "tfsec", "gitleaks",
    }  # fmt: skip
    assert report.gen_facts == {
        "gen.public_bucket": False,
        "gen.wildcard_iam": False,
        "gen.unencrypted_store": False,
        "gen.plaintext_secret": False,
        "gen.tf_validate_ok": True if has_terraform else None,
    }
    assert reason(report, "generated-tests") == "1 tests passed"


AWS_KEY = "AKIA" + "Z7QK3VNX" + "PL5WTJ2M"


@pytest.mark.parametrize(
    ("changes", "check_id", "fact"),
    [
        ({"services/score.py": "def score(:\n"}, "python-syntax", None),
        ({"services/score.py": "import os\n\n\ndef score(value: float) -> float:\n    return 2\n"}, "ruff", None),
        ({"services/score.py": "def score(value: float) -> float:\n    return value\n"}, "generated-tests", None),
        ({"tests/test_score.py": "X = 1\n"}, "generated-tests", None),
        ({"tests/test_score.py": "import nothing_like_it\n"}, "generated-tests", None),
        ({"tests/test_score.py": "import os\n\nos._exit(0)\n"}, "generated-tests", None),
        ({"extra.yaml": "a: [1\n"}, "yaml-syntax", None),
        ({"extra.yaml": b"\xff\xfe\x00"}, "yaml-syntax", None),
        ({"schema.json": "{"}, "json-syntax", None),
        ({"schema.json": "[" * 100_000}, "json-syntax", None),
        ({"pyproject.toml": "[x"}, "toml-syntax", None),
        ({"terraform/main.tf": 'resource "x" {'}, "hcl-syntax", "gen.tf_validate_ok"),
        ({"settings.py": f'KEY = "{AWS_KEY}"\n'}, "secrets", "gen.plaintext_secret"),
        ({"notes.txt": f"key {AWS_KEY}  # pragma: allowlist secret\n"}, "secrets", "gen.plaintext_secret"),
        ({"README.md": GOOD["README.md"] + "\n```sh\nmake deploy\n```\n"}, "readme-commands", None),
        ({"Makefile": "test:\n\tpython -m services.missing\n"}, "readme-commands", None),
        ({"README.md": None}, "readme-commands", None),
        ({".github/workflows/ci.yml": WORKFLOW.replace("on: [push]\n", "")}, "workflows", None),
        ({"services/Dockerfile": "FROM python\n"}, "dockerfiles", None),
        ({"terraform/main.tf": MAIN_TF.replace('"s3:GetObject"', '"s3:*"')}, "infrastructure", "gen.wildcard_iam"),
        ({"terraform/main.tf": MAIN_TF.replace("public_acls       = true", "public_acls       = false")},
         "infrastructure", "gen.public_bucket"),
        ({"terraform/main.tf": MAIN_TF.split('resource "aws_s3_bucket_server', maxsplit=1)[0]},
         "infrastructure", "gen.unencrypted_store"),
    ],
)  # fmt: skip
def test_a_spoiled_repository_fails_where_it_is_spoiled(
    sandbox: Sandbox, changes: dict[str, str | bytes | None], check_id: str, fact: str | None
) -> None:
    report = validated(sandbox, changes, checks=only(check_id))

    assert status(report, check_id) is CheckStatus.FAILED
    assert not report.has_passed
    if fact is not None:
        expected = fact != "gen.tf_validate_ok"
        assert report.gen_facts[fact] is expected


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


def test_a_secret_is_named_by_place_and_never_shown(sandbox: Sandbox) -> None:
    report = validated(sandbox, {"settings.py": f'"""Settings."""\n\nKEY = "{AWS_KEY}"\n'}, checks=only("secrets"))

    found = [(finding.file, finding.line, finding.rule) for finding in report.findings]
    assert ("settings.py", 3, "AWS Access Key") in found
    assert AWS_KEY not in json.dumps(report.to_json()) + report.summary()


def test_digests_that_pin_public_things_are_no_secrets_but_the_same_digest_elsewhere_is(sandbox: Sandbox) -> None:
    digest = "11bd71901bbe5b1630ceea73d27597364c9af683"

    pinned = validated(sandbox, checks=only("secrets"))
    assigned = validated(sandbox, {"a.py": f'TOKEN = "{digest}"\n'}, checks=only("secrets"))

    assert digest in WORKFLOW
    assert status(pinned, "secrets") is CheckStatus.PASSED
    assert status(assigned, "secrets") is CheckStatus.FAILED


def test_a_test_file_that_cannot_be_loaded_is_named_with_the_error_behind_it(sandbox: Sandbox) -> None:
    changes = {"tests/test_score.py": "import nothing_like_it\n"}

    report = validated(sandbox, changes, checks=[GeneratedTestsCheck()])

    assert [finding.file for finding in report.findings] == ["tests/test_score.py"]
    assert "No module named 'nothing_like_it'" in report.findings[0].message


def test_a_finding_in_terraform_names_its_line(sandbox: Sandbox) -> None:
    spoiled = {"terraform/main.tf": MAIN_TF.replace('"s3:GetObject"', '"s3:*"')}

    report = validated(sandbox, spoiled, checks=only("infrastructure"))

    assert [(finding.file, finding.line) for finding in report.findings] == [("terraform/main.tf", 23)]


def test_tests_that_ask_for_a_database_run_beside_a_real_one(sandbox: Sandbox) -> None:
    asking = (
        "import os\n\nimport psycopg\nimport pytest\n\n"
        'URL = os.environ.get("TEST_DATABASE_URL", "")\n\n\n'
        '@pytest.mark.skipif(not URL, reason="no database")\n'
        "def test_answer() -> None:\n"
        "    with psycopg.connect(URL) as connection:\n"
        '        assert connection.execute("SELECT 40 + 2").fetchone() == (42,)\n'
    )

    report = validated(sandbox, {"tests/test_database.py": asking}, checks=[GeneratedTestsCheck()])

    is_there = sandbox.level is SandboxLevel.NAMESPACES
    expected = "2 tests passed, beside a real PostgreSQL" if is_there else "1 tests passed, 1 skipped"
    assert report.has_passed, report.findings
    assert reason(report, "generated-tests").startswith(expected)


def test_tests_that_hang_are_stopped_and_fail(sandbox: Sandbox) -> None:
    hanging = "import time\n\n\ndef test_forever() -> None:\n    time.sleep(600)\n"
    check = GeneratedTestsCheck(limits=Limits(wall_s=3))

    report = validated(sandbox, {"tests/test_score.py": hanging}, checks=[check])

    assert status(report, "generated-tests") is CheckStatus.FAILED
    assert "wall-time" in report.findings[0].message


def test_skipped_tests_do_not_count_as_tests(sandbox: Sandbox) -> None:
    only_skipped = 'import pytest\n\n\n@pytest.mark.skip(reason="no")\ndef test_half() -> None:\n    assert False\n'

    report = validated(sandbox, {"tests/test_score.py": only_skipped}, checks=[GeneratedTestsCheck()])

    assert status(report, "generated-tests") is CheckStatus.FAILED


def test_generated_code_cannot_change_what_other_checks_see(sandbox: Sandbox) -> None:
    vandal = (
        "from pathlib import Path\n\nfrom services.score import score\n\n\n"
        "def test_half() -> None:\n"
        '    Path("schema.json").write_text("{")\n'
        "    assert score(4.0) == 2.0\n"
    )

    report = validated(sandbox, {"tests/test_score.py": vandal}, checks=only("generated-tests", "json-syntax"))

    assert status(report, "generated-tests") is CheckStatus.PASSED
    assert status(report, "json-syntax") is CheckStatus.PASSED


def test_where_generated_code_may_not_run_its_tests_are_skipped_and_the_reason_named() -> None:
    report = validated(Sandbox(level=SandboxLevel.LIMITS_ONLY), checks=[GeneratedTestsCheck()])

    assert status(report, "generated-tests") is CheckStatus.SKIPPED
    assert reason(report, "generated-tests") == "generated code is not run at sandbox level limits-only"


def test_the_report_is_the_same_every_time_and_the_run_record_is_apart(sandbox: Sandbox) -> None:
    spoiled = {"services/score.py": "import os\nimport sys\n\n\ndef score(v):\n    return 3\n"}

    checks = only("ruff", "json-syntax", "secrets", "generated-tests", "readme-commands")

    first, second = validated(sandbox, spoiled, checks=checks), validated(sandbox, spoiled, checks=checks)

    assert first.files() == second.files()
    assert sorted(first.files()) == ["reports/summary.md", "reports/validation.json"]
    text = first.files()["reports/validation.json"].content.decode()
    assert "duration" not in text
    assert str(sandbox.level) not in text
    assert first.run_json()["sandbox_level"] == str(sandbox.level)


def test_each_check_is_announced_once(sandbox: Sandbox) -> None:
    announced: list[str] = []

    checks = only("ruff", "dockerfiles", "readme-commands", "kubernetes")

    report = validated(sandbox, on_progress=lambda check: announced.append(check.id), checks=checks)

    assert sorted(announced) == sorted(check.id for check in report.checks) == sorted(check.id for check in checks)


def test_findings_are_given_as_sarif_too(sandbox: Sandbox) -> None:
    sarif: Any = validated(
        sandbox, {"services/Dockerfile": "FROM python\n"}, checks=only("dockerfiles", "readme-commands")
    ).run_json()["sarif"]

    run = next(run for run in sarif["runs"] if run["automationDetails"]["id"] == "dockerfiles")
    assert sarif["version"] == "2.1.0"
    assert {result["ruleId"] for result in run["results"]} == {"docker-unpinned", "docker-root", "docker-shape"}


def test_a_script_keeps_its_mode(sandbox: Sandbox) -> None:
    runs = (
        "import os\nfrom pathlib import Path\n\n\n"
        'def test_mode() -> None:\n    assert os.access(Path("run.sh"), os.X_OK)\n'
    )
    files = {
        "run.sh": GeneratedFile(content=b"#!/bin/sh\n", mode=EXECUTABLE_MODE, pattern="p"),
        "tests/test_mode.py": GeneratedFile(content=runs.encode(), pattern="p"),
    }
    with TemporaryDirectory(prefix="validate-test-") as name:
        Path(name).chmod(0o755)

        report = validate_repository(files, sandbox=sandbox, scratch_dir=Path(name), checks=[GeneratedTestsCheck()])

    assert report.has_passed, report.findings
