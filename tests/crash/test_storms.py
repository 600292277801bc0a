"""Small storms: workers and PostgreSQL die under load, and nothing is lost, doubled or written by a zombie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.processes import Processes
from tests.crash.server import OwnServer
from tests.crash.storm.weather import Storm, storm_of_kills, storm_of_restarts
from tests.scenarios.running import free_port

pytestmark = pytest.mark.timeout(300)

NODE_S = 0.1


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    with OwnServer(port=free_port()) as server:
        yield server


def test_workers_dying_under_load_cost_time_only(own_server: OwnServer, processes: Processes, tmp_path: Path) -> None:
    with Storm(own_server.url, tmp_path / "storm", processes, NODE_S) as storm:
        count = storm_of_kills(storm, kills=6, jobs_at_least=40, workers=3)

    assert count.is_harmless, str(count)
    assert count.kills == 6
    assert count.attempts > count.jobs
    assert max(count.recoveries_s) < 10, str(count)


def test_a_database_that_goes_and_comes_under_load_costs_time_only(
    own_server: OwnServer, processes: Processes, tmp_path: Path
) -> None:
    with Storm(own_server.url, tmp_path / "storm", processes, NODE_S) as storm:
        count = storm_of_restarts(storm, own_server, restarts=4, jobs_at_least=40, workers=2)

    assert count.is_harmless, str(count)
    assert count.restarts == 4
    assert max(count.recoveries_s) < 30, str(count)
