"""What a code model adds to the composed repository: files within its rules that pass the same checks, or nothing.

Its findings go back to it a few times; then the composed version stays, and card and report say so.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from decisionworks.artifacts import GeneratedFile
from decisionworks.decisions import DecisionSet
from decisionworks.engine.cards import ModelUse
from decisionworks.graphs.asking import use_of
from decisionworks.graphs.codegen.tools import CodegenTools
from decisionworks.graphs.codegen.validate import CheckStatus, ValidationReport, validate_repository
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.kit.canonical import canonical_json
from decisionworks.kit.redact import redact
from decisionworks.llm import (
    AnswerQuarantined,
    CallSite,
    CodeGenProvider,
    CodeOrder,
    PathRules,
    PromptPack,
    StructuredAnswer,
    WrittenCode,
    load_prompt_pack,
)

CODE_MODEL = "code-model"
_WRITABLE = (
    r"services/[a-z0-9_]+/[a-z0-9_/]+\.py",
    r"src/[a-z0-9_]+/[a-z0-9_/]+\.py",
    r"tests/(?:[a-z0-9_]+/)*test_[a-z0-9_]+\.py",
    r"docs/(?:[a-z0-9_-]+/)*[a-z0-9_-]+\.md",
)
# What people have approved, in the words in which they approved it.
_APPROVED = (r"docs/(?:plan|cost|policies)\.md", r"docs/adr/.*")
_SHOWN = (r"tests/.*\.py", r"docs/plan\.md")
# A test module may not reach into the test run itself, and code may not know that it is tested: both could skip a test.
_BANNED = {r"tests/.*": ("pytest_plugins", "_pytest"), r"(?:src|services)/.*": ("pytest", "unittest", "sys.modules")}
# These look at files that no code model may write.
_UNTOUCHED = frozenset({
    "yaml-syntax", "json-syntax", "toml-syntax", "hcl-syntax", "yamllint", "infrastructure", "rego", "aws-schema",
    "checkov", "terraform-fmt", "terraform-validate", "terraform-test", "tfsec", "workflows", "workflow-schema",
    "zizmor", "kubernetes", "dockerfiles", "hadolint",
})  # fmt: skip
_MOST_FINDINGS = 60
_VARYING = re.compile(r"0x[0-9a-f]{6,}|/\S*/validation-[^/\s]+/|\b\d+\.\d+ ?s\b")

Files = Mapping[str, GeneratedFile]


@dataclass(slots=True, kw_only=True)
class ModelPart:
    """What a code model did to a repository, and who it was. `why` says how it ended."""

    files: Files
    is_used: bool
    why: str
    changed: tuple[str, ...] = ()
    rounds: int = 0
    answers: list[StructuredAnswer] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """What the report says; nothing in it differs where the same was asked and answered."""
        last = self.answers[-1] if self.answers else None
        return {
            "used": self.is_used,
            "model": None if last is None else f"{last.provider}/{last.model}",
            "rounds": self.rounds,
            "files": list(self.changed),
            "why": self.why,
        }

    def because(self) -> tuple[str, ...]:
        """What the card says."""
        said = f"a code model changed {len(self.changed)} files" if self.is_used else "the composed version stays"
        return (f"{said}: {self.why}",)

    async def use(self, site: CallSite) -> ModelUse:
        """What the card says of who wrote, over all rounds."""
        if not self.answers:
            return ModelUse(prompt_pack=code_pack().label)
        last = self.answers[-1]
        used = last.usage
        for one in self.answers[:-1]:
            used += one.usage
        whole = replace(
            last,
            usage=used,
            cost_usd=sum(one.cost_usd for one in self.answers),
            tries=sum(one.tries for one in self.answers),
            switches=tuple(dict.fromkeys(switch for one in self.answers for switch in one.switches)),
        )
        return await use_of(whole, site, prompt_pack=code_pack().label)


def code_pack() -> PromptPack:
    """How code is ordered."""
    return load_prompt_pack("decisionworks.graphs.codegen", "codegen")


def asked_versions(models: CodeGenProvider | None) -> dict[str, str]:
    """A new pack or another choice of models makes a new agent run; where nobody is asked, nothing does."""
    return {} if models is None else {"prompt_pack": code_pack().label, "models": models.label}


async def write_with_models(
    tools: CodegenTools, models: CodeGenProvider, row: DecisionSet, composed: Files, site: CallSite, *, guidance: str
) -> ModelPart:
    """Let a code model finish the composed files.

    Raises: AnswerQuarantined and what else a required model's failure is; LeaseLost; SandboxFailed.
    """
    part = ModelPart(files=composed, is_used=False, why="")
    files, findings = composed, ""
    for part.rounds in range(1, tools.code_rounds + 2):
        try:
            code = await models.write(_order(row, composed, files, findings, guidance), site)
        except AnswerQuarantined as error:
            if models.is_required:
                raise
            part.why = redact(error.message)
            return part
        part.answers.append(code.answer)
        if not code.files:
            part.why = _why_nothing(code, is_first=files is composed)
            return part
        files = _with(files, code.files)
        report = await asyncio.to_thread(_check, tools, files)
        findings = _findings(report)
        if not findings:
            part.changed = tuple(sorted(path for path in files if files[path] != composed.get(path)))
            part.files, part.is_used = files, True
            part.why = redact(code.summary)[:400] or "its files passed every check"
            return part
    first = findings.splitlines()[0]
    part.why = f"its files still had findings after going back {tools.code_rounds} times: {first}"
    return part


def _order(row: DecisionSet, composed: Files, files: Files, findings: str, guidance: str) -> CodeOrder:
    tests = tuple(re.escape(path) for path in composed if path.startswith("tests/"))
    patterns = [(one["id"], one["capability"]) for one in (row.plan or {}).get("patterns", [])]
    untrusted = {"request": row.request, "guidance of the approver": guidance, "findings of the checks": findings}
    return CodeOrder(
        pack=code_pack(),
        files={path: text for path, file in sorted(files.items()) if (text := _text_of(file)) is not None},
        rules=PathRules(allowed=_WRITABLE, kept=(*_APPROVED, *tests), shown=_SHOWN),
        banned=_BANNED,
        trusted={"approved patterns": canonical_json(patterns), "language of the request": row.language or "en"},
        untrusted={name: text for name, text in untrusted.items() if text},
    )


def _text_of(file: GeneratedFile) -> str | None:
    try:
        return file.content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _with(files: Files, written: Mapping[str, str]) -> Files:
    """The files with those that a model wrote; what it changes belongs to whoever asked for it before."""
    merged = dict(files)
    for path, text in written.items():
        pattern = files[path].pattern if path in files else CODE_MODEL
        merged[path] = GeneratedFile(content=text.encode(), pattern=pattern)
    return {path: merged[path] for path in sorted(merged)}


def _check(tools: CodegenTools, files: Files) -> ValidationReport:
    checks = [check for check in all_checks() if check.id not in _UNTOUCHED]
    return validate_repository(files, sandbox=tools.open_sandbox(), scratch_dir=tools.scratch_dir, checks=checks)


def _findings(report: ValidationReport) -> str:
    """What the checks that failed say, a line each; empty where the files may stay."""
    failed = [check for check in report.checks if check.verdict.status is CheckStatus.FAILED]
    lines = [
        f"{check.id}: {finding.file}:{finding.line or ''} {finding.rule} {finding.message}"
        for check in failed
        for finding in check.verdict.findings
        if finding.severity == "error"
    ]
    lines += [f"{check.id}: {check.verdict.reason}" for check in failed if not check.verdict.findings]
    lines += [f"policy fact {name} holds" for name in ("gen.plaintext_secret",) if report.gen_facts.get(name)]
    # What differs from run to run would make another question of the same one, which is paid for again.
    return "\n".join(_VARYING.sub("…", line) for line in _cut(lines))


def _cut(lines: Sequence[str]) -> list[str]:
    rest = len(lines) - _MOST_FINDINGS
    return [*lines[:_MOST_FINDINGS], *([f"and {rest} more"] if rest > 0 else [])]


def _why_nothing(code: WrittenCode, *, is_first: bool) -> str:
    if code.answer.is_offline:
        left = "; ".join(f"{one.provider}/{one.name}: {one.reason}" for one in code.answer.switches)
        return redact(f"no model could write ({left})")
    if is_first:
        return redact(f"the model found nothing to change. {code.summary}"[:400])
    return "the model left the findings on its files as they are"
