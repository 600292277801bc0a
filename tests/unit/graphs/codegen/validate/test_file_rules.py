"""Rules over workflows, Dockerfiles, READMEs and Makefiles, each with a good file and one way to spoil it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from decisionworks.graphs.codegen.validate.checks import dockerfiles, workflows
from decisionworks.graphs.codegen.validate.checks.places import place_of
from decisionworks.graphs.codegen.validate.checks.readme import make_targets, readme_commands
from decisionworks.graphs.codegen.validate.workspace import ReadFiles
from decisionworks.sandbox import SandboxLevel, SandboxResult

PIN = "actions/checkout@" + "0123456789abcdef" * 2 + "01234567"
WORKFLOW: dict[str, Any] = {
    "on": {"pull_request": None, "push": {"branches": ["main"]}},
    "permissions": {"contents": "read"},
    "jobs": {"test": {"runs-on": "ubuntu-24.04", "steps": [{"uses": PIN}, {"run": "make test"}]}},
}


def spoiled(**changes: Any) -> dict[str, Any]:
    workflow = copy.deepcopy(WORKFLOW)
    for path, value in changes.items():
        place: Any = workflow
        *parents, last = path.split("__")
        for part in parents:
            place = place[int(part) if part.isdigit() else part.replace("_", "-")]
        place[int(last) if last.isdigit() else last.replace("_", "-")] = value
    return workflow


def workflow_rules(document: object) -> list[str]:
    return [finding.rule for finding in workflows.judge(document)]


def test_a_workflow_with_least_permissions_and_pinned_actions_keeps_the_rules() -> None:
    assert workflow_rules(WORKFLOW) == []


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ([], "workflow-shape"),
        ({"on": "push"}, "workflow-shape"),
        (spoiled(permissions="write-all"), "workflow-permissions"),
        (spoiled(permissions=None), "workflow-permissions"),
        (spoiled(on={"pull_request_target": None}), "workflow-trigger"),
        (spoiled(on="pull_request_target"), "workflow-trigger"),
        (spoiled(jobs__test__steps__0={"uses": "actions/checkout@v4"}), "workflow-unpinned"),
        (spoiled(jobs__test__steps__1={"run": "echo ${{ github.event.issue.title }}"}), "workflow-injection"),
        (spoiled(jobs__test__steps__1={"run": "git checkout ${{ github.head_ref }}"}), "workflow-injection"),
        (spoiled(jobs__test__steps__1={"name": "nothing"}), "workflow-shape"),
        (spoiled(jobs__test__steps=[]), "workflow-shape"),
        (spoiled(jobs__test={"steps": [{"run": "x"}]}), "workflow-shape"),
        (spoiled(jobs__test__steps__0={"uses": PIN, "with": {"aws-access-key-id": "x"}}), "workflow-keys"),
    ],
)
def test_a_spoiled_workflow_is_found(document: object, rule: str) -> None:
    assert workflow_rules(document) == [rule]


def test_what_is_wrong_with_a_workflow_has_a_line() -> None:
    lines = {".github/workflows/ci.yml": {"/on": 2, "/jobs": 5, "/jobs/test": 6, "/jobs/test/steps/0": 9}}
    run = SandboxResult(
        exit_code=0, signal=None, stdout=b"", stderr=b"", truncated=False, timed_out=False, killed=None,
        level=SandboxLevel.NAMESPACES,
    )  # fmt: skip
    read = ReadFiles(documents={}, blocks=(), problems=(), versions={}, run=run, lines=lines)
    document = spoiled(permissions=None, jobs__test__steps__0={"uses": "actions/checkout@v4"}, on=[])
    del document["on"]

    found = [problem.at(".github/workflows/ci.yml", read) for problem in workflows.judge(document)]

    assert [(one.rule, one.line) for one in found] == [
        ("workflow-shape", 1),
        ("workflow-permissions", 6),
        ("workflow-unpinned", 9),
    ]
    assert place_of("$.jobs['a-b'].steps[0].run") == ("jobs", "a-b", "steps", "0", "run")


def test_permissions_of_a_job_stand_in_for_those_of_the_workflow() -> None:
    document = spoiled(permissions=None, jobs__test__permissions={"contents": "read"})

    assert workflow_rules(document) == []


DOCKERFILE = """\
# syntax comment
FROM python:3.12.7-slim AS build
RUN python -m venv /venv \\
    && true
FROM build
COPY --from=build /venv /venv
USER 10001
CMD ["python", "-m", "services.api"]
"""


def docker_rules(text: str) -> list[str]:
    return [finding.rule for finding in dockerfiles.judge("services/api/Dockerfile", text)]


def test_a_pinned_image_with_its_own_user_keeps_the_rules() -> None:
    assert docker_rules(DOCKERFILE) == []


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("python:3.12.7-slim", "python", "docker-unpinned"),
        ("python:3.12.7-slim", "python:latest", "docker-unpinned"),
        ("USER 10001\n", "", "docker-root"),
        ("USER 10001\n", "USER 10001\nUSER root\n", "docker-root"),
        ('CMD ["python", "-m", "services.api"]\n', "", "docker-shape"),
        ("USER 10001\n", "ENV API_TOKEN=abc\nUSER 10001\n", "docker-secret"),
        ("USER 10001\n", "ADD https://example.invalid/x /x\nUSER 10001\n", "docker-add"),
    ],
)
def test_a_spoiled_dockerfile_is_found(before: str, after: str, rule: str) -> None:
    assert docker_rules(DOCKERFILE.replace(before, after)) == [rule]


def test_an_empty_dockerfile_is_found() -> None:
    assert docker_rules("# nothing\n") == ["docker-shape"]


def test_instructions_know_the_line_they_begin_on() -> None:
    found = [(instruction.line, instruction.name) for instruction in dockerfiles.read_instructions(DOCKERFILE)]

    assert found == [(2, "FROM"), (3, "RUN"), (5, "FROM"), (6, "COPY"), (7, "USER"), (8, "CMD")]


def test_commands_of_a_readme_are_those_in_its_shell_blocks() -> None:
    text = "# x\n`make no`\n```sh\n$ make setup\n# comment\nmake test\n```\n```python\nmake = 1\n```\n"

    assert list(readme_commands(text)) == [(4, "make setup"), (6, "make test")]


def test_targets_of_a_makefile_are_not_its_variables() -> None:
    text = "PYTHON := python3\nA = b: c\n.PHONY: test lint\ntest lint: setup ## help\n\t$(PYTHON) -m x:y\n"

    assert make_targets(text) >= {"test", "lint", ".PHONY"}
    assert not make_targets(text) & {"PYTHON", "A", "setup"}
