"""GitHub workflows: readable, with least permissions, pinned actions and no way in for the text of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from decisionworks.graphs.codegen.validate.checks.places import Place, Problem
from decisionworks.graphs.codegen.validate.model import Verdict, judged, skipped
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
        findings = [problem.at(path, read) for path in paths for problem in judge(read.documents.get(path))]
        passed = f"{len(paths)} workflows keep the rules"
        return judged(findings, passed=passed, tool=_TOOL, version=_RULES_VERSION, runs=(read.run,))


def judge(document: object) -> Iterator[Problem]:
    """What the rules say about one workflow."""
    if not isinstance(document, Mapping):
        yield Problem((), "workflow-shape", "is not a mapping", "write a workflow with `on` and `jobs`")
        return
    jobs = document.get("jobs")
    if not isinstance(jobs, Mapping) or not jobs:
        yield Problem(("jobs",), "workflow-shape", "has no jobs", "add a job")
        return
    if "on" not in document:
        yield Problem((), "workflow-shape", "has no trigger", "add `on`")
    if "pull_request_target" in (document.get("on") or ()):
        place = ("on", "pull_request_target")
        yield Problem(place, "workflow-trigger", "runs foreign code with our rights", "use pull_request")
    for name, job in jobs.items():
        place = ("jobs", name)
        if not isinstance(job, Mapping):
            yield Problem(place, "workflow-shape", f"job {name} is not a mapping", "write runs-on and steps")
            continue
        yield from _judge_permissions(place, document, job)
        yield from _judge_job(place, job)


def _judge_permissions(place: Place, document: Mapping[str, Any], job: Mapping[str, Any]) -> Iterator[Problem]:
    remedy = "set `permissions: contents: read` and add what one job needs"
    permissions = job.get("permissions", document.get("permissions"))
    if permissions is None:
        yield Problem(place, "workflow-permissions", f"job {place[-1]} has the default permissions", remedy)
    elif permissions == "write-all":
        where = (*place, "permissions") if "permissions" in job else ("permissions",)
        yield Problem(where, "workflow-permissions", f"job {place[-1]} may write everything", remedy)


def _judge_job(place: Place, job: Mapping[str, Any]) -> Iterator[Problem]:
    name = place[-1]
    if "uses" in job:
        yield from _judge_use((*place, "uses"), name, str(job["uses"]))
        return
    if "runs-on" not in job:
        yield Problem(place, "workflow-shape", f"job {name} has no runs-on", "name a runner")
    steps = job.get("steps")
    if not isinstance(steps, list) or not steps:
        yield Problem((*place, "steps"), "workflow-shape", f"job {name} has no steps", "add steps")
        return
    for number, step in enumerate(steps):
        where: Place = (*place, "steps", number)
        if not isinstance(step, Mapping) or not ({"uses", "run"} & step.keys()):
            yield Problem(where, "workflow-shape", f"job {name} has a step that does nothing", "add `uses` or `run`")
            continue
        if "uses" in step:
            yield from _judge_use((*where, "uses"), name, str(step["uses"]))
        if _FOREIGN_TEXT.search(str(step.get("run", ""))):
            message = f"job {name} puts foreign text into a shell"
            yield Problem((*where, "run"), "workflow-injection", message, "pass it through env")
        if _LONG_LIVED_KEYS & set(step.get("with") or ()):
            message = f"job {name} uses long-lived cloud keys"
            yield Problem((*where, "with"), "workflow-keys", message, "use OIDC and a role")


def _judge_use(place: Place, job: object, action: str) -> Iterator[Problem]:
    if not action.startswith("./") and not _PINNED.fullmatch(action):
        remedy = "pin the action to a commit, with its version in a comment"
        yield Problem(place, "workflow-unpinned", f"job {job} uses {action}, which can change", remedy)
