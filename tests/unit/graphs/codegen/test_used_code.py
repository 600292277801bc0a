"""What is generated is used: no module that only its own test imports, no setting that no code reads."""

import ast
import re
from functools import cache

import pytest

from decisionworks.graphs.codegen.render import render_repository
from tests.unit.graphs.codegen import plans

# Modules that nothing imports yet, each with the reason why it is there all the same.
UNUSED_MODULES = {
    "answer_quality": "the question set of a release, which its owners run against a deployed assistant",
    "cache": "the serving code of managed endpoints batches requests and does not look into the cache yet",
    "checkpoints": "for networks that train on GPUs; the example model trains in one go",
    "client": "for callers of an endpoint with opening hours, who copy it",
    "registry_publish": "the pipeline registers in the lake; SageMaker's registry is written by whoever deploys to it",
    "rollout": "the rule of the deploy workflow in words of code, which the workflow does not call",
    "stream_events": "for whoever writes into the stream, which is outside the repository",
    "telemetry": "for whoever reads the devices' messages, which is outside the repository",
    "tracing": "the answering function logs what Lambda logs; traces are not written yet",
    "tracking": "runs are on the training report; the tracking server is not written to yet",
}
UNREAD_SETTINGS = {
    "LANDING_BUCKET": "names the bucket of deliveries for an operator; the function reads it from its event",
    "SCRATCH_DNS": "for the mount command of the machine image",
    "SCRATCH_MOUNT": "for the mount command of the machine image",
}
_SETTING = re.compile(
    r"""(?:^|[{,(]\s*|\bname\s*=\s*")([A-Z][A-Z0-9]*_[A-Z0-9_]+|STORE|TABLE)(?:"|\s*=)""", re.MULTILINE
)


@cache
def _texts(name: str) -> dict[str, str]:
    made = render_repository(plans.render_input(plans.PLANS[name]))
    return {path: file.content.decode() for path, file in made.items()}


@pytest.mark.parametrize("name", plans.PLANS)
def test_every_generated_module_is_imported_or_started(name):
    unused = {module.rpartition(".")[2] for module in _unused_modules(_texts(name))}

    assert unused <= UNUSED_MODULES.keys()


@pytest.mark.parametrize("name", plans.PLANS)
def test_every_setting_that_terraform_passes_is_read(name):
    texts = _texts(name)
    read = "\n".join(text for path, text in texts.items() if path.endswith(".py") and not path.startswith("tests/"))
    passed = {found for path, text in texts.items() if path.endswith(".tf") for found in _SETTING.findall(text)}

    assert {setting for setting in passed if f'"{setting}"' not in read} <= UNREAD_SETTINGS.keys()


def test_the_exceptions_are_still_needed():
    unused = {module.rpartition(".")[2] for name in plans.PLANS for module in _unused_modules(_texts(name))}

    assert unused == UNUSED_MODULES.keys()


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("documents", "VECTOR_BUCKET"),
        ("own language model", "DATABASE_SECRET_ARN"),
        ("search", "SEARCH_ENDPOINT"),
    ],
)
def test_the_vector_store_of_a_plan_is_named_to_the_code_that_asks_it(name, setting):
    texts = _texts(name)

    assert texts["terraform/main.tf"].count(f"{setting} ") == 2
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
