"""The wire itself: what it counts, and that a kill before a statement and one after it are just that."""

from __future__ import annotations

import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.crash.wire.frames import fingerprint
from tests.crash.wire.marker import NAME, insert, write_marks
from tests.crash.wire.process import Wire
from tests.crash.wire.tap import Armed, Moment, Seen


@pytest.fixture
def wire(database_url: str) -> Iterator[Wire]:
    made = Wire(database_url)
    yield made
    made.close()


@pytest.fixture
def marks(database_url: str) -> Iterator[str]:
    """A table of this test's own."""
    name = f"marks_{uuid.uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {name} (n integer)".encode())
        yield name
        connection.execute(f"DROP TABLE {name}".encode())


def test_values_make_no_difference_to_a_fingerprint() -> None:
    one = fingerprint("-- says why\nSELECT a  FROM t WHERE b = 'it''s' AND c = 12")
    other = fingerprint("SELECT a FROM t WHERE b = 'x' AND c = 3.5")

    assert one == other == "SELECT a FROM t WHERE b = ? AND c = ?"
    assert fingerprint("SELECT a FROM t") != fingerprint("SELECT b FROM t")


@pytest.mark.parametrize("how", ["simple", "extended", "pipeline"])
def test_every_statement_is_counted_by_its_kind(wire: Wire, marks: str, how: str) -> None:
    url = wire.open_tap("counted")

    write_marks(url, marks, how)

    seen = [(one.connection, one.nth) for one in wire.passed("counted") if one.statement.startswith("INSERT")]
    assert seen == [(NAME, 1), (NAME, 2), (NAME, 3)]


@pytest.mark.parametrize("how", ["simple", "extended", "pipeline"])
@pytest.mark.parametrize(("moment", "left"), [("before", [1]), ("after", [1, 2])])
def test_a_kill_before_a_statement_leaves_it_undone_and_one_after_it_done(
    wire: Wire, database_url: str, marks: str, how: str, moment: Moment, left: list[int]
) -> None:
    url = wire.open_tap("deadly")
    statement = fingerprint(insert(marks, how))
    wire.arm("deadly", Armed(Seen("start", NAME, statement, 2), moment, "kill"))

    process = _start(url, marks, how)
    process.wait(30)

    assert process.returncode == -signal.SIGKILL
    assert wire.report(5) == ("killed", "deadly", process.pid)
    with psycopg.connect(database_url) as connection:
        found = connection.execute(f"SELECT n FROM {marks} ORDER BY n".encode()).fetchall()
    # Nobody sent the end of the pipeline, so that none of it is kept.
    assert [n for (n,) in found] == ([] if how == "pipeline" else left)


def test_a_held_statement_waits_until_it_is_let_go(wire: Wire, database_url: str, marks: str) -> None:
    url = wire.open_tap("held")
    statement = fingerprint(insert(marks, "extended"))
    wire.arm("held", Armed(Seen("start", NAME, statement, 2), "before", "hold"))

    process = _start(url, marks, "extended")
    report = wire.report(30)
    with psycopg.connect(database_url, autocommit=True) as connection:
        before = connection.execute(f"SELECT count(*) FROM {marks}".encode()).fetchall()
        wire.let_go("held")
        process.wait(30)
        after = connection.execute(f"SELECT count(*) FROM {marks}".encode()).fetchall()

    assert report == ("held", "held")
    assert (before, after) == ([(1,)], [(3,)])
    assert process.returncode == 0


def _start(url: str, table: str, how: str) -> subprocess.Popen[bytes]:
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen([sys.executable, "-m", "tests.crash.wire.marker", url, table, how], cwd=root)
