"""A zip on disk, judged by the command as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from decisionworks.artifacts import MANIFEST_PATH, GeneratedFile, build_manifest, deterministic_zip
from decisionworks.cli.commands.verify import verify
from decisionworks.sandbox import SandboxLevel, probe

TEXTS = {
    "README.md": "# Scores\n\n```sh\npython -m pytest\n```\n",
    "services/__init__.py": "",
    "services/score.py": "def half(value: float) -> float:\n    return value / 2\n",
    "tests/test_score.py": "from services.score import half\n\n\ndef test_half() -> None:\n    assert half(4.0) == 2\n",
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
}
EARLIER = {"checks": [{"id": "generated-tests", "status": "skipped"}, {"id": "ruff", "status": "passed"}]}


def written(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """An artifact whose files may differ from those that its manifest lists."""
    texts = TEXTS | {"reports/validation.json": json.dumps(EARLIER)}
    files = {path: GeneratedFile(content=text.encode(), pattern="p") for path, text in texts.items()}
    manifest = build_manifest(files, plan_hash="0" * 64, catalogue_version="1", template_version="1")
    changed = {path: GeneratedFile(content=text.encode(), pattern="p") for path, text in (changes or {}).items()}
    listed = {MANIFEST_PATH: GeneratedFile(content=json.dumps(manifest).encode(), pattern="p")}
    target = folder / "artifact.zip"
    target.write_bytes(deterministic_zip(files | changed | listed))
    return target


def verified(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    result: Result = CliRunner().invoke(verify, [str(path), "--json", *options])
    return result.exit_code, json.loads(result.stdout)


def test_an_untouched_artifact_passes_its_checks_again_and_says_which_ended_otherwise(tmp_path: Path) -> None:
    if probe() is SandboxLevel.LIMITS_ONLY:
        pytest.skip("this machine has no sandbox that may run generated code")

    code, told = verified(written(tmp_path))

    statuses = {check["id"]: check["status"] for check in told["validation"]["checks"]}
    assert (code, told["is_intact"], told["validation"]["status"]) == (0, True, "passed"), told
    assert statuses["generated-tests"] == "passed"
    assert {"check": "generated-tests", "then": "skipped", "now": "passed"} in told["ended_otherwise"]
    assert "ruff" not in {one["check"] for one in told["ended_otherwise"]}


def test_a_changed_file_is_named_and_no_check_runs_on_it(tmp_path: Path) -> None:
    code, told = verified(written(tmp_path, {"services/score.py": "import os\n"}))

    assert (code, told["is_intact"], told["validation"]) == (1, False, None)
    assert told["problems"] == ["services/score.py: sha256, size differs", "the content digest differs"]


def test_digests_alone_need_no_sandbox(tmp_path: Path) -> None:
    code, told = verified(written(tmp_path), "--digests-only")

    assert (code, told["is_intact"], told["validation"], told["sandbox_level"]) == (0, True, None, None)
