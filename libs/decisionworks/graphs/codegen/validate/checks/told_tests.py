"""What a run of tests told of itself, held against the tests that stand in the sources.

Told on a channel that the tests do not have (tools/tell_tests.py); the sources are read here and never run. A
repository that means to deceive can still do so from inside pytest's own process: by replacing parts of pytest in
memory, by finding the descriptor that events go through, or by tests that assert nothing.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from decisionworks.graphs.codegen.validate.model import Finding

_PHASES = ("setup", "call", "teardown")
_OUTCOMES = frozenset({"passed", "failed", "skipped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The tests that were collected, the files that left themselves out, and each phase with its outcome."""

    collected: tuple[str, ...]
    left_out: frozenset[str]
    phases: Mapping[tuple[str, str], str]

    @property
    def passed(self) -> int:
        """How many tests went through all their phases."""
        return sum(all(self.phases.get((test, phase)) == "passed" for phase in _PHASES) for test in self.collected)


class NotTold(ValueError):
    """The run did not tell what ran, or told what no run of pytest tells."""


def read_told(output: bytes) -> Told:
    """Read the line that the run ended with.

    Raises: NotTold
    """
    try:
        events = json.loads(output)["events"]
        collected = [test for event in events if event[0] == "collected" for test in event[1]]
        left_out = frozenset(str(event[1]) for event in events if event[0] == "left out")
        phases = Counter((str(event[1]), str(event[2])) for event in events if event[0] == "phase")
        outcomes = {(str(event[1]), str(event[2])): str(event[3]) for event in events if event[0] == "phase"}
    except (ValueError, TypeError, LookupError) as error:
        raise NotTold("the tests ended before pytest told what ran") from error
    if not collected:
        raise NotTold("no test ran")
    if max(phases.values(), default=0) > 1 or max(Counter(collected).values()) > 1:
        raise NotTold("a test was told twice")
    if not set(outcomes.values()) <= _OUTCOMES or {test for test, _ in outcomes} - set(collected):
        raise NotTold("a test was told that was not collected")
    # pytest begins and ends every test, whatever happens between; only the middle is left out after a bad beginning.
    if any((test, phase) not in outcomes for test in collected for phase in ("setup", "teardown")):
        raise NotTold("not every test that was collected came to its end")
    return Told(collected=tuple(collected), left_out=left_out, phases=outcomes)


def missing_tests(sources: Mapping[str, str], told: Told) -> Iterator[Finding]:
    """Tests that stand in the sources and were never collected."""
    collected = {test.partition("[")[0] for test in told.collected}
    for path, text in sources.items():
        if not _is_test_file(path) or path in told.left_out:
            continue
        for name, line in _tests_in(text):
            if f"{path}::{name}" not in collected:
                message = f"{name} stands here and was not collected"
                yield Finding(file=path, line=line, rule="test-not-run", message=message)


def meddling(sources: Mapping[str, str]) -> Iterator[Finding]:
    """Functions that pytest calls to change which tests run and what is told of them."""
    for path, text in sources.items():
        for node in ast.walk(_parsed(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("pytest_"):
                message = f"{node.name} can change which tests run and what is told of them"
                yield Finding(file=path, line=node.lineno, rule="test-hook", message=message)


def _is_test_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return path.startswith("tests/") and name.startswith("test_") and name.endswith(".py")


def _tests_in(text: str) -> Iterator[tuple[str, int]]:
    for node in _parsed(text).body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from ((f"{node.name}::{test.name}", test.lineno) for test in _functions(node.body))
    yield from ((test.name, test.lineno) for test in _functions(_parsed(text).body))


def _functions(body: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Another check says so.
        return ast.Module(body=[], type_ignores=[])
