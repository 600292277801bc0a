"""What can happen to a worker besides death: frozen, cut off, at a wrong time, without room, among many."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.crash.points import CALL, RUN, Point
from tests.crash.processes import end
from tests.crash.stage import Disturbance, Stage, Victim
from tests.crash.suite import Enumeration
from tests.crash.told import Told, broken_promises
from tests.scenarios.running import CHURN, wait_until

pytestmark = pytest.mark.timeout(600)

FREEZES = 5
CUTS = 8
SHORT_LEASE = {"DECISIONWORKS_LEASE_S": "1.5", "DECISIONWORKS_POLL_S": "0.5"}


@pytest.mark.parametrize("moment", [*range(FREEZES), "in a beat"])
def test_a_worker_frozen_past_its_lease_writes_nothing_when_it_wakes(
    stage: Stage, enumeration: Enumeration, moment: int | str
) -> None:
    point = _beat(enumeration) if isinstance(moment, str) else _statement_of_the_run(enumeration, moment, FREEZES)

    def freeze(victim: Victim) -> None:
        os.kill(victim.process_id, signal.SIGSTOP)
        victim.is_given_up = True

    def wake(victim: Victim) -> None:
        gone = "SELECT count(*) AS n FROM workers WHERE process_id = %s"
        wait_until(
            lambda: stage.connection.execute(gone, (victim.process_id,)).fetchone() == {"n": 0},
            "it is taken for dead", timeout_s=20,
        )  # fmt: skip
        os.kill(victim.process_id, signal.SIGCONT)
        stage.wire.let_go(victim.tap)
        wait_until(lambda: _names_of(stage, victim.process_id) == 2, "it has a new name", timeout_s=20)
        time.sleep(0.5)

    result = stage.disturb(
        point, enumeration.calm["main"], Disturbance(on_held=freeze, afterwards=wake, settings=SHORT_LEASE)
    )

    assert result.faults == (), str(point)
    assert result.reached, str(point)


@pytest.mark.parametrize("turn", range(CUTS))
def test_cut_connections_cost_time_only(stage: Stage, enumeration: Enumeration, turn: int) -> None:
    point = _statement_of_the_run(enumeration, turn, CUTS)

    def cut(victim: Victim) -> None:
        _terminate(stage, "true")
        stage.wire.let_go(victim.tap)

    reasons = frozenset({"lost", "retry"})
    result = stage.disturb(
        point, enumeration.calm["main"], Disturbance(on_held=cut, reasons=reasons, settings=SHORT_LEASE)
    )

    assert result.faults == (), str(point)
    assert result.reached, str(point)


def test_without_its_bell_a_worker_still_hears_of_work(stage: Stage) -> None:
    stage.stand()
    wait_until(lambda: _terminate(stage, "query LIKE 'LISTEN%'") > 0, "somebody listens", timeout_s=20)

    began = time.monotonic()
    asked = str(stage.post("request", "/projects/default/decision-sets", _request())["id"])
    stage.wait_for(asked, "gate_waiting")

    assert time.monotonic() - began < 10
    stage.post("cancel", f"/decision-sets/{asked}/cancel", {})


@pytest.mark.parametrize("clock_s", ["3600", "-3600"])
def test_a_worker_whose_clock_is_wrong_goes_on_where_a_dead_one_was(
    stage: Stage, enumeration: Enumeration, clock_s: str
) -> None:
    point = _statement_of_the_run(enumeration, 1, 2)

    result = stage.disturb(
        point, enumeration.calm["main"], Disturbance(victim={"clock_s": clock_s}, successor={"clock_s": clock_s})
    )

    assert result.faults == ()
    assert result.reached


def test_a_full_disk_is_waited_out(stage: Stage, enumeration: Enumeration, tmp_path: Path) -> None:
    disk = _Disk(tmp_path)

    def answered(phase: str) -> None:
        if phase == "approve":
            wait_until(lambda: _is_put_off(stage), "the run is put off", timeout_s=30)
            disk.make_room()

    disturbance = Disturbance(
        before=disk.fill,
        answered=answered,
        afterwards=lambda _: disk.unmount(),
        reasons=frozenset({"retry"}),
        victim=disk.entry,
        settings={"DECISIONWORKS_POLL_S": "0.5"},
    )
    try:
        result = stage.disturb(None, _without_disk(enumeration.calm["main"]), disturbance)
    finally:
        disk.unmount()

    assert result.faults == ()
    assert disk.was_full


def test_ten_workers_work_one_job_once_and_one_of_nine_takes_it_over(stage: Stage, enumeration: Enumeration) -> None:
    workers = [stage.start_worker(**SHORT_LEASE) for _ in range(10)]
    for worker in workers:
        stage.wait_until_registered(worker)

    asked = str(stage.post("request", "/projects/default/decision-sets", _request())["id"])
    stage.wait_for(asked, "gate_waiting")
    before = _claims(stage, asked)
    stage.post("approve", f"/decision-sets/{asked}/approve", {})
    wait_until(lambda: len(_claims(stage, asked)) == 2, "somebody builds", timeout_s=20)
    [builder] = [worker for worker in workers if worker.pid == _claims(stage, asked)[1][1]]
    end(builder)
    stage.wait_for(asked, "completed")
    wait_until(lambda: stage.is_over(asked), "the job is over", timeout_s=20)
    claims = _claims(stage, asked)
    for worker in workers:
        end(worker)

    # The gate parks the job: one attempt before it, one after it, one more for the death, whoever rescues at once.
    assert [attempt for attempt, _ in before] == [1]
    assert [attempt for attempt, _ in claims] == [1, 2, 3]
    assert claims[2][1] != builder.pid
    assert broken_promises(stage.connection, [asked]) == []
    lost = "SELECT count(*) AS lost FROM job_attempts WHERE outcome = 'lost' AND job_id = (SELECT run_id FROM events"
    row = stage.connection.execute(f"{lost} WHERE stream_id = %s LIMIT 1)".encode(), (asked,)).fetchone()
    assert row == {"lost": 1}


class _Disk:
    """A disk without room for an artifact: a small tmpfs where we may mount one, else a store that is told so."""

    def __init__(self, directory: Path) -> None:
        self._flag = directory / "full"
        self._mounted: Path | None = None
        self.was_full = False
        self._flag.touch()
        self.entry = {"full_disk": str(self._flag)}

    def fill(self, data_dir: Path) -> None:
        place = data_dir / "artifacts"
        place.mkdir(parents=True)
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
        if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
            self._mounted = place
            self._flag.unlink()
            with contextlib.suppress(OSError), (place / "ballast").open("wb") as ballast:
                while ballast.write(b"0" * 4096):
                    ballast.flush()
        self.was_full = True

    def make_room(self) -> None:
        self._flag.unlink(missing_ok=True)
        if self._mounted is not None:
            (self._mounted / "ballast").unlink()

    def unmount(self) -> None:
        if self._mounted is not None:
            subprocess.run(["umount", "--lazy", str(self._mounted)], check=True)
            self._mounted = None


def _without_disk(calm: list[Told]) -> list[Told]:
    """The undisturbed run without the look at its files: their disk is gone when the look is taken."""
    return [{**told, "kept": [False] * len(told["kept"])} for told in calm]


def _is_put_off(stage: Stage) -> bool:
    return (
        stage.connection.execute("SELECT 1 FROM jobs WHERE state <> 'running' AND failures > 0").fetchone() is not None
    )


def _request() -> dict[str, str]:
    return {"request": CHURN, "on_missing": "assume"}


def _claims(stage: Stage, decision_set_id: str) -> list[tuple[int, int]]:
    rows = stage.connection.execute(
        "SELECT lease_token >> 20 AS attempt, process_id FROM crash.claims"
        " WHERE job_id = (SELECT run_id FROM events WHERE stream_id = %s LIMIT 1) ORDER BY lease_token",
        (decision_set_id,),
    ).fetchall()
    return [(row["attempt"], row["process_id"]) for row in rows]


def _statement_of_the_run(enumeration: Enumeration, turn: int, turns: int) -> Point:
    """One of some statements spread over a run's own work: what comes by the clock is left out."""
    names = {}
    for point in enumeration.points:
        if (point.story, point.victim, point.phase, point.moment) == ("main", "worker", RUN, "before"):
            names.setdefault((point.where, point.name), []).append(point)
    steady = [point for row in names.values() if len(row) > 1 and "pg_notify" not in row[0].name for point in row]
    chosen = [point for point in steady if point.where != CALL]
    return chosen[(2 * turn + 1) * len(chosen) // (2 * turns)]


def _beat(enumeration: Enumeration) -> Point:
    """The last statement of a heartbeat."""
    beats = [one for one in enumeration.points if one.phase == RUN and "heartbeat" in one.where]
    return next((one for one in beats if one.name.startswith("COMMIT")), beats[-1])


def _terminate(stage: Stage, which: str) -> int:
    """Cut the server's end of every connection of this database but our own."""
    statement = (
        "SELECT count(pg_terminate_backend(pid)) AS cut FROM pg_stat_activity"
        f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    )
    row = stage.connection.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row["cut"])


def _names_of(stage: Stage, process_id: int) -> int:
    row = stage.connection.execute(
        "SELECT count(*) AS names FROM crash.identities WHERE process_id = %s", (process_id,)
    ).fetchone()
    assert row is not None
    return int(row["names"])
