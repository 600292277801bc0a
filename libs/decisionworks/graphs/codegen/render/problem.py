"""The concrete example problem a generated repository solves: its columns, labels and names.

Nothing of the user's text reaches a problem; a request only chooses a row of `problems.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal, cast

import yaml

from decisionworks.kit.errors import Broken

Kind = Literal["binary", "regression", "anomaly", "image", "audio", "text", "llm"]
LlmTask = Literal["none", "answer", "extract", "generate"]
KINDS: frozenset[str] = frozenset({"binary", "regression", "anomaly", "image", "audio", "text", "llm"})
LLM_PATTERNS = frozenset({"serve-llm-bedrock", "serve-llm-vllm", "rag-pipeline", "llm-guardrails", "llm-eval-tracing"})
MODEL_PATTERNS = frozenset(
    {
        "train-cpu-job",
        "train-gpu-job",
        "train-spot-checkpointed",
        "train-distributed-gpu",
        "ct-retrain-trigger",
        "deploy-progressive",
        "gov-explainability",
        "mon-performance-labels",
        "label-annotation-review",
        "process-flink-stream",
        "track-mlflow",
        "serve-batch-scoring",
        "serve-precomputed-lookup",
        "serve-sagemaker-realtime",
        "serve-multi-model",
        "serve-eks-kserve",
        "serve-gpu-realtime",
        "serve-gpu-async",
        "serve-stream-inline",
        "serve-inprocess-lowlatency",
        "serve-edge-greengrass",
    }
)
# Their training goes on for hours, from one checkpoint to the next.
LONG_TRAINING = frozenset({"train-distributed-gpu", "train-gpu-job", "train-spot-checkpointed"})
_BOOSTING = re.compile(
    r"gradient[- ]?(?:tree[- ]?)?boost\w*|boosted|boosting|xg-?boost|lightgbm|catboost|\bgbm\b|\bgbdt\b|boostés?"
    r"|potenciad[oa]s|勾配ブースティング"
)
_REFUSED = re.compile(r"\b(?:no|not|without|never|kein\w*|ohne|pas de|sans|sin|sem)(?: \w+)? $")
_PLAIN = re.compile(
    r"logistic (?:regression|model)|logistische\w* |régression logistique|regresión logística|scorecard"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a record: a number, a category, a text or a fixed-length array."""

    name: str
    kind: Literal["number", "category", "text", "array"]
    low: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    spread: float = 0.0
    weight: float = 0.0
    choices: tuple[str, ...] = ()
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What the generated repository predicts, about what, from which columns."""

    package: str
    title: str
    kind: Kind
    entity: str
    key: str
    time: str
    target: str
    score: str
    labels: tuple[str, ...]
    segment: str
    personal: tuple[str, ...]
    columns: tuple[Column, ...]
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    llm_task: LlmTask = "none"
    uses_model: bool = True
    boosted: bool = False

    @property
    def family(self) -> str:
        """Name the model family: `tabular` problems share features, the rest have one encoder each."""
        return self.kind if self.kind in {"image", "audio", "text"} else "tabular"

    @property
    def learner(self) -> str:
        """Name the model file: one of logistic, boosted, ridge, distance, softmax."""
        match self.kind:
            case "binary" if self.boosted:
                return "boosted"
            case "binary" | "llm":
                return "logistic"
            case "regression":
                return "ridge"
            case "anomaly":
                return "distance"
            case _:
                return "softmax"

    @property
    def tags(self) -> frozenset[str]:
        """Facts that a fragment may ask for beside pattern ids: `problem:kind`, `family:`, `learner:`, `task:`."""
        facts = {f"problem:{self.kind}", f"family:{self.family}", f"learner:{self.learner}", f"task:{self.llm_task}"}
        return frozenset(facts | ({"uses-model"} if self.uses_model else set()))

    @property
    def numbers(self) -> tuple[Column, ...]:
        """The numeric columns in order."""
        return tuple(column for column in self.columns if column.kind == "number")

    @property
    def categories(self) -> tuple[Column, ...]:
        """The category columns in order."""
        return tuple(column for column in self.columns if column.kind == "category")

    @property
    def content(self) -> Column:
        """The column that carries the signal: the first one."""
        return self.columns[0]


def problem_for(values: Mapping[str, object], patterns: frozenset[str], *, request: str = "") -> Problem:
    """Choose the example problem that fits planning values and the plan's patterns."""
    words = f"{values.get('use_case_summary') or ''} {request}".lower()
    row = _catalogue()[_chosen(values, words)]
    problem = _problem(_chosen(values, words), row)
    if problem.kind == "binary" and not patterns & LONG_TRAINING:
        problem = replace(problem, boosted=_asks_for_boosting(words))
    is_llm = bool(patterns & LLM_PATTERNS)
    if is_llm and problem.kind != "llm":
        problem = _problem("assistant", _catalogue()["assistant"])
    if problem.kind != "llm":
        return problem
    return _with(problem, task=_llm_task(problem, patterns), uses_model=bool(patterns & MODEL_PATTERNS) or not is_llm)


def _asks_for_boosting(words: str) -> bool:
    """Whether a request names boosted trees and does not refuse them or ask for a model that is a plain sum."""
    asked = [found for found in _BOOSTING.finditer(words) if not _REFUSED.search(words[: found.start()])]
    return bool(asked) and not _PLAIN.search(words)


def all_problems() -> tuple[Problem, ...]:
    """Every problem of the catalogue, in catalogue order."""
    return tuple(_problem(name, row) for name, row in _catalogue().items())


def _llm_task(problem: Problem, patterns: frozenset[str]) -> LlmTask:
    if not patterns & LLM_PATTERNS:
        return "none"
    if "rag-pipeline" in patterns:
        return "answer"
    return "extract" if problem.package == "documents" else "generate"


def _with(problem: Problem, *, task: LlmTask, uses_model: bool) -> Problem:
    return replace(problem, llm_task=task, uses_model=uses_model)


def _chosen(values: Mapping[str, object], words: str) -> str:
    data = values.get("data_types")
    data_types = {str(item) for item in data} if isinstance(data, list | tuple) else set()
    for row in _rows():
        if "use_case" in row and row["use_case"] != values.get("use_case_type"):
            continue
        if "model" in row and row["model"] != values.get("model_type"):
            continue
        if "data" in row and row["data"] not in data_types:
            continue
        if "words" in row and not any(word in words for word in cast("list[str]", row["words"])):
            continue
        return str(row["problem"])
    raise Broken("the problem catalogue has no last row")


@cache
def _document() -> dict[str, object]:
    text = files(__package__).joinpath("problems.yaml").read_text(encoding="utf-8")
    return cast("dict[str, object]", yaml.safe_load(text))


def _rows() -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", _document()["choose"])


def _catalogue() -> dict[str, dict[str, object]]:
    return cast("dict[str, dict[str, object]]", _document()["problems"])


def _problem(package: str, row: Mapping[str, object]) -> Problem:
    words = cast("dict[str, list[str]]", row.get("words", {}))
    return Problem(
        package=package,
        title=str(row["title"]),
        kind=cast("Kind", row["kind"]),
        entity=str(row["entity"]),
        key=str(row["key"]),
        time=str(row["time"]),
        target=str(row["target"]),
        score=str(row["score"]),
        labels=tuple(cast("list[str]", row["labels"])),
        segment=str(row["segment"]),
        personal=tuple(cast("list[str]", row["personal"])),
        columns=tuple(_column(item) for item in cast("list[dict[str, object]]", row["columns"])),
        words=tuple((label, tuple(items)) for label, items in words.items()),
    )


def _column(row: Mapping[str, object]) -> Column:
    choices = tuple(cast("list[str]", row.get("choices", [])))
    length = cast("int", row.get("length", 0))
    is_text = bool(row.get("text", False))

    def number(name: str) -> float:
        return float(cast("float", row.get(name, 0.0)))

    return Column(
        name=str(row["name"]),
        kind="category" if choices else "array" if length else "text" if is_text else "number",
        low=number("low"),
        high=number("high"),
        mean=number("mean"),
        spread=number("spread"),
        weight=number("weight"),
        choices=choices,
        length=length,
    )
