"""A stage to play stories on, and the points of this version, found once for all test processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from decisionworks.kit.postgres.locks import exclusively
from tests.crash.processes import Processes
from tests.crash.stage import Stage
from tests.crash.suite import Enumeration, enumerate_points

_FOUND_WITHIN_S = 400
# Watching is mostly waiting for what comes by the clock.
_STAGES = 4


@pytest.fixture(scope="module")
def stage(template_url: str, processes: Processes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(template_url, tmp_path_factory.mktemp("stage"), processes, is_copy=True) as made:
        yield made


@pytest.fixture(scope="session")
def enumeration(
    template_url: str, processes: Processes, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Enumeration:
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    kept: Path = shared / "crash-points.json"
    with exclusively(shared / "crash-points.lock", timeout_s=_FOUND_WITHIN_S):
        if not kept.exists():
            with ExitStack() as watching:
                places = [tmp_path_factory.mktemp("watching") for _ in range(_STAGES)]
                stages = [Stage(template_url, place, processes, is_copy=True) for place in places]
                found = enumerate_points([watching.enter_context(stage) for stage in stages], runs=2)
            kept.write_text(json.dumps(found.to_json()))
    return Enumeration.from_json(json.loads(kept.read_text()))
