"""`python -m decisionworks.previews.server`: a planner that answers one line with one line until its input ends.

It holds no connection and no secret, and remembers recent answers, which are pure functions of what was asked.
"""

from __future__ import annotations

import json
import select
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from decisionworks.costs import load_prices
from decisionworks.kit.canonical import digest_of
from decisionworks.kit.errors import DecisionworksError
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.causes import causes_of_changes
from decisionworks.previews.preview_plan import preview_plan
from decisionworks.previews.wire import READY, encoded, problem_json, terms_from_json
from decisionworks.projects import load_constraint_catalogue
from decisionworks.projects.extract import warming_steps

Task = Callable[[Mapping[str, Any]], dict[str, Any]]
_MOST_REMEMBERED = 64


def tasks() -> dict[str, Task]:
    """What can be asked, over the catalogues of this installation."""
    fields, patterns, prices = load_constraint_catalogue(), load_pattern_catalogue(), load_prices()

    def preview(material: Mapping[str, Any]) -> dict[str, Any]:
        terms = terms_from_json(material.get("terms") or {})
        return preview_plan(
            material["request"], material["given"], terms, fields=fields, patterns=patterns, prices=prices
        )

    def causes(material: Mapping[str, Any]) -> dict[str, Any]:
        return causes_of_changes(material["before"], material["after"], catalogue=patterns, prices=prices)

    return {"preview": preview, "causes": causes}


class Desk:
    """Answers questions, and the same question again from memory."""

    def __init__(self, known: Mapping[str, Task]) -> None:
        self._tasks = known
        self._remembered: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one question; an error of ours is an answer, any other ends the process."""
        key = digest_of([asked["task"], asked["material"]])
        if key in self._remembered:
            self._remembered.move_to_end(key)
            return {"id": asked["id"], **self._remembered[key]}
        try:
            found = {"content": self._tasks[asked["task"]](asked["material"])}
        except DecisionworksError as error:
            return {"id": asked["id"], "problem": problem_json(error)}
        self._remembered[key] = found
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return {"id": asked["id"], **found}


def serve(lines: BinaryIO, out: BinaryIO) -> None:
    """Answer until the input ends, which it does when the asking process ends, however it ends."""
    desk = Desk(tasks())
    out.write(READY)
    out.flush()
    _warm_up(lines, desk)
    for line in iter(lines.readline, b""):
        out.write(encoded(desk.answer(json.loads(line))))
        out.flush()


def _warm_up(lines: BinaryIO, desk: Desk) -> None:
    """Ready the solver and the rules of every language, until somebody asks."""
    first = {"id": 0, "task": "preview", "material": {"request": "Churn scores every week", "given": {}}}
    for step in (lambda: desk.answer(first), *warming_steps()):
        try:
            if select.select([lines], [], [], 0)[0]:
                return
        except (OSError, ValueError):
            # Input that is no pipe, as in a test, is answered at once.
            return
        step()


def main() -> None:
    """Serve standard input; a Ctrl-C is for the process that asks, and ends this one by closing its input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = sys.stdout.buffer
    # Whatever a library prints must not be taken for an answer.
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, out)


if __name__ == "__main__":
    main()
