"""Places inside a YAML file: what leads to a value, and the line where it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from decisionworks.graphs.codegen.validate.model import Finding
from decisionworks.graphs.codegen.validate.workspace import ReadFiles

Place = tuple[object, ...]

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule says about one place of a file that it does not know."""

    place: Place
    rule: str
    message: str
    remedy: str

    def at(self, file: str, read: ReadFiles) -> Finding:
        """The finding, with its line."""
        line = read.line(file, *self.place)
        return Finding(file=file, line=line, rule=self.rule, message=self.message, remedy=self.remedy)


def place_of(path: str) -> Place:
    """The place that a JSON path such as `$.jobs.test.steps[0]` names."""
    return tuple(name or number or quoted for name, number, quoted in _STEP.findall(path))
