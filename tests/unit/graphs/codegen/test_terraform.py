"""Generated Terraform: canonical, complete and inside the rules, without any provider."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.validate.schema import load_schema_facts
from tests.unit.graphs.codegen.plans import PLANS, render_input

BLOCK = re.compile(r'^(module|variable|output|resource) "([\w-]+)"(?: "(\w+)")? \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
ARGUMENT = re.compile(r"^  (\w+)\s+=", re.MULTILINE)
TERRAFORM = shutil.which("terraform")


@pytest.fixture(scope="module", params=sorted(PLANS))
def folders(request: pytest.FixtureRequest) -> dict[str, str]:
    """The Terraform text of every folder of one of the plans."""
    texts: dict[str, str] = {}
    for path, file in render_repository(render_input(PLANS[request.param])).items():
        if path.endswith(".tf") and "/organization/" not in path:
            folder = path.rpartition("/")[0]
            texts[folder] = texts.get(folder, "") + file.content.decode()
    return texts


def blocks(text: str, kind: str) -> dict[str, str]:
    return {match[2]: match[4] for match in BLOCK.finditer(text) if match[1] == kind}


def without_comments(text: str) -> str:
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


def test_every_variable_is_declared_and_used(folders: dict[str, str]) -> None:
    for folder, text in folders.items():
        used = set(re.findall(r"\bvar\.(\w+)", without_comments(text)))
        assert used == set(blocks(text, "variable")), folder


def test_every_local_value_is_defined(folders: dict[str, str]) -> None:
    for folder, text in folders.items():
        defined = set(
            re.findall(r"^  (\w+)\s+=", "\n".join(re.findall(r"^locals \{\n.*?^\}", text, re.M | re.S)), re.M)
        )
        assert set(re.findall(r"\blocal\.(\w+)", without_comments(text))) <= defined, folder


def test_every_module_gets_exactly_what_it_asks_for(folders: dict[str, str]) -> None:
    for folder, text in folders.items():
        for name, body in blocks(text, "module").items():
            source = re.search(r'source\s+= "\.\.?/(?:modules/)?(\w+)"', body)
            assert source is not None, name
            variables = blocks(folders[f"terraform/modules/{source[1]}"], "variable")
            required = {key for key, block in variables.items() if not re.search(r"^  default\s+=", block, re.M)}
            given = set(ARGUMENT.findall(body)) - {"source"}
            assert required <= given <= set(variables), f"{folder}: {name}"


def test_every_reference_to_a_module_names_one_of_its_outputs(folders: dict[str, str]) -> None:
    for folder, text in folders.items():
        calls = blocks(text, "module")
        for name, output in re.findall(r"\bmodule\.(\w+)\.(\w+)", without_comments(text)):
            source = re.search(r'source\s+= "\.\.?/(?:modules/)?(\w+)"', calls[name])
            assert source is not None
            assert output in blocks(folders[f"terraform/modules/{source[1]}"], "output"), f"{folder}: {name}.{output}"


def test_every_reference_to_a_resource_names_one_of_the_same_folder(folders: dict[str, str]) -> None:
    for folder, text in folders.items():
        declared = set(re.findall(r'^(?:resource|data) "(\w+)" "(\w+)"', text, re.MULTILINE))
        code = re.sub(r'"aws_\w+" "\w+"', "", without_comments(text))
        used = set(re.findall(r"\b(aws_\w+)\.(\w+)\b", code))
        assert used <= declared, folder


def test_only_resource_types_that_exist_are_used(folders: dict[str, str]) -> None:
    known = set(load_schema_facts().names("resources"))
    used = {match[2] for text in folders.values() for match in BLOCK.finditer(text) if match[1] == "resource"}

    assert used - known == set()


def test_no_role_allows_every_action(folders: dict[str, str]) -> None:
    for folder, text in folders.items():
        for statement in re.findall(r'Effect\s+= "Allow"(.*?)\n\s*\}', text, re.DOTALL):
            assert not re.search(r'"(\*|[\w-]+:\*)"', statement.split("Resource")[0]), folder


def test_every_bucket_is_encrypted_versioned_and_closed(folders: dict[str, str]) -> None:
    for folder, text in folders.items():
        if 'resource "aws_s3_bucket" "' in text:
            for part in ("public_access_block", "server_side_encryption_configuration", "versioning"):
                assert f'resource "aws_s3_bucket_{part}"' in text, folder


def test_the_same_tags_reach_every_resource(folders: dict[str, str]) -> None:
    root = folders["terraform"]

    assert "default_tags" in root
    for tag in ("project", "environment", "owner", "cost-center", "managed-by"):
        assert re.search(rf"^\s+{tag}\s+=", root, re.MULTILINE), tag


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
@pytest.mark.parametrize("plan", sorted(PLANS))
def test_the_tool_finds_nothing_to_format(plan: str, tmp_path: Path) -> None:
    for path, file in render_repository(render_input(PLANS[plan])).items():
        if path.endswith((".tf", ".tfvars")):
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)

    result = subprocess.run(
        [str(TERRAFORM), "fmt", "-check", "-diff", "-no-color", "-recursive", str(tmp_path)],
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (result.returncode, result.stdout) == (0, "")
