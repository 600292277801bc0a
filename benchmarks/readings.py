"""How long a request takes to be read, beside a hundred looks at each of its words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from benchmarks.figures import Figure
from decisionworks.evaluation import load_scenarios, packaged_scenarios
from decisionworks.projects import extract_constraints, load_constraint_catalogue
from decisionworks.projects.extract import warming_steps

_LOOKS = 100
_WORDS = re.compile(r"(?<!\w)\w+(?!\w)")


def readings() -> list[Figure]:
    """Every request of the packaged development set, in all languages, read once in this process."""
    requests = [one.request for one in load_scenarios(packaged_scenarios("dev"))]
    catalogue = load_constraint_catalogue()
    for step in warming_steps():
        step()
    floor = [_ms(lambda text=text: [_WORDS.findall(text) for _ in range(_LOOKS)]) for text in requests]
    read = [
        _ms(lambda text=text: extract_constraints(text, data=None, on_missing="ask", catalogue=catalogue))
        for text in requests
    ]
    return [
        Figure(name=f"floor: words of a request found {_LOOKS} times", samples_ms=floor),
        Figure(name="request read, here", samples_ms=read),
    ]


def _ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
