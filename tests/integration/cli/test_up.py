"""The whole platform as one command: up, hurt, still up, down."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from decisionworks.kit.postgres import EmbeddedPostgres
from decisionworks.kit.postgres.process import recorded_pid

READY_WITHIN_S = 90
END_WITHIN_S = 10


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str
    data_dir: Path

    def children(self, module: str) -> set[int]:
        return {pid for pid, parent, command in processes() if parent == self.process.pid and module in command}

    def wait_ready(self) -> None:
        wait_until(lambda: readyz(self.url) == 200, "the platform is ready")


def processes() -> Iterator[tuple[int, int, str]]:
    listed = subprocess.run(["ps", "-axo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        pid, parent, state, command = line.split(maxsplit=3)
        if not state.startswith("Z"):
            yield int(pid), int(parent), command


def wait_until(condition: Callable[[], bool], what: str, *, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    pause = socket.socketpair()
    pause[0].settimeout(0.05)
    try:
        while not condition():
            assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
            try:
                pause[0].recv(1)
            except TimeoutError:
                continue
    finally:
        for end in pause:
            end.close()


def readyz(url: str) -> int | None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def command(data_dir: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "decisionworks.cli.up", "--port", "0", "--data-dir", str(data_dir), *more]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DECISIONWORKS_"))}
    # No test here previews; a planner process would load beside each start.
    return kept | {"DECISIONWORKS_PREVIEW_AHEAD": "false"} | more


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    started: list[subprocess.Popen[str]] = []

    def start() -> Running:
        process = subprocess.Popen(
            command(tmp_path / "data"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment()
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), line
        return Running(process=process, url=line.split()[1], data_dir=tmp_path / "data")

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)
    leftover = EmbeddedPostgres(tmp_path / "data" / "postgres")
    if leftover.is_running():
        leftover.start()
        leftover.stop()


def refused(data_dir: Path, *more: str, **variables: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [*command(data_dir), *more],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(**variables),
    )
    assert done.stdout == ""
    return done.returncode, [line for line in done.stderr.splitlines() if not line.startswith("{")]


def test_what_dies_is_started_again_and_the_end_leaves_nothing_running(up: Callable[[], Running]) -> None:
    platform = up()
    address = json.loads((platform.data_dir / "server.json").read_text())
    assert address["url"] == platform.url
    assert (platform.data_dir / "server.json").stat().st_mode & 0o777 == 0o600
    before = platform.children("decisionworks_worker") | platform.children("decisionworks_api")
    postgres = recorded_pid(platform.data_dir / "postgres" / "cluster")
    assert len(before) == 3
    assert postgres is not None

    for pid in (*before, postgres):
        os.kill(pid, signal.SIGKILL)

    def all_anew() -> bool:
        now = platform.children("decisionworks_worker") | platform.children("decisionworks_api")
        return len(now) == 3 and not now & before

    wait_until(all_anew, "every process has a successor")
    platform.wait_ready()

    successor = recorded_pid(platform.data_dir / "postgres" / "cluster")
    family = platform.children("decisionworks") | {successor}
    started = time.monotonic()
    platform.process.send_signal(signal.SIGINT)
    assert platform.process.wait(timeout=30) == 0
    assert time.monotonic() - started < END_WITHIN_S
    assert family & {pid for pid, _, _ in processes()} == set()
    assert not (platform.data_dir / "server.json").exists()


def test_a_second_start_goes_on_where_the_first_stopped(up: Callable[[], Running]) -> None:
    first = up()
    token = json.loads((first.data_dir / "server.json").read_text())["token"]
    projects = ask(first.url, token)
    first.process.terminate()
    assert first.process.wait(timeout=30) == 0

    second = up()

    assert json.loads((second.data_dir / "server.json").read_text())["token"] == token
    assert ask(second.url, token) == projects


def ask(url: str, token: str) -> object:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    connection.request("GET", "/api/v1/projects", headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    assert response.status == 200, body
    return body


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_a_supervisor_killed_without_warning_takes_its_processes_along(up: Callable[[], Running]) -> None:
    platform = up()
    family = platform.children("decisionworks")
    assert len(family) == 3

    platform.process.kill()
    platform.process.wait(timeout=10)

    wait_until(lambda: not family & {pid for pid, _, _ in processes()}, "no process outlives its supervisor")
    assert readyz(up().url) == 200


def test_a_second_start_on_a_data_directory_in_use_names_who_uses_it(up: Callable[[], Running]) -> None:
    first = up()

    code, said = refused(first.data_dir)

    assert code == 1
    assert said == [f"error: data directory {first.data_dir} is in use by pid {first.process.pid}"]
    assert readyz(first.url) == 200


def test_a_taken_port_ends_the_start_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        code, said = refused(tmp_path / "data", "--port", str(port))

    assert code == 2
    assert len(said) == 1
    assert said[0].startswith(f"error: cannot listen on 127.0.0.1:{port}: address already in use; ")
    assert not (tmp_path / "data").exists()


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, said = refused(tmp_path / "file" / "data")

    assert code == 2
    assert len(said) == 1
    assert said[0].startswith(f"error: data directory {tmp_path}/file/data cannot be used: ")


def test_a_database_that_is_down_is_said_to_be(tmp_path: Path) -> None:
    code, said = refused(tmp_path / "data", DATABASE_URL="postgresql://postgres@127.0.0.1:1/nothing")

    assert code == 7
    assert len(said) == 1
    assert "cannot connect to PostgreSQL" in said[0]


def test_a_setting_that_is_wrong_is_named_with_its_remedy(tmp_path: Path) -> None:
    code, said = refused(tmp_path / "data", DECISIONWORKS_LEASE_S="soon")

    assert code == 2
    assert len(said) == 1
    assert "DECISIONWORKS_LEASE_S" in said[0]
    assert not (tmp_path / "data").exists()
