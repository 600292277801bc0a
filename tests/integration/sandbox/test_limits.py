"""What a command may use, and what it may not, at each level that this machine has."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from decisionworks.sandbox import MEBIBYTE, SandboxResult, Sockets

Run = Callable[..., SandboxResult]


def listening_end(fifo: Path) -> int:
    """Our end of a pipe that is closed when the last process that holds the other end has died."""
    os.mkfifo(fifo, 0o666)
    fifo.chmod(0o666)
    return os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)


def test_a_fork_bomb_stays_small_and_leaves_nobody(run: Run, open_dir: Path) -> None:
    (open_dir / "output").mkdir(exist_ok=True)
    survivors = listening_end(open_dir / "output" / "alive")
    code = """
import os, sys, time
alive = open(sys.argv[1], "w")
started = 0
for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        started += 1
    except OSError:
        break
else:
    time.sleep(60)
print(started)
"""

    result = run(code, str(open_dir / "output" / "alive"), processes=20)

    assert result.killed == "processes" or int(result.stdout) <= 20 + threads_of_this_user()
    assert os.read(survivors, 10) == b""
    os.close(survivors)


def threads_of_this_user() -> int:
    """A limit on processes counts those that the user already has, unless the command has a user of its own."""
    if os.geteuid() == 0:
        return 0
    mine = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and entry.stat().st_uid == os.geteuid()]
    return sum(len(list((entry / "task").iterdir())) for entry in mine)


def test_no_file_grows_past_its_limit(run: Run, open_dir: Path) -> None:
    code = """
import os, sys
with open(sys.argv[1], "wb", buffering=0) as file:
    try:
        for _ in range(64):
            file.write(b"x" * (1 << 20))
    except OSError as error:
        print(error.errno)
"""

    result = run(code, str(open_dir / "output" / "big"), file_bytes=4 * MEBIBYTE)

    assert (open_dir / "output" / "big").stat().st_size <= 4 * MEBIBYTE
    assert result.exit_code != 0 or result.stdout == b"27\n"


def test_one_process_cannot_take_more_memory_than_its_limit(run: Run) -> None:
    result = run("print(len(bytearray(1 << 31)))", address_space_bytes=512 * MEBIBYTE)

    assert result.exit_code == 1
    assert b"MemoryError" in result.stderr


def test_memory_that_processes_share_is_counted_once_and_counted(run: Run) -> None:
    code = """
import mmap, os, sys, time
taken = mmap.mmap(-1, int(sys.argv[1]) << 20)
for place in range(0, len(taken), 4096):
    taken[place] = 1
for _ in range(3):
    if os.fork() == 0:
        sum(taken[place] for place in range(0, len(taken), 4096))
        time.sleep(1)
        os._exit(0)
time.sleep(float(sys.argv[2]))
"""

    within = run(code, "64", "1", sockets=Sockets.UNIX, memory_bytes=128 * MEBIBYTE)
    beyond = run(code, "160", "60", sockets=Sockets.UNIX, memory_bytes=128 * MEBIBYTE)

    assert within.exit_code == 0, within
    assert beyond.killed == "memory"
