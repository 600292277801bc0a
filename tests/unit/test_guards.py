"""Small promises about the whole tree that no other tool keeps."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from decisionworks.kit.settings import Settings, variable_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("libs", "api", "worker")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
# Written in two halves, so that this file does not find itself.
PACKAGE_INDEXES = ["pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs.org", "registry." + "yarnpkg.com"]


def modules() -> Iterator[Path]:
    for root in SOURCES:
        for path in sorted((ROOT / root).rglob("*.py")):
            if "fragments" not in path.parts:
                yield path


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


@cache
def modules_of_the_api() -> list[str]:
    code = "import sys, decisionworks_api.main; print(*sys.modules)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("heavy", ["langgraph", "ortools", "decisionworks.graphs", "decisionworks.engine"])
def test_the_api_starts_without_the_weight_of_the_worker(heavy: str) -> None:
    loaded = modules_of_the_api()

    assert "decisionworks_api.main" in loaded
    assert [name for name in loaded if f"{name}.".startswith(f"{heavy}.")] == []


def test_who_plans_is_spared_the_weight_of_pandas() -> None:
    code = "import sys, decisionworks.patterns.solve; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "ortools.sat.python.cp_model" in loaded
    assert [name for name in loaded if name.split(".")[0] == "pandas"] == []


def test_a_module_fits_in_one_look() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    too_long = {str(path): lines for path, lines in lengths.items() if lines > LONGEST_MODULE}

    assert lengths
    assert too_long == {}


def test_a_function_fits_in_one_look() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert too_long == {}


def test_every_setting_is_documented_with_its_meaning() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    missing = [
        name
        for name, field in Settings.model_fields.items()
        if f"`{variable_of(name)}`" not in page or str(field.description) not in page
    ]

    assert missing == []


def test_no_file_names_a_package_index() -> None:
    naming = {
        f"{path.relative_to(ROOT)}: {index}"
        for path in tracked_files()
        for index in PACKAGE_INDEXES
        if index.encode() in path.read_bytes()
    }

    assert naming == set()


def requirements_of(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {**project["project"]["optional-dependencies"], **project["dependency-groups"]}
    lines = project["project"]["dependencies"] + [line for group in groups for line in named[group]]
    return [Requirement(line) for line in lines]


def pins_of(lock: str) -> dict[str, list[Version]]:
    pins: dict[str, list[Version]] = {}
    for line in (ROOT / "requirements" / lock).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            name, _, version = line.split(";")[0].strip(" \\").partition("==")
            pins.setdefault(name.partition("[")[0].lower().replace("_", "-"), []).append(Version(version))
    return pins


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("dev.lock", ("api", "worker", "dev", "build")),
        ("api.lock", ("api", "build")),
        ("worker.lock", ("worker", "build")),
        ("claude.lock", ("claude",)),
    ],
)
def test_a_lock_is_in_step_with_the_project(lock: str, groups: tuple[str, ...]) -> None:
    pins = pins_of(lock)

    out_of_step = [
        str(requirement)
        for requirement in requirements_of(*groups)
        if not any(
            requirement.specifier.contains(pin) for pin in pins.get(requirement.name.lower().replace("_", "-"), [])
        )
    ]

    assert out_of_step == [], "run make lock"


@pytest.mark.parametrize("lock", ["dev.lock", "api.lock", "worker.lock", "claude.lock", "bootstrap.lock"])
def test_every_locked_file_has_a_hash(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()

    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
