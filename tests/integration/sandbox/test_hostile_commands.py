"""A command that does its worst, at each level that this machine has."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from decisionworks.sandbox import (
    MEBIBYTE,
    OutputRefused,
    Purpose,
    Sandbox,
    SandboxFailed,
    SandboxLevel,
    SandboxResult,
    Sockets,
    collect_file,
    probe,
)

Run = Callable[..., SandboxResult]

# What a command asks the kernel for itself.
LIBC = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
"""
ATTEMPT = """
import os, sys
def attempt(name, action):
    try:
        action()
    except Exception as error:
        print(name, type(error).__name__)
    else:
        print(name, "WORKED")
"""


def outcomes(result: SandboxResult) -> dict[str, str]:
    assert result.exit_code == 0, result
    return dict(line.split() for line in result.stdout.decode().splitlines())


def listening_end(fifo: Path) -> int:
    """Our end of a pipe that is closed when the last process that holds the other end has died."""
    os.mkfifo(fifo, 0o666)
    fifo.chmod(0o666)
    return os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)


def test_a_command_ends_with_its_own_exit_code_and_output(run: Run) -> None:
    result = run("import sys; print('said'); print('warned', file=sys.stderr); sys.exit(7)")

    assert (result.exit_code, result.stdout, result.stderr) == (7, b"said\n", b"warned\n")
    assert result.killed is None
    assert not result.has_succeeded


def test_a_command_that_dies_of_a_signal_says_which(run: Run) -> None:
    result = run("import os, signal; os.kill(os.getpid(), signal.SIGABRT)")

    assert (result.exit_code, result.signal, result.killed) == (None, 6, None)


def test_files_outside_cannot_be_read_or_written(run: Run, open_dir: Path) -> None:
    outside = open_dir / "outside.txt"
    outside.write_text("secret", encoding="ascii")
    outside.chmod(0o666)
    code = (
        ATTEMPT
        + """
attempt("read", lambda: open(sys.argv[1]).read())
attempt("write", lambda: open(sys.argv[1], "w").write("x"))
attempt("create", lambda: open(sys.argv[1] + ".new", "w"))
attempt("list", lambda: os.listdir(os.path.dirname(sys.argv[1])))
attempt("input", lambda: open("new", "w"))
attempt("shadow", lambda: open("/etc/shadow").read())
attempt("users", lambda: [line for line in open("/etc/passwd") if not line.startswith("sandbox:")][0])
attempt("system", lambda: open("/usr/planted", "w"))
attempt("device", lambda: os.mknod(os.path.join(os.environ["HOME"], "d"), 0o60666, 0))
"""
    )

    found = outcomes(run(code, str(outside)))

    assert set(found) == {"read", "write", "create", "list", "input", "shadow", "users", "system", "device"}
    assert "WORKED" not in found.values()
    assert outside.read_text(encoding="ascii") == "secret"


def test_nothing_of_our_environment_and_no_open_file_comes_along(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_TOKEN", "planted-secret")
    inherited = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    code = """
import os
open_files = []
for number in range(3, 200):
    try:
        os.fstat(number)
        open_files.append(number)
    except OSError:
        pass
print(sorted(os.environ)); print(open_files); print(repr(os.read(0, 10)))
"""

    try:
        environment, open_files, standard_input = run(code).stdout.decode().splitlines()
    finally:
        os.close(inherited)

    assert "CLOUD_TOKEN" not in environment
    assert "HOME" in environment
    assert (open_files, standard_input) == ("[]", "b''")


def test_no_network_not_even_to_ourselves(run: Run, open_dir: Path) -> None:
    code = (
        ATTEMPT
        + """
import socket
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(sys.argv[1]))))
attempt("ipv6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("unix", lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[2]))
attempt("pair", lambda: socket.socketpair())
"""
    )
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        (open_dir / "output").mkdir(exist_ok=True)
        unix.bind(str(open_dir / "output" / "s"))
        unix.listen(1)
        (open_dir / "output" / "s").chmod(0o777)

        found = outcomes(run(code, str(tcp.getsockname()[1]), str(open_dir / "output" / "s")))

    assert found.pop("pair") == "WORKED"
    assert set(found) == {"tcp", "udp", "ipv6", "netlink", "unix"}
    assert "WORKED" not in found.values()


def test_unix_sockets_where_they_are_allowed_reach_no_network_and_nobody_outside(run: Run, open_dir: Path) -> None:
    code = (
        ATTEMPT
        + """
import socket
def listen(path):
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
        listener.bind(path)
        listener.listen(1)
        caller.connect(path)
attempt("own", lambda: listen(sys.argv[3] + "/own"))
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(sys.argv[1]))))
attempt("ipv6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("vsock", lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[2]))
attempt("elsewhere", lambda: listen(sys.argv[4] + "/elsewhere"))
attempt("others", lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[4] + "/private/s"))
"""
    )
    private = open_dir / "private"
    private.mkdir(mode=0o700)
    name = f"outside-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as others,
    ):
        abstract.bind(f"\0{name}")
        abstract.listen(1)
        others.bind(str(private / "s"))
        others.listen(1)

        arguments = (str(tcp.getsockname()[1]), name, str(open_dir / "output"), str(open_dir))
        result = run(code, *arguments, sockets=Sockets.UNIX)

    found = outcomes(result)
    if result.controls["unix-sockets"] != "kept in (private root)":
        # Without namespaces only the owner's rights protect a socket, and the level says so.
        assert result.level is SandboxLevel.KERNEL_FILTERS
        del found["others"]
    assert found.pop("own") == "WORKED"
    assert "WORKED" not in found.values(), found
    assert result.controls["network"] == "Unix sockets only (seccomp)"


def test_kernel_interfaces_are_out_of_reach(run: Run) -> None:
    code = (
        ATTEMPT
        + LIBC
        + """
attempt("unshare-user", lambda: call("unshare", 0x10000000))
attempt("mount", lambda: call("mount", b"none", os.environ["HOME"].encode(), b"tmpfs", 0, None))
attempt("ptrace", lambda: call("ptrace", 16, os.getppid(), 0, 0))
attempt("chroot", lambda: os.chroot("."))
attempt("keyring", lambda: call("syscall", 250, 0, -3, 1) if os.uname().machine == "x86_64" else 1 / 0)
attempt("io_uring", lambda: call("syscall", 425, 8, ctypes.create_string_buffer(128)))
attempt("become-root", lambda: os.setuid(0) if os.getuid() else os.setgid(12345))
"""
    )

    found = outcomes(run(code))

    assert len(found) == 7
    assert "WORKED" not in found.values()


def test_our_processes_cannot_be_signalled(run: Run) -> None:
    code = (
        ATTEMPT
        + """
import signal
attempt("worker", lambda: os.kill(int(sys.argv[1]), 0))
attempt("jailer", lambda: os.kill(os.getppid(), signal.SIGKILL) if os.getppid() else 1 / 0)
"""
    )

    found = outcomes(run(code, str(os.getpid())))

    assert found["worker"] != "WORKED"
    assert found["jailer"] != "WORKED"


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


def test_many_files_together_stay_within_the_disk_limit(run: Run, open_dir: Path) -> None:
    code = """
import sys
for number in range(100000):
    with open(f"{sys.argv[1]}/{number}", "wb") as file:
        file.write(b"x" * (1 << 20))
"""

    result = run(code, str(open_dir / "output"), disk_bytes=16 * MEBIBYTE, wall_s=60)

    assert result.killed == "disk"
    assert not result.timed_out


def test_one_process_cannot_take_more_memory_than_its_limit(run: Run) -> None:
    result = run("print(len(bytearray(1 << 31)))", address_space_bytes=512 * MEBIBYTE)

    assert result.exit_code == 1
    assert b"MemoryError" in result.stderr


def test_processes_together_cannot_take_more_memory_than_the_limit(run: Run) -> None:
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        taken = bytearray(os.urandom(1 << 20) * 64)
        time.sleep(60)
time.sleep(60)
"""

    result = run(code, memory_bytes=128 * MEBIBYTE)

    assert result.killed == "memory"


def test_memory_that_belongs_to_no_process_is_not_given(run: Run) -> None:
    code = (
        ATTEMPT
        + LIBC
        + """
import mmap
attempt("shared", lambda: mmap.mmap(-1, 1 << 20))
attempt("zeros", lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 1 << 20))
attempt("file", lambda: os.memfd_create("x"))
attempt("segment", lambda: call("shmget", 0, 1 << 20, 0o1600))
attempt("messages", lambda: call("msgget", 0, 0o1600))
attempt("semaphores", lambda: call("semget", 0, 1, 0o1600))
attempt("private", lambda: mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
"""
    )

    found = outcomes(run(code))

    assert found.pop("private") == "WORKED"
    assert len(found) == 6
    assert "WORKED" not in found.values(), found


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


@pytest.mark.parametrize("after", ["", "kept = [mmap.mmap(file.fileno(), 1 << 20) for file in kept]"])
def test_files_without_a_name_count_against_the_disk_limit(run: Run, open_dir: Path, after: str) -> None:
    code = f"""
import mmap, os, sys, time
kept = []
for number in range(32):
    file = open(f"{{sys.argv[1]}}/{{number}}", "w+b")
    os.unlink(file.name)
    file.write(b"x" * (1 << 20))
    file.flush()
    kept.append(file)
{after}
time.sleep(60)
"""

    result = run(code, str(open_dir / "output"), disk_bytes=16 * MEBIBYTE, wall_s=60)

    assert result.killed == "disk"


def test_a_timeout_ends_the_whole_tree_and_those_who_slipped_away(run: Run, open_dir: Path) -> None:
    (open_dir / "output").mkdir(exist_ok=True)
    survivors = listening_end(open_dir / "output" / "alive")
    code = """
import os, sys, time
alive = open(sys.argv[1], "w")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    os._exit(0)
time.sleep(600)
"""

    result = run(code, str(open_dir / "output" / "alive"), wall_s=1)

    assert (result.timed_out, result.killed, result.exit_code) == (True, "wall-time", None)
    assert os.read(survivors, 10) == b""
    os.close(survivors)


def test_a_command_that_ends_leaves_no_process_behind(run: Run, open_dir: Path) -> None:
    (open_dir / "output").mkdir(exist_ok=True)
    survivors = listening_end(open_dir / "output" / "alive")
    code = """
import os, sys, time
alive = open(sys.argv[1], "w")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait()
"""

    result = run(code, str(open_dir / "output" / "alive"))

    assert result.exit_code == 0
    assert os.read(survivors, 10) == b""
    os.close(survivors)


def test_endless_output_keeps_its_beginning_and_its_end(run: Run) -> None:
    code = "import sys; print('first'); sys.stdout.write('x' * 30_000_000); print('last')"

    result = run(code, output_bytes=1000)

    assert result.truncated
    assert result.stdout.startswith(b"first\n")
    assert result.stdout.endswith(b"last\n")
    assert len(result.stdout) < 1100


def test_a_worker_that_is_killed_takes_its_command_with_it(sandbox: Sandbox, open_dir: Path) -> None:
    (open_dir / "output").mkdir(exist_ok=True)
    fifo = open_dir / "output" / "alive"
    survivors = listening_end(fifo)
    os.set_blocking(survivors, True)
    code = f"""
import sys
from pathlib import Path
from decisionworks.sandbox import Limits, Sandbox, SandboxLevel
command = "import sys, time; f = open(sys.argv[1], 'w'); f.write('up'); f.flush(); time.sleep(600)"
Sandbox(level=SandboxLevel("{sandbox.level}"), scratch_dir=Path("{open_dir}")).run(
    [sys.executable, "-I", "-S", "-c", command, "{fifo}"],
    work_dir=Path("{open_dir}"), writable=[Path("{open_dir / "output"}")], limits=Limits(wall_s=900),
)
"""
    keeper = os.open(fifo, os.O_WRONLY)
    worker = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL)
    assert os.read(survivors, 2) == b"up"

    os.close(keeper)
    worker.kill()
    worker.wait()

    assert select.select([survivors], [], [], 20)[0], "the command is still alive"
    assert os.read(survivors, 10) == b""
    os.close(survivors)


def test_a_planted_link_is_not_followed_when_output_is_collected(run: Run, open_dir: Path) -> None:
    outside = open_dir / "outside"
    outside.mkdir()
    (outside / "report.json").write_text("secret", encoding="ascii")
    code = """
import os, sys
os.chdir(sys.argv[1])
os.symlink(sys.argv[2] + "/report.json", "link.json")
os.symlink(sys.argv[2], "folder")
os.mkfifo("pipe.json")
open("large.json", "w").write("x" * 100)
open("good.json", "w").write("fine")
"""

    result = run(code, str(open_dir / "output"), str(outside))

    assert result.has_succeeded, result
    assert collect_file(open_dir / "output", "good.json") == b"fine"
    for name in ("link.json", "folder/report.json", "pipe.json", "missing.json", "../outside/report.json"):
        with pytest.raises(OutputRefused):
            collect_file(open_dir / "output", name)
    with pytest.raises(OutputRefused, match="more than 50 bytes"):
        collect_file(open_dir / "output", "large.json", limit_bytes=50)


def test_a_program_that_is_not_there_is_an_error_of_the_sandbox(sandbox: Sandbox, open_dir: Path) -> None:
    with pytest.raises(SandboxFailed, match="No such file"):
        sandbox.run([str(open_dir / "nothing")], work_dir=open_dir)


def test_what_holds_a_command_is_said(run: Run) -> None:
    controls = run("pass").controls

    assert controls["network"] == "no sockets (seccomp)"
    assert controls["system-calls"] == "filtered (seccomp)"
    assert controls["identity"] in {
        "own user, no capabilities",
        "the worker's user, no capabilities",
        "root without capabilities",
        "root; capabilities come back in programs that it starts",
    }


def test_nothing_is_left_in_the_scratch_directory_even_of_a_locked_folder(run: Run, open_dir: Path) -> None:
    before = sorted(path.name for path in open_dir.iterdir())
    code = """
import os
deep = os.path.join(os.environ["HOME"], "locked", "deeper")
os.makedirs(deep)
os.chmod(deep, 0)
os.chmod(os.path.dirname(deep), 0)
"""

    result = run(code)

    assert result.has_succeeded, result
    assert sorted(path.name for path in open_dir.iterdir()) == before


def test_a_scratch_directory_is_made_when_it_is_not_there_and_its_absence_is_said(open_dir: Path) -> None:
    (open_dir / "file").write_text("in the way", encoding="ascii")

    assert probe(scratch_dir=open_dir / "new" / "deeper") in SandboxLevel
    with pytest.raises(SandboxFailed, match="no place for a scratch directory"):
        Sandbox(level=SandboxLevel.LIMITS_ONLY, scratch_dir=open_dir / "file").run(
            ["/bin/true"], work_dir=open_dir, purpose=Purpose.PARSE
        )


def test_places_that_only_we_can_reach_can_be_used_all_the_same(sandbox: Sandbox, open_dir: Path) -> None:
    closed = open_dir / "closed"
    for name in ("scratch", "work", "output"):
        (closed / name).mkdir(parents=True)
    (closed / "work" / "input.txt").write_text("input", encoding="ascii")
    closed.chmod(0o700)
    code = "import sys; open(sys.argv[1] + '/out.txt', 'w').write(open('input.txt').read() + ' seen')"

    result = replace(sandbox, scratch_dir=closed / "scratch").run(
        [sys.executable, "-I", "-S", "-c", code, str(closed / "output")],
        work_dir=closed / "work",
        writable=[closed / "output"],
    )

    assert result.has_succeeded, result
    assert collect_file(closed / "output", "out.txt") == b"input seen"
