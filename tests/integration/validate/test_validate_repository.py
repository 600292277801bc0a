"""The checks on a small repository that is right, and on each way to spoil it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from decisionworks.graphs.codegen.validate import CheckStatus
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.graphs.codegen.validate.checks.programs import find_program
from decisionworks.sandbox import Sandbox
from tests.integration.validate.small_repository import GOOD, MAIN_TF, WORKFLOW, only, reason, status, validated


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


# What is not there has no line, and neither has a file that is too deep to be read.
NOWHERE = re.compile("there is no README|no test ran|pytest ended|recursion")
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
    assert [one for one in report.findings if not (one.file and one.remedy)] == []
    assert [one for one in report.findings if one.line is None and not NOWHERE.search(one.message)] == []
    if fact is not None:
        expected = fact != "gen.tf_validate_ok"
        assert report.gen_facts[fact] is expected


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
