"""What GitLab says of a pipeline when it makes it, and its schema does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from decisionworks.graphs.codegen.validate.checks.places import Problem

_NO_JOBS = frozenset(
    {"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script",
     "after_script", "spec", "types"}
)  # fmt: skip
_DOES_SOMETHING = frozenset({"script", "run", "trigger"})
_ELSEWHERE = frozenset({"pipeline", "project"})
_STAGES = ("build", "test", "deploy")
_LONG_LIVED_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})

Job = Mapping[str, Any]


def judge_pipeline(document: object) -> Iterator[Problem]:
    """What is wrong with a pipeline that fits the schema."""
    if not isinstance(document, Mapping):
        yield Problem((), "pipeline-shape", "is not a mapping", "write jobs with scripts")
        return
    jobs = {str(name): job for name, job in document.items() if name not in _NO_JOBS and isinstance(job, Mapping)}
    visible = [name for name in jobs if not name.startswith(".")]
    if not visible:
        yield Problem((), "pipeline-shape", "has no job", "add a job")
    stages = [".pre", *map(str, document.get("stages") or _STAGES), ".post"]
    for name in visible:
        missing: list[str] = []
        job = _whole(jobs, name, missing, ())
        # What another file brings is not known here.
        if "include" not in document:
            for parent in missing:
                message = f"job {name} extends {parent}, which does not exist or extends itself"
                yield Problem((name,), "pipeline-reference", message, "name a job that exists")
        yield from _judge_job(name, job, stages=stages, is_whole=not missing)
    if "include" not in document:
        yield from _judge_order(jobs, visible, stages)


def _whole(jobs: Mapping[str, Job], name: str, missing: list[str], seen: tuple[str, ...]) -> dict[str, Any]:
    """A job with what it extends; what cannot be followed is added to `missing`."""
    if name in seen or name not in jobs:
        missing.append(name)
        return {}
    given = jobs[name].get("extends") or ()
    whole: dict[str, Any] = {}
    for parent in [given] if isinstance(given, str) else given:
        whole = _merged(whole, _whole(jobs, str(parent), missing, (*seen, name)))
    return _merged(whole, jobs[name])


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(under[key], value)
        for key, value in over.items()
        if isinstance(value, Mapping) and isinstance(under.get(key), Mapping)
    }
    return {**under, **over, **both}


def _judge_job(name: str, job: Job, *, stages: Sequence[str], is_whole: bool) -> Iterator[Problem]:
    if is_whole and not any(job.get(key) for key in _DOES_SOMETHING):
        yield Problem((name,), "pipeline-shape", f"job {name} has no script", "add a script")
    if (stage := str(job.get("stage", "test"))) not in stages:
        message = f"job {name} is at stage {stage}, which does not exist"
        yield Problem((name, "stage"), "pipeline-shape", message, "add the stage")
    if _LONG_LIVED_KEYS & set(job.get("variables") or ()):
        message = f"job {name} uses long-lived cloud keys"
        yield Problem((name, "variables"), "pipeline-keys", message, "use id_tokens and a role")
    image = job.get("image")
    named = str(image.get("name", "") if isinstance(image, Mapping) else image or "")
    if named and "$" not in named and (":" not in named.rpartition("/")[2] or named.endswith(":latest")):
        message = f"job {name} uses {named}, which can change"
        yield Problem((name, "image"), "pipeline-unpinned", message, "name a version")


def _judge_order(jobs: Mapping[str, Job], visible: Sequence[str], stages: Sequence[str]) -> Iterator[Problem]:
    """What a job waits for exists and comes no later than the job itself."""
    place = {name: _place(_whole(jobs, name, [], ()), stages) for name in visible}
    for name in visible:
        for needed in _needed(_whole(jobs, name, [], ())):
            if needed not in place:
                message = f"job {name} needs {needed}, which does not exist"
                yield Problem((name,), "pipeline-reference", message, "name a job that exists")
            elif place[needed] > place[name]:
                message = f"job {name} needs {needed}, which comes later"
                yield Problem((name,), "pipeline-reference", message, "give it a later stage")


def _place(job: Job, stages: Sequence[str]) -> int:
    stage = str(job.get("stage", "test"))
    return stages.index(stage) if stage in stages else 0


def _needed(job: Job) -> Iterator[str]:
    listed = [*(job.get("needs") or ()), *(job.get("dependencies") or ())]
    for one in listed:
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping) and "job" in one and not _ELSEWHERE & one.keys() and not one.get("optional"):
            yield str(one["job"])
