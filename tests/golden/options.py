"""Each pattern with each of its options: the values its fragment asks for, and the kinds of problem it can carry.

An option that changes no byte is not listed again; of what changes, the changed files are looked at, with the whole
Terraform module and the settings they belong to. The unchanged rest is a grouped plan, which is checked by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from decisionworks.artifacts import GeneratedFile
from decisionworks.graphs.codegen.render import RenderInput, render_repository
from decisionworks.graphs.codegen.render.load import FRAGMENTS_DIR
from decisionworks.graphs.codegen.render.problem import Problem, problem_for
from decisionworks.projects import load_constraint_catalogue
from tests.unit.graphs.codegen import plans

_ASKED = re.compile(r"value\('(\w+)'")
_NUMBERS = (0, 1, 250, 100_000)
_USE_CASES = "use_case_type"
_LEAST_IN_NUMBERS = {"batch_records_per_run", "budget_usd_month", "latency_p95_ms"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A pattern with one value of one field, and the files that this changes."""

    name: str
    changed: Mapping[str, GeneratedFile]
    whole: Mapping[str, GeneratedFile]
    is_other_problem: bool


def options() -> Iterator[Option]:
    """Every pattern of every grouped plan with every option that changes something."""
    seen: set[tuple[str, str, str]] = set()
    for group, patterns in plans.PLANS.items():
        source = plans.render_input(patterns)
        base = render_repository(source)
        for pattern in patterns:
            for field in _asked(pattern):
                for value in _values(field):
                    if (pattern, field, str(value)) not in seen:
                        seen.add((pattern, field, str(value)))
                        yield from _option(f"{pattern}-{field}-{value}", source, base, field, value)
        problems = {_problem(source.values, patterns)}
        for value in _values(_USE_CASES):
            problem = _problem({**source.values, _USE_CASES: value}, patterns)
            if problem in problems:
                continue
            problems.add(problem)
            yield from _option(f"{group.replace(' ', '-')}-{value}", source, base, _USE_CASES, value)


def _option(
    name: str, source: RenderInput, base: Mapping[str, GeneratedFile], field: str, value: Any
) -> Iterator[Option]:
    made = render_repository(replace(source, values={**source.values, field: value}))
    different = {path for path, file in made.items() if base.get(path) != file and not path.startswith("docs/")}
    if not different:
        return
    folders = {str(PurePosixPath(path).parent) for path in different if path.endswith(".tf")}
    wanted = {path for path in made if str(PurePosixPath(path).parent) in folders} | different
    wanted |= {"pyproject.toml", "README.md"} & made.keys()
    if any(path.endswith(".py") for path in different):
        # How imports are sorted depends on which packages are there.
        wanted |= {path for path in made if path.endswith(".py")}
    yield Option(
        name=name,
        changed={path: made[path] for path in sorted(wanted)},
        whole=made,
        is_other_problem=field == _USE_CASES,
    )


def _problem(values: Mapping[str, Any], patterns: Iterable[str]) -> Problem:
    return problem_for(values, frozenset(patterns))


def _asked(pattern: str) -> list[str]:
    """The fields that a fragment's files read."""
    texts = [
        path.read_text(encoding="utf-8") for path in sorted(Path(FRAGMENTS_DIR / pattern).rglob("*")) if path.is_file()
    ]
    return sorted({field for text in texts for field in _ASKED.findall(text)} - {"field", "use_case_summary"})


def _values(field: str) -> list[Any]:
    known = load_constraint_catalogue().by_name[field]
    if known.enum:
        return list(known.enum)
    return [number for number in _NUMBERS if number or field not in _LEAST_IN_NUMBERS]
