"""All points of all stories, each tried once on one of a few stages, resumably."""

from __future__ import annotations

import hashlib
import json
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.outside import Call
from tests.crash.points import Point, load, points_of
from tests.crash.processes import Processes
from tests.crash.stage import Result, Stage
from tests.crash.stories import REQUESTS, WORKED
from tests.crash.told import Told, differences
from tests.crash.wire.tap import Seen

ROOT = Path(__file__).resolve().parents[2]
_SOURCES = ("libs", "api", "worker", "migrations", "tests/crash")
# A point that comes by the clock is missed by a run that is over before: tried again, the run is slowed, seconds a
# statement.
_SLOWER_S = (0.0, 0.05, 0.2)
_SLOW_S = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """Every point, and what each story leaves behind when nobody is killed."""

    points: Sequence[Point]
    calm: Mapping[str, list[Told]]

    def to_json(self) -> dict[str, Any]:
        """The enumeration as it is kept."""
        return {"points": [point.to_json() for point in self.points], "calm": dict(self.calm)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Enumeration:
        """The enumeration that was kept."""
        return cls(points=load(kept["points"]), calm=kept["calm"])


def enumerate_points(stages: Sequence[Stage], *, runs: int, say: Callable[[str], None] = lambda _: None) -> Enumeration:
    """Watch every story undisturbed, on all stages at once; runs of the same story have to leave the same behind."""
    points: list[Point] = []
    calm: dict[str, list[Told]] = {}
    free: queue.SimpleQueue[Stage] = queue.SimpleQueue()
    for stage in stages:
        free.put(stage)

    def watch(story: str, phase: str | None, run: int) -> tuple[list[Seen], list[Call], list[Told]]:
        stage = free.get()
        try:
            if phase is None:
                # The last run is a slow one: what comes by the clock is told by coming more often in it.
                return stage.watch_worker(story, slow_s=_SLOW_S if run == runs - 1 else 0.0)
            seen, told = stage.watch_api(story, phase)
            return seen, [], told
        finally:
            free.put(stage)

    with ThreadPoolExecutor(len(stages)) as pool:
        wanted = [*((story, None) for story in WORKED), *REQUESTS]
        watched = {one: [pool.submit(watch, *one, run) for run in range(runs)] for one in wanted}
        for (story, phase), futures in watched.items():
            seen_and_called = []
            for seen, calls, told in (future.result() for future in futures):
                unlike = differences(calm.setdefault(story, told), told)
                assert not unlike, f"two undisturbed runs of {story} differ: {unlike}"
                seen_and_called.append((seen, calls))
            points += points_of(story, "worker" if phase is None else "api", seen_and_called)
            say(f"{story} {phase or ''}: {len(points)} points so far")
    return Enumeration(points=sorted(points), calm=calm)


def try_point(stage: Stage, point: Point, calm: list[Told]) -> Result:
    """Kill at a point; what was missed is tried again in a slower run."""
    for slow_s in _SLOWER_S:
        result = stage.kill_at(point, calm, slow_s=slow_s)
        if result.reached or result.faults:
            break
    return result


def digest_of_sources() -> str:
    """What a kept enumeration and its results are good for."""
    digest = hashlib.sha256()
    for source in _SOURCES:
        for path in sorted((ROOT / source).rglob("*")):
            if path.suffix in (".py", ".sql", ".yaml") and path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(slots=True, kw_only=True)
class State:
    """Which points are done, kept so that a run that was ended goes on where it was."""

    directory: Path

    def enumeration(self) -> Enumeration | None:
        """What was enumerated for exactly these sources."""
        path = self.directory / "points.json"
        return Enumeration.from_json(json.loads(path.read_text())) if path.exists() else None

    def keep(self, enumeration: Enumeration) -> None:
        """Keep it for the next start and for other shards."""
        draft = self.directory / "points.json.new"
        draft.write_text(json.dumps(enumeration.to_json()))
        draft.replace(self.directory / "points.json")

    def done(self) -> dict[str, dict[str, Any]]:
        """Results so far, of all shards, by point."""
        rows = [json.loads(line) for path in self.directory.glob("*.jsonl") for line in path.read_text().splitlines()]
        return {row["point"]: row for row in rows}

    def add(self, point: Point, result: Result) -> None:
        """Note a result."""
        row = {"point": str(point), "reached": result.reached, "faults": result.faults, "s": result.seconds}
        with (self.directory / "done.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")


@dataclass(slots=True, kw_only=True)
class Suite:
    """Works off a list of points on several stages."""

    server_url: str
    directory: Path
    enumeration: Enumeration
    state: State
    processes: Processes
    waiting: queue.SimpleQueue[Point] = field(default_factory=queue.SimpleQueue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    counted: Counter[str] = field(default_factory=Counter)
    stages: int = 0

    def run(self, points: Iterable[Point], *, stages: int, say: Callable[[str], None]) -> None:
        """Try every point; returns when all are done."""
        # Requests last and together: between them one healthy worker may live on.
        for point in sorted(points, key=lambda point: (point.victim == "api", point)):
            self.waiting.put(point)
        threads = [threading.Thread(target=self._work, args=(say,), daemon=True) for _ in range(stages)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, say: Callable[[str], None]) -> None:
        while not self.waiting.empty():
            with self.lock:
                self.stages += 1
                directory = self.directory / f"stage-{self.stages}"
            with Stage(self.server_url, directory, self.processes) as stage:
                self._work_on(stage, say)

    def _work_on(self, stage: Stage, say: Callable[[str], None]) -> None:
        """Try points until none is left, or until one went wrong: what it left is not for the next."""
        while True:
            try:
                point = self.waiting.get_nowait()
            except queue.Empty:
                return
            result = try_point(stage, point, self.enumeration.calm[point.story])
            verdict = "failed" if result.faults else "passed" if result.reached else "not reached"
            with self.lock:
                self.state.add(point, result)
                self.counted[verdict] += 1
                done = self.counted.total()
            if verdict != "passed" or done % 25 == 0:
                say(f"{done:4} {verdict}: {point} ({result.seconds} s) {'; '.join(result.faults)}")
            if result.faults:
                say(f"     logs are in {stage.directory}")
                return


def narrator(began: float) -> Callable[[str], None]:
    """Says things with the time since the beginning."""

    def say(text: str) -> None:
        sys.stdout.write(f"[{time.monotonic() - began:6.0f} s] {text}\n")
        sys.stdout.flush()

    return say
