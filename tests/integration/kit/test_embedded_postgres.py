"""The embedded server, for real: started, joined, killed and started again."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from decisionworks.kit.postgres import DataDirBusy, DataDirUnusable, EmbeddedPostgres, ServerFailed, binaries
from decisionworks.kit.postgres.process import recorded_pid

Start = Callable[..., EmbeddedPostgres]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    return private / "pg"


@pytest.fixture
def server(data_dir: Path) -> Iterator[Callable[[], EmbeddedPostgres]]:
    made: list[EmbeddedPostgres] = []

    def make(**options: str) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(data_dir, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.stop()


def pid_of(data_dir: Path) -> int:
    pid = recorded_pid(data_dir / "cluster")
    assert pid is not None
    return pid


def test_what_was_written_is_there_after_a_stop_and_a_start(server: Start) -> None:
    first = server(database="books")
    with psycopg.connect(first.start()) as connection:
        connection.execute("CREATE TABLE titles (name text)")
        connection.execute("INSERT INTO titles VALUES ('Middlemarch')")
    first.stop()
    assert not first.is_running()

    second = server(database="books")
    url = second.start()

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM titles").fetchall() == [("Middlemarch",)]


def test_the_server_is_durable_closed_to_the_network_and_sorts_the_same_everywhere(server: Start) -> None:
    url = server().start()

    with psycopg.connect(url) as connection:
        shown = {
            name: connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            for name in ("fsync", "synchronous_commit", "listen_addresses", "server_encoding", "max_connections")
        }
        locale = connection.execute(
            "SELECT datlocprovider::text, datlocale, datcollate FROM pg_database WHERE datname = current_database()"
        ).fetchone()

    assert shown == {
        "fsync": ("on",),
        "synchronous_commit": ("on",),
        "listen_addresses": ("",),
        "server_encoding": ("UTF8",),
        "max_connections": ("200",),
    }
    assert locale == ("b", "C.UTF-8", "C")


def test_a_second_user_joins_the_server_and_the_last_one_ends_it(server: Start, data_dir: Path) -> None:
    first, second = server(), server()
    first.start()
    pid = pid_of(data_dir)

    second.start()
    first.stop()

    assert pid_of(data_dir) == pid
    assert second.is_running()
    second.stop()
    assert not second.is_running()
    assert recorded_pid(data_dir / "cluster") is None


def test_starts_at_the_same_moment_share_one_server(server: Start, data_dir: Path) -> None:
    servers = [server() for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        urls = set(pool.map(lambda one: one.start(), servers))

    assert len(urls) == 1
    assert all(one.is_running() for one in servers)


def test_a_server_killed_without_warning_starts_again_with_its_data(server: Start, data_dir: Path) -> None:
    one = server()
    with psycopg.connect(one.start()) as connection:
        connection.execute("CREATE TABLE kept (x int)")
    killed = pid_of(data_dir)
    os.kill(killed, signal.SIGKILL)

    url = one.start()

    assert pid_of(data_dir) != killed
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_server_whose_starter_was_killed_is_taken_over_and_ended_cleanly(server: Start, data_dir: Path) -> None:
    code = "import sys, time, pathlib; from decisionworks.kit.postgres import EmbeddedPostgres as E;"
    code += "E(pathlib.Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(data_dir)], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"up\n"
        orphan = pid_of(data_dir)
        starter.kill()

    heir = server()
    heir.start()

    assert pid_of(data_dir) == orphan
    heir.stop()
    assert not heir.is_running()


def test_a_lock_file_that_names_a_stranger_does_not_keep_the_server_down(server: Start, data_dir: Path) -> None:
    one = server()
    one.start()
    os.kill(pid_of(data_dir), signal.SIGKILL)
    lock = data_dir / "cluster" / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = lock.read_text().splitlines(keepends=True)
        lock.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))

        one.start()

        assert pid_of(data_dir) != stranger.pid
        assert one.is_running()
        stranger.kill()


def test_a_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    one = EmbeddedPostgres(tmp_path / ("long" * 30) / "pg")
    try:
        url = one.start()

        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        one.stop()


def test_a_data_directory_that_is_a_file_is_refused_by_name(tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.touch()

    with pytest.raises(DataDirUnusable, match="occupied is not a directory"):
        EmbeddedPostgres(occupied).start()


def test_a_cluster_of_another_version_is_left_alone_and_named(server: Start, data_dir: Path) -> None:
    cluster = data_dir / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("16\n")

    with pytest.raises(DataDirUnusable, match=r"made by PostgreSQL 16, this one is 18"):
        server().start()
    assert [entry.name for entry in cluster.iterdir()] == ["PG_VERSION"]


def test_a_start_that_died_in_the_middle_of_making_the_cluster_is_made_anew(server: Start, data_dir: Path) -> None:
    (data_dir / "cluster.new" / "base").mkdir(parents=True)
    (data_dir / "cluster.new" / "PG_VERSION").write_text("18\n")

    one = server()
    one.start()

    assert one.is_running()
    assert not (data_dir / "cluster.new").exists()


def test_who_waits_too_long_for_another_start_learns_its_process(server: Start, data_dir: Path) -> None:
    data_dir.mkdir()
    with (data_dir / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711")
        held.flush()

        with pytest.raises(DataDirBusy, match="in use by pid 4711"):
            server().start(timeout_s=0.1)


def test_a_server_that_cannot_start_says_why(server: Start, data_dir: Path) -> None:
    one = EmbeddedPostgres(data_dir, settings={"shared_buffers": "no number"})

    with pytest.raises(ServerFailed, match="shared_buffers"):
        one.start()


def test_its_log_stays_bounded(server: Start, data_dir: Path) -> None:
    one = server()
    one.start()
    with one.log_path.open("ab") as log:
        log.write(b"x" * 5_000_000)

    one.trim_log()

    assert one.log_path.stat().st_size == 0
    assert one.log_path.with_suffix(".log.1").stat().st_size == 4_000_000


def test_starting_and_stopping_is_quick_enough_to_be_done_for_one_command(server: Start) -> None:
    one = server()
    one.start()
    one.stop()

    started = time.monotonic()
    one.start()
    warm_s = time.monotonic() - started

    assert warm_s < 3  # measured 0.04 s; a loaded machine gets room


@as_root
def test_root_keeps_the_modes_of_the_directories_above(server: Start, data_dir: Path) -> None:
    server().start()

    assert data_dir.parent.stat().st_mode & 0o777 == 0o700
    assert (data_dir / "cluster").stat().st_uid != 0


@as_root
def test_root_lends_the_programs_to_a_user_who_cannot_reach_the_installed_ones(
    server: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    installed = binaries._package_dir()
    for part in (installed, installed.with_name(f"{installed.name}.libs")):
        if part.is_dir():
            subprocess.run(["cp", "-R", part, hidden / part.name], check=True)
    monkeypatch.setattr(binaries, "_package_dir", lambda: hidden / installed.name)

    with tempfile.TemporaryDirectory(dir="/var/lib") as shelf:
        Path(shelf).chmod(0o755)
        monkeypatch.setattr(binaries, "_SHELVES", (shelf,))
        one = server()
        one.start()

        assert one.is_running()
        assert [entry.name[:11] for entry in (Path(shelf) / "decisionworks").iterdir()] == ["postgresql-"]
        one.stop()
