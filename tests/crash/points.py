"""The points at which a process can be killed: found by watching undisturbed runs, named so that they are found again.

A point's name never is a bare number. It says in which story and phase, on which kind of connection, which statement
without its values, and the how manieth such: a duty of the worker that comes by the clock shifts nothing. What also
passes in an idle process, or not equally often in every run, comes by the clock; of such only the first is a point.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tests.crash.outside import Call
from tests.crash.wire.tap import Armed, Deed, Seen

IDLE, START, RUN = "idle", "start", "run"
CALL = "outside call"
MOMENTS: tuple[Literal["before"], Literal["after"]] = ("before", "after")


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Point:
    """Where a process dies. `where` is the connection's name, or `CALL` for a call to the world outside PostgreSQL."""

    story: str
    victim: Literal["worker", "api"]
    phase: str
    where: str
    name: str
    nth: int
    moment: Literal["before", "after"]

    def __str__(self) -> str:
        return f"{self.story} {self.victim} {self.phase} [{self.where}] {self.name} #{self.nth} {self.moment}"

    @property
    def is_call(self) -> bool:
        """Whether it is a call to the world outside PostgreSQL."""
        return self.where == CALL

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """What it has in common with others: a slice holds some of every kind."""
        return (self.victim, self.phase, self.where, self.name)

    def armed(self, deed: Deed = "kill") -> Armed:
        """The point as the wire is told."""
        return Armed(Seen(self.phase, self.where, self.name, self.nth), self.moment, deed)

    def to_json(self) -> dict[str, Any]:
        """The point as state files hold it."""
        return asdict(self)


def points_of(
    story: str, victim: Literal["worker", "api"], runs: Sequence[tuple[Sequence[Seen], Sequence[Call]]]
) -> list[Point]:
    """Every point that is there in each of the undisturbed runs."""
    found = [_occurrences(seen, calls) for seen, calls in runs]
    by_the_clock = {(where, name) for run in found for (phase, where, name) in run if phase == IDLE}
    points = []
    for kind in sorted(set(found[0]).intersection(*found[1:])):
        phase, where, name = kind
        if phase == IDLE:
            continue
        counts = {run[kind] for run in found}
        is_steady = (where, name) not in by_the_clock and len(counts) == 1
        for nth in range(1, (min(counts) if is_steady else 1) + 1):
            for moment in MOMENTS:
                point = Point(story=story, victim=victim, phase=phase, where=where, name=name, nth=nth, moment=moment)
                points.append(point)
    return points


def _occurrences(seen: Iterable[Seen], calls: Iterable[Call]) -> Counter[tuple[str, str, str]]:
    counted = Counter((one.phase, one.connection, one.statement) for one in seen)
    counted.update((RUN, CALL, call.name) for call in calls)
    return counted


def spread(points: Sequence[Point], count: int) -> list[Point]:
    """A fixed slice with as many kinds in it as it can hold, and both moments in turn."""
    kinds: dict[tuple[str, str, str, str], list[Point]] = {}
    for point in sorted(points):
        kinds.setdefault(point.kind, []).append(point)
    rows = [kinds[kind] for kind in sorted(kinds)]
    chosen: list[Point] = []
    for turn in range(max(map(len, rows), default=0)):
        for number, row in enumerate(rows):
            if len(row) > turn:
                chosen.append(row[(turn * (len(row) // 2 + 1) + number) % len(row)])
    unique = list(dict.fromkeys(chosen))
    if len(unique) <= count:
        return unique
    step = len(unique) / count
    return [unique[int(index * step)] for index in range(count)]


def dump(points: Iterable[Point]) -> str:
    """Points as text."""
    return json.dumps([point.to_json() for point in points], indent=1)


def load(rows: Iterable[dict[str, Any]]) -> list[Point]:
    """Points from their JSON."""
    return [Point(**row) for row in rows]
