"""A code model's files are taken where they pass the checks; after a few rounds of findings the composed ones stay."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from decisionworks.artifacts import DiskStore, GeneratedFile
from decisionworks.graphs.codegen import write_with_models as writing
from decisionworks.graphs.codegen.report_code_model import CODE_MODEL_PATH, with_code_model
from decisionworks.graphs.codegen.tools import CodegenTools
from decisionworks.graphs.codegen.validate import (
    SUMMARY_PATH,
    CheckReport,
    CheckStatus,
    Finding,
    ValidationReport,
    Verdict,
)
from decisionworks.graphs.codegen.write_with_models import write_with_models
from decisionworks.llm import AnswerQuarantined, CodeOrder, StructuredAnswer, Usage, WrittenCode
from decisionworks.llm.code_model import WrittenFile, WrittenFiles, problems_of

HANDLER = "services/api/handler.py"
COMPOSED = {
    HANDLER: GeneratedFile(content=b"LIMIT = 1\n", pattern="serve-serverless-cpu", mode=0o644),
    "tests/test_handler.py": GeneratedFile(content=b"", pattern="serve-serverless-cpu"),
    "docs/plan.md": GeneratedFile(content=b"# Plan\n", pattern="_repository"),
}
ROW: Any = SimpleNamespace(plan={"patterns": []}, request="a limit of 2", language="en")


class Coder:
    """A code model that says one thing after the other."""

    label = "claude-code/claude-sonnet-5-5"

    def __init__(self, *says: dict[str, str] | Exception, is_required: bool = False) -> None:
        self.is_required = is_required
        self.orders: list[CodeOrder] = []
        self._says = list(says)

    async def write(self, order: CodeOrder, site: Any) -> WrittenCode:
        self.orders.append(order)
        said = self._says.pop(0) if len(self._says) > 1 else self._says[0]
        if isinstance(said, Exception):
            raise said
        answer = StructuredAnswer(
            content={}, provider="claude-code", model="claude-sonnet-5-5", usage=Usage(input_tokens=10), cost_usd=0.25
        )
        return WrittenCode(files=said, summary="the limit is 2", answer=answer)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CodegenTools:
    """Checks that know one fault: the word BAD."""

    def check(_tools: CodegenTools, files: Any) -> ValidationReport:
        bad = [
            Finding(file=path, line=1, rule="F401", message="BAD") for path in files if b"BAD" in files[path].content
        ]
        verdict = Verdict(
            status=CheckStatus.FAILED if bad else CheckStatus.PASSED, reason="", tool="ruff", findings=tuple(bad)
        )
        checks = (CheckReport(id="ruff", verdict=verdict, duration_ms=1),)
        return ValidationReport(checks=checks, gen_facts={}, sandbox_level="namespaces", duration_ms=1)

    monkeypatch.setattr(writing, "_check", check)
    return CodegenTools(
        store=DiskStore(tmp_path / "artifacts"),
        open_sandbox=lambda: None,  # type: ignore[arg-type, return-value]
        data_dir=tmp_path,
        scratch_dir=Path(tempfile.gettempdir()),
        catalogue_version="1",
    )


async def written(tools: CodegenTools, coder: Coder) -> writing.ModelPart:
    return await write_with_models(tools, coder, ROW, COMPOSED, None, guidance="")  # type: ignore[arg-type]


async def test_files_that_pass_are_taken_and_keep_the_pattern_that_asked_for_them(tools: CodegenTools) -> None:
    coder = Coder({HANDLER: "LIMIT = 2\n", "tests/test_limit.py": "X = 1\n"})

    part = await written(tools, coder)

    assert part.is_used
    assert part.files[HANDLER] == GeneratedFile(content=b"LIMIT = 2\n", pattern="serve-serverless-cpu")
    assert part.files["tests/test_limit.py"].pattern == "code-model"
    assert part.to_json() == {
        "used": True, "model": "claude-code/claude-sonnet-5-5", "rounds": 1, "why": "the limit is 2",
        "files": [HANDLER, "tests/test_limit.py"],
    }  # fmt: skip


async def test_findings_go_back_with_the_files_as_they_were_left(tools: CodegenTools) -> None:
    coder = Coder({HANDLER: "BAD = 2\n"}, {HANDLER: "LIMIT = 2\n"})

    part = await written(tools, coder)

    assert (part.is_used, part.rounds) == (True, 2)
    assert coder.orders[1].files[HANDLER] == "BAD = 2\n"
    assert coder.orders[1].untrusted["findings of the checks"] == f"ruff: {HANDLER}:1 F401 BAD"


async def test_after_three_rounds_of_findings_the_composed_version_stays_and_says_why(tools: CodegenTools) -> None:
    coder = Coder(*({HANDLER: f"BAD = {number}\n"} for number in range(9)))

    part = await written(tools, coder)

    assert len(coder.orders) == 4
    assert (part.is_used, part.files) == (False, COMPOSED)
    assert "still had findings after going back 3 times" in part.why
    assert part.because()[0].startswith("the composed version stays")


@pytest.mark.parametrize("is_required", [False, True])
async def test_a_model_without_a_usable_answer_leaves_the_composed_version_unless_it_is_required(
    tools: CodegenTools, is_required: bool
) -> None:
    unusable = AnswerQuarantined(task="codegen", provider="a", model="b", problems=("no",), digest=None)
    coder = Coder(unusable, is_required=is_required)

    if is_required:
        with pytest.raises(AnswerQuarantined):
            await written(tools, coder)
        return
    part = await written(tools, coder)

    assert (part.is_used, part.files) == (False, COMPOSED)


async def test_what_people_approved_and_the_tests_that_are_there_may_not_be_written(tools: CodegenTools) -> None:
    coder = Coder({})

    await written(tools, coder)

    rules = coder.orders[0].rules
    allowed = [
        path
        for path in (
            HANDLER, "src/churn/model.py", "docs/architecture.md", "tests/test_new.py",
            "tests/test_handler.py", "tests/conftest.py", "docs/plan.md", "docs/adr/0001-approved-plan.md",
            "infra/main.tf", "services/api/Dockerfile", ".github/workflows/ci.yml", "pipelines/run.py", "Makefile",
        )
        if rules.allows(path)
    ]  # fmt: skip
    assert allowed == [HANDLER, "src/churn/model.py", "docs/architecture.md", "tests/test_new.py"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_new.py", 'pytest_plugins = ["tests.mine"]\n'),
        ("src/churn/model.py", "import pytest\n\npytest.skip(allow_module_level=True)\n"),
        (HANDLER, 'import sys\n\nTESTED = "pytest" in sys.modules\n'),
    ],
)
async def test_written_code_cannot_get_at_the_tests_that_judge_it(tools: CodegenTools, path: str, text: str) -> None:
    coder = Coder({})
    await written(tools, coder)
    order = coder.orders[0]
    answer = WrittenFiles(summary="", files=[WrittenFile(path=path, content=text)])

    problems = problems_of(answer, order.rules, banned=order.banned)

    assert [problem for problem in problems if "may not contain" in problem] == problems
    assert problems


async def test_the_report_says_what_the_code_model_did(tools: CodegenTools) -> None:
    part = await written(tools, Coder({HANDLER: "BAD\n"}))
    reports = {SUMMARY_PATH: GeneratedFile(content=b"# Validation\n", pattern="validators")}

    shown = with_code_model(reports, part.to_json())

    assert "**The composed version stays** (claude-code/claude-sonnet-5-5" in shown[SUMMARY_PATH].content.decode()
    assert json.loads(shown[CODE_MODEL_PATH].content)["used"] is False
    assert with_code_model(reports, None) == reports


async def test_the_card_sums_up_all_rounds(tools: CodegenTools, monkeypatch: pytest.MonkeyPatch) -> None:
    part = await written(tools, Coder({HANDLER: "BAD = 2\n"}, {HANDLER: "LIMIT = 2\n"}))
    asked = []

    async def use_of(answer: StructuredAnswer, _site: Any, **_: Any) -> None:
        asked.append(answer)

    monkeypatch.setattr(writing, "use_of", use_of)
    await part.use(None)  # type: ignore[arg-type]

    assert (asked[0].usage.input_tokens, asked[0].cost_usd, asked[0].tries) == (20, 0.5, 2)
