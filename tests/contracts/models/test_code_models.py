"""Whoever writes code, in a work tree or as an answer, writes within the rules, within limits, and is accounted."""

from __future__ import annotations

import json
import os
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
