"""The README's commands exist, and the Makefile's and the workflows' do too."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged
from decisionworks.graphs.codegen.validate.workspace import Workspace

_TOOL = "decisionworks"
_RULES_VERSION = "1"
_FENCE = re.compile(r"^\s*(?:```|~~~)\s*(\w*)\s*$")
_SHELLS = frozenset({"sh", "bash", "shell", "console", "text", ""})
_TARGET = re.compile(r"^([A-Za-z0-9_.%-]+(?:\s+[A-Za-z0-9_.%-]+)*)\s*:(?![=:])")
_MAKE = re.compile(r"(?:^|[;&|]\s*|\s)make\s+((?:[\w.-]+(?:=\S+)?\s*)+)")
_MODULE = re.compile(r"(?:python3?|\$\(PYTHON\)|\S*/python3?)\s+-m\s+([\w.]+)")
_OUTSIDE_MODULES = sys.stdlib_module_names | {"pytest", "pip", "ruff", "mypy", "build", "uvicorn", "pre_commit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmeCheck:
    """Our own rules over commands that people and machines are told to run."""

    id: str = "readme-commands"

    def run(self, workspace: Workspace) -> Verdict:
        """Compare every command with what the repository has."""
        if "README.md" not in workspace.files:
            missing = Finding(file="README.md", rule="readme-missing", message="there is no README", remedy="write one")
            return judged([missing], passed="", tool=_TOOL, version=_RULES_VERSION)
        commands = list(readme_commands(workspace.text("README.md")))
        findings = [f for line, command in commands for f in _judge(workspace, "README.md", line, command)]
        for path in (p for p in ("Makefile", *workspace.paths(".yml")) if p in workspace.files):
            if path == "Makefile" or path.startswith(".github/"):
                for number, line in enumerate(workspace.text(path).splitlines(), start=1):
                    if line.startswith("\t") or "run:" in line:
                        findings += _judge(workspace, path, number, line.partition("run:")[2] or line)
        if not commands:
            findings.append(
                Finding(file="README.md", rule="readme-empty", message="names no command", remedy="add one")
            )
        passed = f"{len(commands)} commands of the README exist"
        return judged(findings, passed=passed, tool=_TOOL, version=_RULES_VERSION)


def readme_commands(text: str) -> Iterator[tuple[int, str]]:
    """The command lines of shell blocks, with their line numbers."""
    language: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(line)
        if fence:
            language = fence.group(1).lower() if language is None else None
        elif language in _SHELLS and line.strip() and not line.strip().startswith("#"):
            yield number, line.strip().removeprefix("$ ")


def make_targets(text: str) -> frozenset[str]:
    """The targets of a Makefile."""
    found: set[str] = set()
    for line in text.splitlines():
        match = _TARGET.match(line)
        if match:
            found |= set(match.group(1).split())
    return frozenset(found)


def _judge(workspace: Workspace, file: str, line: int, command: str) -> Iterator[Finding]:
    targets = make_targets(workspace.text("Makefile")) if "Makefile" in workspace.files else frozenset()
    for match in _MAKE.finditer(command.partition(" #")[0]):
        for word in match.group(1).split():
            if "=" not in word and not word.startswith("-") and word not in targets:
                remedy = "add the target or name another"
                message = f"`make {word}` does not exist"
                yield Finding(file=file, line=line, rule="command-missing", message=message, remedy=remedy)
    for match in _MODULE.finditer(command):
        module = match.group(1)
        if module.split(".")[0] not in _OUTSIDE_MODULES and not _has_module(workspace, module):
            message = f"`python -m {module}` does not exist"
            yield Finding(
                file=file, line=line, rule="command-missing", message=message, remedy="name a module that exists"
            )


def _has_module(workspace: Workspace, module: str) -> bool:
    path = module.replace(".", "/")
    candidates = (f"{path}.py", f"{path}/__main__.py")
    return any(base + candidate in workspace.files for base in ("", "src/") for candidate in candidates)
