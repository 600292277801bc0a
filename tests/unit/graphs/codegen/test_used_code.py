"""What is generated is used: no module that only its own test imports, no setting that no code reads."""

import ast
import re
from functools import cache

import pytest

from decisionworks.graphs.codegen.render import render_repository
from tests.unit.graphs.codegen import plans

_SETTING = re.compile(
    r"""(?:^|[{,(]\s*|\bname\s*=\s*")([A-Z][A-Z0-9]*_[A-Z0-9_]+|STORE|TABLE)(?:"|\s*=)""", re.MULTILINE
)

# Read without a default: a service that does not find it fails on every call.
_NEEDED = re.compile(r"""environ\[["'](\w+)["']\]""")


@cache
def _texts(name: str) -> dict[str, str]:
    made = render_repository(plans.render_input(plans.PLANS[name]))
    return {path: file.content.decode() for path, file in made.items()}


@pytest.mark.parametrize("name", plans.PLANS)
def test_every_generated_module_is_imported_or_started(name):
    assert _unused_modules(_texts(name)) == set()


def test_a_plan_without_a_model_keeps_no_history_of_models():
    made = render_repository(plans.render_input((*plans.PLANS["documents"], "gov-lineage-audit")))

    assert _unused_modules({path: file.content.decode() for path, file in made.items()}) == set()


@pytest.mark.parametrize("name", plans.PLANS)
def test_every_setting_that_terraform_passes_is_read(name):
    texts = _texts(name)
    read = "\n".join(text for path, text in texts.items() if path.endswith(".py") and not path.startswith("tests/"))
    passed = {found for path, text in texts.items() if path.endswith(".tf") for found in _SETTING.findall(text)}

    assert {setting for setting in passed if f'"{setting}"' not in read} == set()


@pytest.mark.parametrize("name", plans.PLANS)
def test_every_setting_that_code_cannot_do_without_is_set_by_terraform(name):
    texts = _texts(name)
    terraform = "\n".join(text for path, text in texts.items() if path.endswith(".tf"))
    needed = {
        setting
        for path, text in texts.items()
        if path.endswith(".py") and not path.split("/")[-1].startswith("test_") and not path.startswith("tests/")
        for setting in _NEEDED.findall(text)
    }

    assert {setting for setting in needed if not re.search(rf"\b{setting}\b", terraform)} == set()


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("documents", "VECTOR_BUCKET"),
        ("own language model", "DATABASE_USER"),
        ("search", "SEARCH_ENDPOINT"),
    ],
)
def test_the_vector_store_of_a_plan_is_named_to_the_code_that_asks_it(name, setting):
    texts = _texts(name)
    jobs = texts["terraform/main.tf"]

    assert texts["terraform/locals.tf"].count(f"{setting} ") == 1
    assert "environment        = local.answer_environment" in jobs
    assert "local.index_environment" in jobs
    assert f'"{setting}"' in texts["src/assistant/vector_store.py"]
    assert "open_index(os.environ" in texts["services/answer_api/handler.py"]
    assert "open_index(os.environ" in texts["pipelines/ingest_documents.py"]


def _unused_modules(texts: dict[str, str]) -> set[str]:
    """Modules that no other module imports, no image or command starts and that start nothing themselves."""
    code = {path: text for path, text in texts.items() if path.endswith(".py") and not path.startswith("tests/")}
    imported = {name for text in code.values() for name in _imported(ast.parse(text))}
    commands = "\n".join(text for path, text in texts.items() if not path.endswith((".py", ".md")))
    return {
        module
        for path, text in code.items()
        if (module := path.removeprefix("src/").removesuffix(".py").replace("/", ".")) not in imported
        and not module.endswith("__init__")
        and module not in commands
        and path not in commands
        and '__name__ == "__main__"' not in text
    }


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found
