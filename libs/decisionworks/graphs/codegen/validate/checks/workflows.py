"""GitHub workflows: readable, with least permissions, pinned actions and no way in for the text of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import Workspace

_TOOL = "decisionworks"
_RULES_VERSION = "1"
_FOLDER = ".github/workflows/"
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
_FOREIGN_TEXT = re.compile(
    r"\$\{\{[^}]*(?:github\.event\.(?!inputs\.|number|repository)|github\.head_ref|inputs\.)[^}]*\}\}"
)
_LONG_LIVED_KEYS = frozenset({"aws-access-key-id", "aws-secret-access-key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowCheck:
    """Our own rules over the parsed workflows."""

    id: str = "workflows"

    def run(self, workspace: Workspace) -> Verdict:
        """Judge every workflow."""
        paths = [path for path in workspace.paths(".yml", ".yaml") if path.startswith(_FOLDER)]
        if not paths:
            return skipped("the repository has no GitHub workflows", tool=_TOOL, version=_RULES_VERSION)
        read = workspace.read("text")
        findings = [finding for path in paths for finding in judge(path, read.documents.get(path))]
        passed = f"{len(paths)} workflows keep the rules"
        return judged(findings, passed=passed, tool=_TOOL, version=_RULES_VERSION, runs=(read.run,))


def judge(path: str, document: object) -> Iterator[Finding]:
    """What the rules say about one workflow."""
    if not isinstance(document, Mapping):
        yield _finding(path, "workflow-shape", "is not a mapping", "write a workflow with `on` and `jobs`")
        return
    jobs = document.get("jobs")
    if not isinstance(jobs, Mapping) or not jobs:
        yield _finding(path, "workflow-shape", "has no jobs", "add a job")
        return
    if "on" not in document:
        yield _finding(path, "workflow-shape", "has no trigger", "add `on`")
    if "pull_request_target" in (document.get("on") or ()):
        yield _finding(path, "workflow-trigger", "runs foreign code with our rights", "use pull_request")
    for name, job in jobs.items():
        if not isinstance(job, Mapping):
            yield _finding(path, "workflow-shape", f"job {name} is not a mapping", "write runs-on and steps")
            continue
        yield from _judge_permissions(path, name, job.get("permissions", document.get("permissions")))
        yield from _judge_job(path, name, job)


def _judge_permissions(path: str, job: str, permissions: object) -> Iterator[Finding]:
    remedy = "set `permissions: contents: read` and add what one job needs"
    if permissions is None:
        yield _finding(path, "workflow-permissions", f"job {job} has the default permissions", remedy)
    elif permissions == "write-all":
        yield _finding(path, "workflow-permissions", f"job {job} may write everything", remedy)


def _judge_job(path: str, name: str, job: Mapping[str, Any]) -> Iterator[Finding]:
    if "uses" in job:
        yield from _judge_use(path, name, str(job["uses"]))
        return
    if "runs-on" not in job:
        yield _finding(path, "workflow-shape", f"job {name} has no runs-on", "name a runner")
    steps = job.get("steps")
    if not isinstance(steps, list) or not steps:
        yield _finding(path, "workflow-shape", f"job {name} has no steps", "add steps")
        return
    for step in steps:
        if not isinstance(step, Mapping) or not ({"uses", "run"} & step.keys()):
            yield _finding(path, "workflow-shape", f"job {name} has a step that does nothing", "add `uses` or `run`")
            continue
        if "uses" in step:
            yield from _judge_use(path, name, str(step["uses"]))
        if _FOREIGN_TEXT.search(str(step.get("run", ""))):
            yield _finding(
                path, "workflow-injection", f"job {name} puts foreign text into a shell", "pass it through env"
            )
        if _LONG_LIVED_KEYS & set(step.get("with") or ()):
            yield _finding(path, "workflow-keys", f"job {name} uses long-lived cloud keys", "use OIDC and a role")


def _judge_use(path: str, job: str, action: str) -> Iterator[Finding]:
    if not action.startswith("./") and not _PINNED.fullmatch(action):
        remedy = "pin the action to a commit, with its version in a comment"
        yield _finding(path, "workflow-unpinned", f"job {job} uses {action}, which can change", remedy)


def _finding(path: str, rule: str, message: str, remedy: str) -> Finding:
    return Finding(file=path, rule=rule, message=message, remedy=remedy)
