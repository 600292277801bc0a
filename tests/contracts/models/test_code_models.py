"""Whoever writes code, in a work tree or as an answer, writes within the rules, within limits, and is accounted."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decisionworks.graphs.codegen.write_with_models import code_pack
from decisionworks.llm import AnswerQuarantined, CodeOrder, PathRules
from decisionworks.llm.vendors.claude_code import why_not_here
from tests.contracts.models.conftest import Desk
from tests.factories.secrets import SECRETS

IN_A_TREE = "claude-code/claude-sonnet-5-5"
ANSWERING = ["anthropic/claude-sonnet-5-5", "openai/gpt-6.1-sol"]
HANDLER = "services/api/handler.py"
FILES = {HANDLER: "LIMIT = 1\n", "tests/test_handler.py": "def test_it():\n    assert True\n", "main.tf": "# ours\n"}
RULES = PathRules(
    allowed=(r"services/[a-z_]+/[a-z_]+\.py", r"tests/test_[a-z_]+\.py"), kept=(r"tests/test_handler\.py",)
)
needs_claude_code = pytest.mark.skipif(why_not_here() is not None, reason=f"Claude Code: {why_not_here()}")


def order(**changes: Any) -> CodeOrder:
    given: dict[str, Any] = {"pack": code_pack(), "files": FILES, "rules": RULES, "untrusted": {"request": "limit 2"}}
    return CodeOrder(**(given | changes))


def use(tool: str, **given: Any) -> dict[str, Any]:
    """A turn in which the model uses a tool; `$TREE` stands for its work tree."""
    return {"blocks": [{"type": "tool_use", "id": f"toolu_{os.urandom(6).hex()}", "name": tool, "input": given}]}


def answered(**files: str) -> dict[str, Any]:
    return {"answer": {"summary": "done", "files": [{"path": p, "content": c} for p, c in files.items()]}}


@pytest.mark.parametrize("model", ANSWERING)
async def test_a_model_answers_with_whole_files(desk: Desk, model: str) -> None:
    step = answered(**{HANDLER: "LIMIT = 2\n", "services/api/extra.py": "X = 1\n"})
    desk.vendors.script(**{model.partition("/")[0]: [step]})

    code = await desk.code_models(model).write(order(), desk.site())

    assert code.files == {HANDLER: "LIMIT = 2\n", "services/api/extra.py": "X = 1\n"}
    assert "LIMIT = 1" in desk.vendors.calls()[0]["prompt"]
    assert "# ours" not in desk.vendors.calls()[0]["prompt"]


@pytest.mark.parametrize(
    "path",
    [
        "main.tf",
        "tests/test_handler.py",
        "tests/conftest.py",
        "services/api/../../x.py",
        "/etc/x.py",
        "services/./a/b.py",
    ],
)
async def test_files_outside_of_the_rules_are_refused_and_asked_for_again(desk: Desk, path: str) -> None:
    desk.vendors.script(anthropic=[answered(**{path: "X = 1\n"}), answered(**{HANDLER: "LIMIT = 2\n"})])

    code = await desk.code_models(ANSWERING[0]).write(order(), desk.site())

    assert list(code.files) == [HANDLER]
    assert "may not be written" in desk.vendors.calls()[1]["body"]["messages"][-1]["content"]


@pytest.mark.parametrize("kind", sorted(SECRETS))
async def test_no_written_file_may_contain_a_secret(desk: Desk, kind: str) -> None:
    text = f'NOTE = "{SECRETS[kind]}"\n'
    desk.vendors.script(anthropic=[answered(**{HANDLER: text})])

    with pytest.raises(AnswerQuarantined):
        await desk.code_models(ANSWERING[0]).write(order(), desk.site())

    assert SECRETS[kind] not in json.dumps(desk.kept)


@needs_claude_code
async def test_a_session_writes_in_a_tree_of_its_own_and_only_where_it_may(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    desk.vendors.script(
        anthropic=[
            use("Read", file_path=HANDLER),
            use("Edit", file_path=HANDLER, old_string="LIMIT = 1", new_string="LIMIT = 2"),
            use("Write", file_path="services/api/extra.py", content="X = 1\n"),
            use("Write", file_path="main.tf", content="bad"),
            use("Write", file_path="tests/test_handler.py", content="bad"),
            use("Write", file_path=str(outside), content="bad"),
            use("Bash", command=f"touch {outside}"),
            use("Grep", pattern="root", path="/etc"),
            use("Glob", pattern="/etc/*"),
            use("Read", file_path="/etc/passwd"),
            {"text": "The limit is 2 now."},
        ]
    )

    code = await desk.code_models(IN_A_TREE).write(order(), desk.site())

    said = "\n".join(call["prompt"] for call in desk.vendors.calls())
    assert code.files == {HANDLER: "LIMIT = 2\n", "services/api/extra.py": "X = 1\n"}
    assert code.summary == "The limit is 2 now."
    assert not outside.exists()
    assert "root:" not in said
    assert "/etc/hostname" not in said
    [call] = await desk.calls()
    assert (call["provider"], call["input_tokens"], call["output_tokens"]) == ("claude-code", 11_000, 550)
    assert float(call["cost_usd"]) > 0.02


@needs_claude_code
@pytest.mark.parametrize(
    ("limits", "said"),
    [({"codegen_turns": 3}, "turns"), ({"codegen_session_usd": 0.006}, "money")],
    ids=["turns", "money"],
)
async def test_a_session_that_comes_to_its_limit_is_left_and_paid_for(
    desk: Desk, limits: dict[str, Any], said: str, record_property: Any
) -> None:
    desk.vendors.script(anthropic=[use("Read", file_path=HANDLER)])
    began = time.monotonic()

    code = await desk.code_models(IN_A_TREE, **limits).write(order(), desk.site())

    [call] = await desk.calls()
    noted(record_property, f"limit of {said} in a session", call, began)
    assert code.files == {}
    assert code.answer.switches[0].reason.startswith(f"limit: the session came to its limit of {said}")
    assert len(desk.vendors.calls()) == 3
    assert call["input_tokens"] == 3000
    assert code.answer.cost_usd == pytest.approx(float(call["cost_usd"]))


@needs_claude_code
@pytest.mark.parametrize(
    ("fault", "step", "kind", "sessions"),
    [
        ("401", {"fault": "401"}, "unauthorized", 1),
        ("400", {"fault": "400"}, "bad-request", 1),
        ("529 for ever", {"fault": "529"}, "overloaded", 2),
        ("refusal", {"fault": "refusal"}, "refused", 1),
    ],
)
async def test_a_fault_inside_a_session_leaves_it_for_a_model_that_answers(
    desk: Desk, fault: str, step: dict[str, Any], kind: str, sessions: int, record_property: Any
) -> None:
    desk.vendors.script(anthropic=[step], openai=[answered(**{HANDLER: "LIMIT = 2\n"})])
    began = time.monotonic()

    code = await desk.code_models(f"{IN_A_TREE},{ANSWERING[1]}").write(order(), desk.site())

    first, _ = calls = await desk.calls()
    noted(record_property, fault, first, began)
    assert code.files == {HANDLER: "LIMIT = 2\n"}
    assert code.answer.switches[0].reason.startswith(kind)
    assert [call["requests"] for call in calls] == [sessions, 1]
    assert (first["cost_usd"] > 0) == (fault == "refusal")


@needs_claude_code
async def test_a_session_that_takes_too_long_is_ended_and_paid_for(desk: Desk, record_property: Any) -> None:
    desk.vendors.script(anthropic=[use("Read", file_path=HANDLER), {"text": "late", "delay_s": 60}])
    began = time.monotonic()

    code = await desk.code_models(IN_A_TREE, codegen_session_s=12.0, model_requests=1).write(order(), desk.site())

    [call] = await desk.calls()
    noted(record_property, "hang", call, began)
    assert code.answer.switches[0].reason.startswith("timeout")
    assert call["input_tokens"] == 1000


@needs_claude_code
async def test_only_the_program_itself_is_given_the_key_and_it_gets_nothing_else_of_ours(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:of-the-worker@localhost/x")
    desk.vendors.script(anthropic=[{"text": "done", "delay_s": 3}])
    left_by_a_kill = tmp_path / "code-model-old"
    left_by_a_kill.mkdir()
    os.utime(left_by_a_kill, (0, 0))

    writing = asyncio.create_task(desk.code_models(IN_A_TREE).write(order(), desk.site()))
    await until(lambda: bool(desk.vendors.calls()))
    seen = dict(processes_below(tmp_path))
    await writing

    assert sorted(seen) == ["claude", "python"]
    assert b"ANTHROPIC_API_KEY=sk-ant-fake" in seen["claude"]
    assert b"sk-ant-fake" not in seen["python"]
    assert not any(b"of-the-worker" in environment or b"sk-proj-" in environment for environment in seen.values())
    assert processes_below(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@needs_claude_code
async def test_a_session_dies_with_its_worker_and_not_only_when_it_next_has_something_to_say(
    desk: Desk, tmp_path: Path
) -> None:
    desk.vendors.script(anthropic=[{**use("Read", file_path=HANDLER), "delay_s": 50}, {"text": "done"}])
    worker = subprocess.Popen([sys.executable, "-c", WORKER, desk.vendors.url, str(tmp_path)], cwd=ROOT)
    await until(lambda: bool(desk.vendors.calls()))

    worker.kill()
    worker.wait()
    await until(lambda: processes_below(tmp_path) == [], within_s=25)

    assert len(desk.vendors.calls()) == 1


def noted(record_property: Any, fault: str, call: dict[str, Any], began: float) -> None:
    """What the table of faults shows of a session."""
    facts = {"fault": fault, "provider": "claude-code", "happened": "fell back", "requests": call["requests"]}
    spent = {"seconds": round(time.monotonic() - began, 2), "usd": round(float(call["cost_usd"]), 6)}
    for name, value in (facts | spent).items():
        record_property(name, value)


ROOT = Path(__file__).resolve().parents[3]
WORKER = """
import asyncio, sys, tempfile
from decisionworks.llm.model import VendorPrompt
from decisionworks.llm.path_rules import PathRules
from decisionworks.llm.vendors.claude_code import ClaudeCode
tempfile.tempdir = sys.argv[2]
model = ClaudeCode(api_key="sk-ant-fake-0000", base_url=sys.argv[1] + "/anthropic", turns=5, budget_usd=1)
prompt = VendorPrompt(
    model="claude-sonnet-5-5", system="s", turns=[("user", "go")], schema={}, schema_name="x", max_output_tokens=1,
    sampling=None, files={"services/api/handler.py": "X = 1"}, rules=PathRules(allowed=("services/.*",)),
)
asyncio.run(model.send(prompt, timeout_s=60))
"""


def processes_below(folder: Path) -> list[tuple[str, bytes]]:
    """The names and environments of the processes whose working directory lies in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            cwd, command = (process / "cwd").readlink(), (process / "cmdline").read_bytes().split(b"\0")[0].decode()
            if cwd.is_relative_to(folder) and command:
                found.append((Path(command).name.rstrip("0123456789."), (process / "environ").read_bytes()))
        except OSError:
            continue
    return found


async def until(condition: Callable[[], bool], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"it did not come to this within {within_s} s"
        await asyncio.sleep(0.05)
