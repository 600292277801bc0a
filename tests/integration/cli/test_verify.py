"""A zip on disk, judged by the command as a user runs it."""

from __future__ import annotations

import io
import json
import stat
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from decisionworks.artifacts import MANIFEST_PATH, GeneratedFile, build_manifest, deterministic_zip
from decisionworks.cli.commands.verify import verify
from decisionworks.cli.main import main
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


def with_entry(data: bytes, name: str, content: bytes, *, kind: int = stat.S_IFREG) -> bytes:
    """The archive with one more entry, of any name and kind."""
    packed = io.BytesIO(data)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = (kind | 0o644) << 16
        archive.writestr(entry, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("damage", "code", "told"),
    [
        (lambda data: data[:-30], 2, "cannot be read"),
        (lambda data: data[: len(data) // 2], 2, "cannot be read"),
        (lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:], 2, "cannot be read"),
        (lambda data: b"", 2, "cannot be read"),
        (lambda data: with_entry(data, "../../evil.py", b"x"), 2, "evil.py"),
        (lambda data: with_entry(data, "/etc/evil", b"x"), 2, "evil"),
        (lambda data: with_entry(data, "link", b"/etc/shadow", kind=stat.S_IFLNK), 2, "not a plain file"),
        (lambda data: with_entry(data, "bomb", b"\0" * (17 << 20)), 2, "unpacks to more than"),
        (lambda data: with_entry(data, "foreign.py", b"x = 1\n"), 1, "foreign.py: not listed"),
        (lambda data: data + b"behind", 1, "bytes that belong to none of its files"),
        (lambda data: b"before" + data, 1, "bytes that belong to none of its files"),
    ],
)  # fmt: skip
def test_a_damaged_archive_is_refused_in_a_line_and_nothing_of_it_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[bytes], bytes],
    code: int,
    told: str,
) -> None:
    path = written(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    monkeypatch.setattr(sys, "argv", ["decisionworks", "verify", str(path)])

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr()
    assert ended.value.code == code
    assert told in said.out + said.err
    assert len(said.err.splitlines()) <= 2
    assert "checks at sandbox level" not in said.out
    assert [entry.name for entry in tmp_path.iterdir()] == ["artifact.zip"]
