"""The tools of an installation see what they are there for, and scanners that somebody installed are read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from decisionworks.artifacts import GeneratedFile
from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.validate import CheckReport, CheckStatus, validate_repository
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.graphs.codegen.validate.checks.checkov import find_checkov
from decisionworks.graphs.codegen.validate.checks.linters import KubernetesCheck
from decisionworks.graphs.codegen.validate.checks.programs import find_program
from decisionworks.graphs.codegen.validate.checks.tool_output import read_sarif
from decisionworks.sandbox import Purpose, Sandbox, SandboxLevel, SandboxResult, open_sandbox
from tests.unit.graphs.codegen.plans import PLANS, render_input

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
PIPELINE = "stages: [check]\nlint:\n  stage: check\n  script: [make lint]\n"
MANIFEST = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: models
spec:
  podSelector: {}
  policyTypes: [Ingress]
"""
DOCKERFILE = 'FROM python:3.12.7-slim\nUSER 10001\nCMD ["python", "-m", "services.score"]\n'
GOOD = {
    ".github/workflows/ci.yml": WORKFLOW,
    ".gitlab-ci.yml": PIPELINE,
    "deploy/policy.yaml": MANIFEST,
    "conf.yaml": "a: 1\nb:\n  - 2\n",
    "src/scores/half.py": "def half(value: float) -> float:\n    return value / 2\n",
    "services/Dockerfile": DOCKERFILE,
}
PLACED = {"physicalLocation": {"artifactLocation": {"uri": "services/Dockerfile"}, "region": {"startLine": 2}}}
SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "x", "rules": [{"id": "DS002", "helpUri": "https://example.com/ds002"}]}},
            "results": [
                {"ruleId": "DS002", "level": "error", "message": {"text": "runs as root"}, "locations": [PLACED]}
            ],
        }
    ],
}


POD = "apiVersion: v1\nkind: Pod\nspec: {}\n"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return open_sandbox()


def checked(
    sandbox: Sandbox, scratch_dir: Path, check: str, changes: Mapping[str, str] | None = None, **given: Any
) -> CheckReport:
    files = {
        path: GeneratedFile(content=text.encode(), pattern="p") for path, text in {**GOOD, **(changes or {})}.items()
    }
    return checked_files(sandbox, scratch_dir, check, files)


def checked_files(sandbox: Sandbox, scratch_dir: Path, check: str, files: Mapping[str, GeneratedFile]) -> CheckReport:
    [wanted] = [one for one in all_checks() if one.id == check]
    [report] = validate_repository(files, sandbox=sandbox, scratch_dir=scratch_dir, checks=[wanted]).checks
    return report


@pytest.mark.parametrize(
    "check", ["mypy", "yamllint", "workflow-schema", "gitlab-schema", "zizmor", "hadolint", "kubernetes"]
)
def test_a_tool_passes_what_is_right(sandbox: Sandbox, tmp_path: Path, check: str) -> None:
    _skip_what_is_optional(check)

    report = checked(sandbox, tmp_path, check)

    assert report.verdict.status is CheckStatus.PASSED, report.verdict
    assert report.verdict.version


@pytest.mark.parametrize(
    ("check", "path", "text", "line", "rule"),
    [
        ("mypy", "src/scores/half.py", "def half(value: float) -> float:\n    return str(value)\n", 2, "return-value"),
        ("mypy", "services/use.py", "from scores.half import half\n\nhalf('x')\n", 3, "arg-type"),
        ("yamllint", "conf.yaml", "a: 1\na: 2\n", 2, "key-duplicates"),
        ("yamllint", "conf.yaml", "mode: 0644\n", 1, "octal-values"),
        ("workflow-schema", ".github/workflows/ci.yml", WORKFLOW.replace("runs-on", "runs-at"), 6,
         "workflow-schema"),
        ("gitlab-schema", ".gitlab-ci.yml", PIPELINE.replace("[check]", "check"), 1, "gitlab-schema"),
        ("gitlab-schema", ".gitlab-ci.yml", PIPELINE.replace("script: [make lint]", "when: always"), 2,
         "pipeline-shape"),
        ("kubernetes", "deploy/policy.yaml", MANIFEST.replace("podSelector", "podSelektor"), 1,
         "kubernetes-schema"),
        ("kubernetes", "deploy/policy.yaml", MANIFEST.replace("io/v1", "io/v9"), 1, "kubernetes-schema"),
        ("kubernetes", "deploy/pod.yaml", f"{MANIFEST}---\n{POD}", MANIFEST.count("\n") + 2, "kubernetes-name"),
        ("kubernetes", "deploy/pod.yaml", POD, 1, "kubernetes-schema"),
        ("zizmor", ".github/workflows/ci.yml", WORKFLOW.replace("make test", "echo ${{ github.head_ref }}"), 12,
         "template-injection"),
        ("hadolint", "services/Dockerfile", DOCKERFILE.replace("USER", "RUN apt-get install wget && sudo x\nUSER"), 2,
         "DL3004"),
    ],
)  # fmt: skip
def test_a_tool_names_what_is_wrong_and_where(
    sandbox: Sandbox, tmp_path: Path, check: str, path: str, text: str, line: int, rule: str
) -> None:
    _skip_what_is_optional(check)

    report = checked(sandbox, tmp_path, check, {path: text})

    assert report.verdict.status is CheckStatus.FAILED, report.verdict
    assert (path, line, rule) in {(one.file, one.line, one.rule) for one in report.verdict.findings}
    assert [one for one in report.verdict.findings if not one.remedy] == []


@pytest.mark.parametrize("check", ["mypy", "yamllint", "workflow-schema", "zizmor", "hadolint", "kubernetes"])
def test_a_tool_that_is_missing_says_so_and_has_passed_nothing(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    monkeypatch.setattr("decisionworks.graphs.codegen.validate.checks.tool_output.find_program", lambda name: None)
    monkeypatch.setattr("decisionworks.graphs.codegen.validate.checks.dockerfiles.find_program", lambda name: None)

    report = checked(sandbox, tmp_path, check, {"deploy.yaml": "apiVersion: v1\nkind: Pod\n"})

    assert report.verdict.status is CheckStatus.SKIPPED
    assert "is not installed" in report.verdict.reason


def test_a_workflow_that_cannot_be_read_has_not_passed(sandbox: Sandbox, tmp_path: Path) -> None:
    report = checked(sandbox, tmp_path, "zizmor", {".github/workflows/ci.yml": "jobs: [\n"})

    assert report.verdict.status is CheckStatus.FAILED


@pytest.mark.parametrize("name", ["trivy", "tfsec", "gitleaks"])
@pytest.mark.parametrize("found", [True, False])
def test_a_scanner_that_somebody_installed_is_read(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, found: bool
) -> None:
    answer = SARIF if found else SARIF | {"runs": [SARIF["runs"][0] | {"results": []}]}  # type: ignore[index, operator]
    programs = _installed(tmp_path, name, f"cat <<'EOF'\n{json.dumps(answer)}\nEOF")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    report = checked(sandbox, tmp_path, name, {"terraform/main.tf": "locals {}\n"})

    assert report.verdict.status is (CheckStatus.FAILED if found else CheckStatus.PASSED), report.verdict
    assert report.verdict.version == "9.8.7"
    assert [(one.file, one.line, one.rule, one.remedy) for one in report.verdict.findings] == (
        [("services/Dockerfile", 2, "DS002", "https://example.com/ds002")] if found else []
    )


@pytest.mark.parametrize("ending", ["echo no sarif", "exit 77", "echo '{\"runs\": 1}'"])
def test_a_scanner_that_breaks_has_passed_nothing(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    programs = _installed(tmp_path, "trivy", ending)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    report = checked(sandbox, tmp_path, "trivy")

    assert report.verdict.status is CheckStatus.FAILED


def test_a_tool_that_ends_with_an_error_and_names_none_has_passed_nothing(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = json.dumps(SARIF | {"runs": []})
    programs = _installed(tmp_path, "tfsec", f"echo '{nothing}'; exit 1")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    report = checked(sandbox, tmp_path, "tfsec", {"terraform/main.tf": "locals {}\n"})

    assert report.verdict.status is CheckStatus.FAILED
    assert [one.message for one in report.verdict.findings] == [
        "tfsec ended with 1 and named nothing; run it by hand to see why"
    ]


def test_manifests_are_read_line_by_line_and_foreign_kinds_are_only_noted() -> None:
    said = (
        b"WARN deploy/service.yaml Couldn't find schema for kind InferenceService with api version"
        b" serving.kserve.io/v1 for kubernetes version 1.37\n"
        b"INFO deploy/policy.yaml passed for resource networkpolicy/models against version 1.37\n"
        b"ERROR deploy/pod.yaml did not validate for resource pod/x against version 1.37: spec: ...\n"
        b"INFO deploy/pod.yaml passed for resource pod/(no-name) against version 1.37\n"
    )

    from decisionworks.graphs.codegen.validate.checks.linters import _read_kubernetes

    found = list(
        _read_kubernetes(_result(said), {"deploy/pod.yaml": "# A pod.\napiVersion: v1\n---\napiVersion: v1\n"})
    )

    assert KubernetesCheck().id == "kubernetes"
    assert [(one.file, one.line, one.severity) for one in found] == [
        ("deploy/service.yaml", None, "note"),
        ("deploy/pod.yaml", 2, "error"),
        ("deploy/pod.yaml", 4, "error"),
    ]
    with pytest.raises(ValueError, match="kubernetes-validate says"):
        list(_read_kubernetes(_result(b"Traceback (most recent call last):\n"), {}))
    with pytest.raises(ValueError, match=r"says nothing of deploy/pod\.yaml"):
        list(_read_kubernetes(_result(b""), {"deploy/pod.yaml": "apiVersion: v1\n"}))


def test_sarif_without_places_or_levels_is_still_told() -> None:
    document = {"runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "odd"}}]}]}

    [found] = read_sarif(_result(json.dumps(document).encode()))

    assert (found.file, found.rule, found.severity, found.message) == ("", "unnamed", "warning", "odd")


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (b"", b"", None),
        (b"block_public_acls       = true", b"block_public_acls       = false", "could be opened to the public"),
        (b'status = "Enabled"', b'status = "Suspended"', "keeps no old versions"),
    ],
)
def test_the_test_of_a_module_fails_when_the_module_breaks(
    sandbox: Sandbox, tmp_path: Path, was: bytes, becomes: bytes, told: str | None
) -> None:
    if find_program("terraform") is None or not sandbox.can_run(Purpose.EXECUTE):
        pytest.skip("terraform is not installed here, or no sandbox may run its provider")
    files = {
        path: file
        for path, file in render_repository(render_input(PLANS["weekly batch"])).items()
        if "/bucket" in path or path == "terraform/versions.tf"
    }
    main = files["terraform/modules/bucket/main.tf"]
    assert was in main.content
    files["terraform/modules/bucket/main.tf"] = GeneratedFile(
        content=main.content.replace(was, becomes, 1) if was else main.content, pattern="p"
    )

    report = checked_files(sandbox, tmp_path, "terraform-test", files)

    assert report.verdict.status is (CheckStatus.PASSED if told is None else CheckStatus.FAILED), report.verdict
    assert told is None or told in report.verdict.findings[0].message


@pytest.mark.slow
def test_checkov_finds_an_open_database_whatever_the_repository_tells_it(sandbox: Sandbox, tmp_path: Path) -> None:
    if find_checkov() is None:
        pytest.skip("checkov is not installed (make checkov)")
    text = 'resource "aws_db_instance" "this" {\n  engine              = "postgres"\n  publicly_accessible = true\n}\n'

    report = checked(
        sandbox, tmp_path, "checkov", {"terraform/main.tf": text, ".checkov.yaml": "skip-check:\n  - CKV_AWS_17\n"}
    )

    assert report.verdict.status is CheckStatus.FAILED
    assert ("terraform/main.tf", 1, "CKV_AWS_17") in {(one.file, one.line, one.rule) for one in report.verdict.findings}


def _skip_what_is_optional(check: str) -> None:
    if check == "kubernetes" and find_program("kubernetes-validate") is None:
        pytest.skip("kubernetes-validate is not installed (make kubernetes)")


def _installed(directory: Path, name: str, commands: str) -> Path:
    """A program that says its version when asked for it, and otherwise does as told."""
    programs = directory / "programs"
    programs.mkdir()
    directory.chmod(0o755)
    program = programs / name
    asks = 'case "$1" in --version|version) echo 9.8.7; exit 0;; esac'
    program.write_text(f"#!/bin/sh\n{asks}\n{commands}\n", encoding="utf-8")
    program.chmod(0o755)
    return programs


def _result(stdout: bytes) -> SandboxResult:
    return SandboxResult(
        exit_code=0, signal=None, stdout=stdout, stderr=b"", truncated=False, timed_out=False, killed=None,
        level=SandboxLevel.NAMESPACES,
    )  # fmt: skip
