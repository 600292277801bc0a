"""Generated repositories pass their own tests and linter, and notice when one of their functions breaks."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from decisionworks.graphs.codegen.render import RenderInput, render_repository
from tests.conftest import ScratchDatabase
from tests.unit.graphs.codegen import plans
from tests.unit.graphs.codegen_services.golden_plans import render_input

SERVED = ["dev-01", "dev-04", "dev-05", "dev-08", "dev-15", "dev-18"]


def _unpack(scenario: str, folder: Path) -> Path:
    return _write(render_input(scenario), folder)


def _write(source: RenderInput, folder: Path) -> Path:
    for path, file in render_repository(source).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
    return folder


def _run(folder: Path, *arguments: str, variables: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-m", *arguments]
    environment = {**os.environ, **(variables or {})}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def _run_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    return _run(folder, "pytest", "-q", "-x", "-p", "no:cacheprovider")


@pytest.mark.parametrize("scenario", SERVED)
def test_a_fresh_repository_passes_its_own_tests_and_linter(scenario, tmp_path):
    folder = _unpack(scenario, tmp_path)

    linted = _run(folder, "ruff", "check", "--no-cache", ".")
    tested = _run_tests(folder)

    assert linted.returncode == 0, linted.stdout
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize(
    ("scenario", "path", "function"),
    [
        ("dev-01", "services/batch_scoring/job.py", "sort_out"),
        ("dev-01", "src/churn/landing.py", "read_part"),
        ("dev-04", "services/async_worker/worker.py", "drain"),
        ("dev-05", "src/assistant/retrieval.py", "relevance"),
        ("dev-08", "services/scoring_function/handler.py", "body_of"),
        ("dev-13", "services/multi_model/models.py", "forget"),
        ("dev-15", "services/inference/archive.py", "predictor_in"),
    ],
)
def test_breaking_one_function_turns_the_tests_red(scenario, path, function, tmp_path):
    folder = _unpack(scenario, tmp_path)
    broken = folder / path
    broken.write_text(_without_body(broken.read_text(), function))

    tested = _run_tests(folder)

    assert tested.returncode == 1, tested.stdout


def test_what_a_plan_with_pgvector_ingests_is_found_in_a_real_postgresql(tmp_path, server_url):
    with psycopg.connect(server_url) as connection:
        if not connection.execute("SELECT FROM pg_available_extensions WHERE name = 'vector'").fetchone():
            pytest.skip("this PostgreSQL has no pgvector")
    folder = _write(plans.render_input(plans.PLANS["own language model"]), tmp_path)

    with ScratchDatabase(server_url) as url:
        tested = _run(
            folder, "pytest", "-q", "-p", "no:cacheprovider", "tests/test_vector_database.py",
            variables={"TEST_DATABASE_URL": url},
        )  # fmt: skip

    assert tested.returncode == 0, tested.stdout
    assert "4 passed" in tested.stdout


def _without_body(text: str, function: str) -> str:
    (node,) = [
        item for item in ast.walk(ast.parse(text)) if isinstance(item, ast.FunctionDef) and item.name == function
    ]
    lines = text.splitlines(keepends=True)
    first = node.body[1] if len(node.body) > 1 else node.body[0]
    return "".join([*lines[: first.lineno - 1], " " * first.col_offset + "return None\n", *lines[node.end_lineno :]])
