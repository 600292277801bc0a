import ast

import pytest

from tests.unit.graphs.codegen_services.golden_plans import python_files, scenarios


@pytest.mark.parametrize("scenario", sorted(scenarios()))
def test_generated_python_parses_and_public_code_is_documented_and_typed(scenario):
    for path, text in python_files(scenario).items():
        tree = ast.parse(text, path)
        if path.startswith("tests/"):
            continue
        assert ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name not in {"__init__"} and node not in _nested(tree):
                assert ast.get_docstring(node), f"{path}: {node.name}"
                assert node.returns is not None, f"{path}: {node.name}"


@pytest.mark.parametrize("scenario", sorted(scenarios()))
def test_each_module_with_functions_is_reached_by_a_generated_test(scenario):
    files = python_files(scenario)
    tests = "\n".join(text for path, text in files.items() if path.startswith("tests/"))

    for path, text in files.items():
        if path.startswith("tests/") or "def " not in text:
            continue
        module = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
        parent, _, name = module.rpartition(".")
        assert f"from {module} import" in tests or f"from {parent} import {name}" in tests, path


def test_plans_that_differ_in_serving_differ_in_service_code():
    batch, function, queue, endpoint = (
        {path.split("/")[1] for path in python_files(scenario) if path.startswith("services/") and "/" in path[9:]}
        for scenario in ("dev-01", "dev-08", "dev-04", "dev-15")
    )

    assert "batch_scoring" in batch - function - queue - endpoint
    assert "scoring_function" in function - batch - queue - endpoint
    assert "async_worker" in queue - batch - function - endpoint
    assert "inference" in endpoint - batch - function - queue


def test_an_assistant_without_a_trained_model_carries_no_training_code():
    paths = set(python_files("dev-09"))

    assert "services/answer_api/handler.py" in paths
    assert not any(path.endswith(("/model.py", "/training.py", "/predictor.py")) for path in paths)


def _nested(tree):
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if inner is not node
    }
