"""Dockerfiles: pinned bases, no root, no secrets in layers; and hadolint's opinion where it is installed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from decisionworks.graphs.codegen.validate.checks.programs import find_program, version_in
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import Workspace

_TOOL = "decisionworks"
_RULES_VERSION = "1"
_INSTRUCTION = re.compile(
    r"(?i)(FROM|RUN|CMD|LABEL|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL|HEALTHCHECK|SHELL)"
    r"\s+(.*)"
)
_SECRET_NAME = re.compile(r"(?i)(password|secret|token|api_?key|access_?key)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction of a Dockerfile, its continued lines joined."""

    line: int
    name: str
    argument: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerfileCheck:
    """Our own rules over each Dockerfile."""

    id: str = "dockerfiles"

    def run(self, workspace: Workspace) -> Verdict:
        """Judge every Dockerfile."""
        paths = dockerfiles(workspace)
        if not paths:
            return skipped("the repository has no Dockerfile", tool=_TOOL, version=_RULES_VERSION)
        findings = [finding for path in paths for finding in judge(path, workspace.text(path))]
        return judged(findings, passed=f"{len(paths)} files keep the rules", tool=_TOOL, version=_RULES_VERSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class HadolintCheck:
    """hadolint, where it is installed."""

    id: str = "hadolint"

    def run(self, workspace: Workspace) -> Verdict:
        """Lint inside the sandbox; style is shown but only errors fail."""
        paths = dockerfiles(workspace)
        if not paths:
            return skipped("the repository has no Dockerfile", tool="hadolint")
        program = find_program("hadolint")
        if program is None:
            return skipped("hadolint is not installed", tool="hadolint")
        version = version_in(workspace.parse([program, "--version"]))
        if version is None:
            return skipped("hadolint does not run in the sandbox", tool="hadolint")
        result = workspace.parse([program, "--no-fail", "--format", "json", *paths])
        if not result.has_succeeded:
            message = result.stderr.decode(errors="replace").strip()[:400] or "hadolint did not end well"
            return judged(
                [Finding(file="", rule="hadolint", message=message)],
                passed="",
                tool="hadolint",
                version=version,
                runs=(result,),
            )
        findings = [
            Finding(
                file=entry["file"],
                line=entry["line"],
                rule=entry["code"],
                severity="error" if entry["level"] == "error" else "warning",
                message=entry["message"],
            )
            for entry in json.loads(result.stdout)
        ]
        return judged(findings, passed=f"{len(paths)} files", tool="hadolint", version=version, runs=(result,))


def dockerfiles(workspace: Workspace) -> list[str]:
    """Every Dockerfile, sorted."""
    return sorted(path for path in workspace.files if PurePosixPath(path).name.split(".")[0] == "Dockerfile")


def judge(path: str, text: str) -> Iterator[Finding]:
    """What the rules say about one Dockerfile."""
    instructions = list(read_instructions(text))
    stages = [instruction for instruction in instructions if instruction.name == "FROM"]
    if not stages:
        yield _finding(path, None, "docker-shape", "has no FROM", "name a base image")
        return
    yield from _judge_bases(path, stages)
    last_stage = [instruction for instruction in instructions if instruction.line >= stages[-1].line]
    users = [instruction.argument for instruction in last_stage if instruction.name == "USER"]
    if not users or users[-1].split(":")[0] in {"root", "0"}:
        yield _finding(
            path, stages[-1].line, "docker-root", "runs as root", "end the last stage with a USER of its own"
        )
    if not any(instruction.name in {"CMD", "ENTRYPOINT"} for instruction in last_stage):
        yield _finding(path, stages[-1].line, "docker-shape", "starts nothing", "add CMD or ENTRYPOINT")
    for instruction in instructions:
        if instruction.name in {"ENV", "ARG"} and _holds_secret(instruction.argument):
            yield _finding(path, instruction.line, "docker-secret", "keeps a secret in a layer", "pass it at run time")
        if instruction.name == "ADD" and "://" in instruction.argument:
            yield _finding(path, instruction.line, "docker-add", "loads a file unchecked", "download with a checksum")


def read_instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, without comments and without the bodies of here-documents."""
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        joined = line.strip()
        while joined.endswith("\\"):
            joined = joined[:-1] + " " + next(lines, (0, ""))[1].strip()
        match = _INSTRUCTION.fullmatch(joined)
        if match:
            yield Instruction(line=number, name=match.group(1).upper(), argument=match.group(2).strip())


def _judge_bases(path: str, stages: list[Instruction]) -> Iterator[Finding]:
    names: set[str] = set()
    for stage in stages:
        words = [word for word in stage.argument.split() if not word.startswith("--")]
        image = words[0] if words else ""
        tag = image.rpartition("/")[2].partition(":")[2]
        is_pinned = "@sha256:" in image or image in names or image == "scratch" or "$" in image
        if not is_pinned and tag in {"", "latest"}:
            yield _finding(
                path, stage.line, "docker-unpinned", f"uses {image}, which can change", "name an exact version"
            )
        if len(words) == 3 and words[1].upper() == "AS":
            names.add(words[2])


def _holds_secret(argument: str) -> bool:
    name, separator, value = argument.partition("=")
    return bool(separator and value.strip("\"' ")) and _SECRET_NAME.search(name) is not None


def _finding(path: str, line: int | None, rule: str, message: str, remedy: str) -> Finding:
    return Finding(file=path, line=line, rule=rule, message=message, remedy=remedy)
