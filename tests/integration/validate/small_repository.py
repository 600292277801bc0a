"""A small repository that is right, to be spoiled, and what the checks say of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from decisionworks.artifacts import GeneratedFile
from decisionworks.graphs.codegen.validate import Check, CheckStatus, ValidationReport, validate_repository
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.sandbox import Sandbox

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
