"""The renderer: every pattern renders, repeatably, into files that belong together."""

import json
import os
import re
import subprocess
import sys

import pytest

from decisionworks.artifacts.model import GeneratedFile
from decisionworks.graphs.codegen.render import (
    UnrenderablePattern,
    UnusableRenderInput,
    render_repository,
    renderable_patterns,
)
from tests.unit.graphs.codegen.plans import BASE, PLANS, render_input

STEP = re.compile(r'"pipelines\.run",\s*"(\w+)"')
DIGEST = """
import hashlib
from tests.unit.graphs.codegen.plans import PLANS, render_input
from decisionworks.graphs.codegen.render import render_repository
digest = hashlib.sha256()
for path, file in render_repository(render_input(PLANS["managed real time"])).items():
    digest.update(path.encode() + oct(file.mode).encode() + file.pattern.encode() + file.content)
print(digest.hexdigest())
"""


@pytest.fixture(scope="module", params=sorted(PLANS))
def files(request: pytest.FixtureRequest) -> dict[str, GeneratedFile]:
    """The repository of one of the plans."""
    return render_repository(render_input(PLANS[request.param]))


def text_of(files: dict[str, GeneratedFile], path: str) -> str:
    return files[path].content.decode()


def test_the_plans_of_these_tests_hold_every_renderable_pattern() -> None:
    tried = {pattern for patterns in PLANS.values() for pattern in patterns}

    assert tried == renderable_patterns()


def test_every_repository_holds_what_a_reader_expects(files: dict[str, GeneratedFile]) -> None:
    expected = {
        "README.md", "LICENSE", "CODEOWNERS", "Makefile", "pyproject.toml", "requirements.txt", ".gitignore",
        ".pre-commit-config.yaml", ".github/workflows/ci.yml", "docs/plan.md", "docs/architecture.md", "docs/cost.md",
        "docs/runbook.md", "docs/adr/0001-approved-plan.md", "terraform/main.tf", "terraform/backend.tf",
        "terraform/environments/dev.tfvars", "terraform/environments/prod.tfvars",
    }  # fmt: skip

    assert expected <= set(files)
    assert list(files) == sorted(files)


def test_text_files_end_with_one_newline_and_hold_no_template_leftovers(files: dict[str, GeneratedFile]) -> None:
    for path, file in files.items():
        text = file.content.decode()
        assert text == "" or (text.endswith("\n") and not text.endswith("\n\n")), path
        assert "[%" not in text, path
        assert "[[ " not in text or path.endswith((".py", ".yml")), path
        assert "TODO" not in text, path


def test_every_image_starts_code_that_is_in_the_repository(files: dict[str, GeneratedFile]) -> None:
    for path in (path for path in files if path.endswith("Dockerfile")):
        command = json.loads(re.findall(r"^CMD (\[.*\])$", text_of(files, path), re.MULTILINE)[-1])
        module = command[2] if command[0] == "python" else command[0].rpartition(".")[0]
        assert f"{module.replace('.', '/')}.py" in files, path


def test_every_pipeline_step_that_infrastructure_starts_exists(files: dict[str, GeneratedFile]) -> None:
    steps = set(re.findall(r'^    "(\w+)": ', text_of(files, "pipelines/steps.py"), re.MULTILINE))
    started = {
        step
        for path, file in files.items()
        if path.endswith((".tf", ".yml"))
        for step in STEP.findall(file.content.decode())
    }

    assert started <= steps | {"all"}


def test_every_make_target_in_readme_and_workflows_exists(files: dict[str, GeneratedFile]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(files, "Makefile"), re.MULTILINE))
    documents = [text_of(files, path) for path in files if path.endswith(("README.md", ".yml", "runbook.md"))]
    named = {
        target for text in documents for target in re.findall(r"(?:^|`|run: )make ([a-z][a-z-]*)", text, re.MULTILINE)
    }

    assert {"setup", "test", "lint"} <= named <= targets


def test_workflows_run_with_least_rights_and_pinned_actions(files: dict[str, GeneratedFile]) -> None:
    for path in (path for path in files if path.startswith(".github/workflows/")):
        text = text_of(files, path)
        assert "permissions:\n  contents: read\n" in text, path
        for action in re.findall(r"uses: (\S+)", text):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action


def test_the_order_of_patterns_in_a_plan_changes_no_code() -> None:
    forward = render_repository(render_input(PLANS["function"]))
    backward = render_repository(render_input(reversed(PLANS["function"])))

    ordered = {"docs/plan.md", "docs/architecture.md", "docs/adr/0001-approved-plan.md"}
    assert {path for path in forward if forward[path] != backward[path]} <= ordered


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_another_process_with_another_hash_seed_renders_the_same_bytes(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout
        for environment in (environment, {**environment, "PYTHONHASHSEED": "1"})
    }

    assert len(digests) == 1


def test_a_plan_with_an_unknown_pattern_is_refused_by_name() -> None:
    with pytest.raises(UnrenderablePattern) as refusal:
        render_repository(render_input([*BASE, "serve-by-pigeon"]))

    assert refusal.value.patterns == ("serve-by-pigeon",)


def test_a_plan_without_patterns_is_refused() -> None:
    with pytest.raises(UnusableRenderInput):
        render_repository(render_input([]))


def test_a_plan_outside_of_aws_regions_is_refused() -> None:
    source = render_input(BASE, values={"regions": ["westeurope"]}, cost_estimate={})

    with pytest.raises(UnusableRenderInput):
        render_repository(source)


def test_the_pattern_that_asked_for_a_shared_part_is_named_on_its_files() -> None:
    files = render_repository(render_input(PLANS["weekly batch"]))

    assert files["terraform/modules/lake/main.tf"].pattern == "store-s3-lakehouse"
    assert files["terraform/modules/cluster/main.tf"].pattern in PLANS["weekly batch"]
    assert files["README.md"].pattern == "_repository"


def test_values_of_the_plan_reach_the_infrastructure() -> None:
    files = render_repository(
        render_input(PLANS["function"], values={"regions": ["eu-central-1"], "budget_usd_month": 1234})
    )

    assert 'default     = "eu-west-1"' in text_of(files, "terraform/variables.tf")
    assert "monthly_budget_usd = 1234" in re.sub(" +", " ", text_of(files, "terraform/environments/prod.tfvars"))


def test_the_stream_application_is_packaged_and_uploaded_by_the_deployment_that_names_it() -> None:
    files = render_repository(render_input(PLANS["kafka"]))
    module, makefile = (files[path].content.decode() for path in ("terraform/modules/windows/main.tf", "Makefile"))

    assert 'resource "aws_s3_object" "code"' in module
    assert "file_key   = aws_s3_object.code.key" in module
    assert "tf-plan: package-stream\n" in makefile
    assert "apk add --no-cache make python3" in files[".gitlab-ci.yml"].content.decode()
