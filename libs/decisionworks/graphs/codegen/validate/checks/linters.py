"""Linters that are part of an installation: types, YAML, workflows and manifests."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from decisionworks.graphs.codegen.validate.checks.pipelines import judge_pipeline
from decisionworks.graphs.codegen.validate.checks.places import place_of
from decisionworks.graphs.codegen.validate.checks.tool_output import Tool
from decisionworks.graphs.codegen.validate.model import Finding, Severity, Verdict
from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.sandbox import SandboxResult

_WORKFLOWS = ".github/workflows/"
_PIPELINE = ".gitlab-ci.yml"
_YAML_RULES = (
    "{extends: relaxed, rules: {line-length: disable, key-duplicates: {level: error}, octal-values: {level: error,"
    " forbid-implicit-octal: true, forbid-explicit-octal: false}}}"
)
_YAMLLINT_LINE = re.compile(
    r"(?P<file>.+?):(?P<line>\d+):\d+: \[(?P<level>\w+)\] (?P<message>.*?)(?: \((?P<rule>[\w-]+)\))?"
)
_MANIFEST = re.compile(r"^apiVersion:", re.MULTILINE)
_NAMELESS = "/(no-name) "
_KUBERNETES_LEVELS = frozenset({"INFO", "WARN", "ERROR"})
_OWN_GROUPS = r"(?:apps|autoscaling|batch|policy|(?:networking|rbac\.authorization|storage)\.k8s\.io)"
_OWN_KIND = re.compile(rf"api version (?:v\d\w*|{_OWN_GROUPS}/\S+) ")
_GRAVE = frozenset({"High", "Medium"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MypyCheck:
    """mypy over what is delivered; tests are typed by running."""

    id: str = "mypy"

    def run(self, workspace: Workspace) -> Verdict:
        """Check the types inside the sandbox, without third-party stubs, so that every machine says the same."""
        paths = [path for path in workspace.paths(".py") if not path.startswith(("tests/", "flink/"))]
        arguments = [
            "--output=json", "--cache-dir=/dev/null", "--explicit-package-bases", "--namespace-packages",
            "--config-file=", "--python-version=3.11", "--no-site-packages", "--ignore-missing-imports",
            "--check-untyped-defs", "--no-error-summary",
        ]  # fmt: skip
        tool = Tool(
            name="mypy",
            good_exits=frozenset({0, 1}),
            arguments=arguments,
            script="check_types.py",
            environment={"MYPYPATH": "src"},
        )
        return tool.judge(workspace, paths, absent="the repository has no Python files", read=_read_mypy)


@dataclass(frozen=True, slots=True, kw_only=True)
class YamllintCheck:
    """yamllint over every YAML file: doubled keys, octal numbers, broken indentation."""

    id: str = "yamllint"

    def run(self, workspace: Workspace) -> Verdict:
        """Lint inside the sandbox."""
        tool = Tool(name="yamllint", good_exits=frozenset({0, 1}), arguments=["-f", "parsable", "-d", _YAML_RULES])
        paths = workspace.paths(".yaml", ".yml")
        return tool.judge(workspace, paths, absent="the repository has no yaml files", read=_read_yamllint)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowSchemaCheck:
    """GitHub's own schema of workflows."""

    id: str = "workflow-schema"

    def run(self, workspace: Workspace) -> Verdict:
        """Compare inside the sandbox."""

        def read(result: SandboxResult) -> Iterable[Finding]:
            return _read_jsonschema(result, workspace, rule="workflow-schema")

        arguments = ["--builtin-schema", "vendor.github-workflows", "-o", "json"]
        tool = Tool(name="check-jsonschema", good_exits=frozenset({0, 1}), arguments=arguments)
        absent = "the repository has no GitHub workflows"
        return tool.judge(workspace, workflows(workspace), absent=absent, read=read)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitlabSchemaCheck:
    """GitLab's own schema of pipelines, and what it leaves to GitLab: a job without a script fits it."""

    id: str = "gitlab-schema"

    def run(self, workspace: Workspace) -> Verdict:
        """Compare inside the sandbox; GitLab's own tags, such as references, are read as GitLab reads them."""

        def read(result: SandboxResult) -> Iterable[Finding]:
            yield from _read_jsonschema(result, workspace, rule="gitlab-schema")
            texts = workspace.read("text")
            yield from (problem.at(_PIPELINE, texts) for problem in judge_pipeline(texts.documents.get(_PIPELINE)))

        arguments = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", "-o", "json"]
        tool = Tool(name="check-jsonschema", good_exits=frozenset({0, 1}), arguments=arguments)
        paths = [path for path in workspace.paths(".yml") if path == _PIPELINE]
        return tool.judge(workspace, paths, absent="the repository has no GitLab pipeline", read=read)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZizmorCheck:
    """zizmor over the workflows: injection, unpinned actions, credentials that outlive their use."""

    id: str = "zizmor"

    def run(self, workspace: Workspace) -> Verdict:
        """Audit inside the sandbox, offline; an exit code of 11 to 14 tells the gravest finding."""
        arguments = ["--offline", "--no-progress", "--no-config", "--format", "json"]
        tool = Tool(name="zizmor", good_exits=frozenset({0, 11, 12, 13, 14}), arguments=arguments)
        absent = "the repository has no GitHub workflows"
        return tool.judge(workspace, workflows(workspace), absent=absent, read=_read_zizmor)


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesCheck:
    """Kubernetes' schemas over every manifest."""

    id: str = "kubernetes"

    def run(self, workspace: Workspace) -> Verdict:
        """Compare inside the sandbox."""
        # What is no YAML at all is another check's finding.
        readable = workspace.read("text").documents
        paths = [
            path
            for path in workspace.paths(".yaml", ".yml")
            if path in readable and _MANIFEST.search(workspace.text(path))
        ]
        tool = Tool(
            name="kubernetes-validate",
            good_exits=frozenset({0, 1, 2, 3}),
            arguments=["--strict"],
            script="run_kubernetes.py",
            install="make kubernetes",
        )

        def read(result: SandboxResult) -> Iterable[Finding]:
            return _read_kubernetes(result, {path: workspace.text(path) for path in paths})

        return tool.judge(workspace, paths, absent="the repository has no Kubernetes manifests", read=read)


def workflows(workspace: Workspace) -> list[str]:
    """The GitHub workflows of the repository."""
    return [path for path in workspace.paths(".yml", ".yaml") if path.startswith(_WORKFLOWS)]


def _read_mypy(result: SandboxResult) -> Iterable[Finding]:
    for line in result.stdout.splitlines():
        entry = json.loads(line)
        severity: Severity = "error" if entry["severity"] == "error" else "note"
        rule = entry["code"] or "mypy"
        yield Finding(
            file=entry["file"], line=entry["line"], rule=rule, severity=severity, message=entry["message"],
            remedy=entry["hint"],
        )  # fmt: skip


def _read_yamllint(result: SandboxResult) -> Iterable[Finding]:
    for line in result.stdout.decode(errors="replace").splitlines():
        found = _YAMLLINT_LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"yamllint says {line[:200]!r}")
        severity: Severity = "error" if found["level"] == "error" else "warning"
        rule = found["rule"] or "syntax"
        yield Finding(
            file=found["file"], line=int(found["line"]), rule=rule, severity=severity, message=found["message"]
        )


def _read_jsonschema(result: SandboxResult, workspace: Workspace, *, rule: str) -> Iterable[Finding]:
    found = json.loads(result.stdout)
    for entry in found.get("errors", []):
        line = workspace.read("text").line(entry["filename"], *place_of(entry["path"]))
        yield Finding(
            file=entry["filename"], line=line, rule=rule, message=f"{entry['path']}: {entry['message']}"[:400]
        )
    for entry in found.get("parse_errors", []):
        yield Finding(file=entry["filename"], rule="workflow-syntax", message=entry["message"][:400])
    if found.get("status") != "ok" and not found.get("errors") and not found.get("parse_errors"):
        raise ValueError(f"check-jsonschema says {found.get('status')!r} and not why")


def _read_zizmor(result: SandboxResult) -> Iterable[Finding]:
    for entry in json.loads(result.stdout):
        place = entry["locations"][0]
        key = place["symbolic"]["key"].get("Local") or {}
        severity: Severity = "error" if entry["determinations"]["severity"] in _GRAVE else "warning"
        given = key.get("given_path") or key.get("verbatim_path") or ""
        yield Finding(
            file=str(PurePosixPath(given)) if given else "",
            line=place["concrete"]["location"]["start_point"]["row"] + 1,
            rule=entry["ident"],
            severity=severity,
            message=entry["desc"],
            remedy=entry["url"],
        )


def _read_kubernetes(result: SandboxResult, texts: Mapping[str, str]) -> Iterable[Finding]:
    """One line for each document, in the order of the file: `LEVEL path what`."""
    seen: Counter[str] = Counter()
    for line in (result.stdout + b"\n" + result.stderr).decode(errors="replace").splitlines():
        if not line.strip():
            continue
        level, _, rest = line.partition(" ")
        file, _, said = rest.partition(" ")
        if level not in _KUBERNETES_LEVELS:
            raise ValueError(f"kubernetes-validate says {line[:200]!r}")
        seen[file] += 1
        place = _line_of_document(texts.get(file, ""), seen[file])
        if _NAMELESS in said:
            message = "a document without metadata.name cannot be applied"
            yield Finding(file=file, line=place, rule="kubernetes-name", message=message)
        if level != "INFO":
            # A resource definition of the cluster's own has no schema here: that is said, and judged by nobody. One of
            # Kubernetes itself that has none does not exist.
            is_foreign = level == "WARN" and not _OWN_KIND.search(said)
            severity: Severity = "note" if is_foreign else "error"
            yield Finding(file=file, line=place, rule="kubernetes-schema", severity=severity, message=said[:400])
    if unseen := sorted(texts.keys() - seen.keys()):
        raise ValueError(f"kubernetes-validate says nothing of {', '.join(unseen)[:200]}")


def _line_of_document(text: str, number: int) -> int | None:
    """Where the document begins that is the so-many-th of a file."""
    starts = [text.count("\n", 0, found.start()) + 1 for found in _MANIFEST.finditer(text)]
    return starts[min(number, len(starts)) - 1] if starts else None
