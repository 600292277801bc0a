"""Attacks that use up what the machine has, or that try to be there when all is over.

Each needs a little more than its limit and then waits; what still runs after that has got out.
"""

from __future__ import annotations

from decisionworks.sandbox.attacks.model import Attack
from decisionworks.sandbox.model import Sockets

_MEBIBYTE = 1 << 20
# Long enough for a watcher on a busy machine; short, because only what gets out waits for it.
_WAIT = """
def wait(what):
    time.sleep(12)
    escaped(what)
"""
_FILL = (
    _WAIT
    + """
def fill(file):
    for _ in range(4):
        os.write(file, b"x" * (1 << 20))
"""
)

_PROCESSES = (
    Attack(
        id="fork-bomb",
        family="processes",
        aim="start processes until none can be started",
        code=_WAIT
        + """
started = 0
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        started += 1
    except OSError:
        break
if started > 150:
    wait("more processes than the limit")
""",
    ),
    Attack(
        id="thread-bomb",
        family="processes",
        aim="start threads until none can be started",
        code=_WAIT
        + """
import threading
threading.stack_size(65536)
started = 0
for _ in range(400):
    try:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        started += 1
    except (RuntimeError, MemoryError):
        break
if started > 300:
    wait("more threads than the limit")
os._exit(0)
""",
    ),
    Attack(
        id="slip-away",
        family="processes",
        aim="leave a process behind that has a session of its own and no parent",
        code="""
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        time.sleep(60)
    os._exit(0)
os.wait()
""",
    ),
    Attack(
        id="outlive-a-timeout",
        family="processes",
        aim="go on after its time, asleep and slipped away",
        limits={"wall_s": 1.0},
        code="""
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
        break
time.sleep(20)
escaped("it went on after its time")
""",
    ),
)
_MEMORY = (
    Attack(
        id="memory",
        family="memory",
        aim="take more memory than its limit in one process",
        limits={"memory_bytes": 64 * _MEBIBYTE},
        code=_WAIT + "taken = bytearray(os.urandom(1 << 20) * 160)\nwait('more memory than the limit')\n",
    ),
    Attack(
        id="memory-of-many",
        family="memory",
        aim="take it in many processes, each with little",
        limits={"memory_bytes": 64 * _MEBIBYTE},
        code=_WAIT
        + """
for _ in range(8):
    if os.fork() == 0:
        break
taken = bytearray(os.urandom(1 << 20) * 20)
wait("more memory than the limit")
""",
    ),
    Attack(
        id="memory-of-nobody",
        family="memory",
        aim="take memory that belongs to no process: shared, segments, messages, files in memory",
        code="""
escapes("shared memory", mmap.mmap, -1, 1 << 20)
escapes("a segment", lambda: call("shmget", 0, 1 << 20, 0o1600))
escapes("messages", lambda: call("msgget", 0, 0o1600))
escapes("semaphores", lambda: call("semget", 0, 1, 0o1600))
escapes("a queue", lambda: system_call(240, 180, b"q", os.O_CREAT | os.O_RDWR, 0o600, None))
escapes("a file in memory", os.memfd_create, "x")
escapes("/dev/shm", lambda: open("/dev/shm/decisionworks-attack", "x"))
""",
    ),
    Attack(
        id="shared-memory-of-tools",
        family="memory",
        aim="take it shared between processes where that is allowed, as for a database server",
        limits={"memory_bytes": 64 * _MEBIBYTE},
        sockets=Sockets.UNIX,
        code=_WAIT
        + """
taken = mmap.mmap(-1, 160 << 20)
for place in range(0, len(taken), 4096):
    taken[place] = 1
os.fork()
wait("more shared memory than the limit")
""",
    ),
    Attack(
        id="memory-in-sockets",
        family="memory",
        aim="keep it in the kernel, as words that nobody reads from pairs of sockets",
        limits={"memory_bytes": 64 * _MEBIBYTE},
        code=_WAIT
        + """
kept, total = [], 0
for _ in range(7):
    if os.fork() == 0:
        break
try:
    while total < 160 << 20:
        pair = socket.socketpair()
        kept.append(pair)
        for end in pair:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            end.setblocking(False)
            try:
                while True:
                    total += end.send(b"x" * 65536)
            except BlockingIOError:
                pass
except OSError:
    pass
if total > 9 << 20:
    wait("more memory in sockets than the limit")
""",
    ),
)
_DISK = (
    Attack(
        id="large-file",
        family="disk",
        aim="write a file past its limit, or make one that only looks large",
        code="""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def write(length):
    with open(here["output"] + "/large", "wb", buffering=0) as file:
        file.seek(length)
        file.write(b"x")
escapes("a file past its limit", write, 5 << 20)
escapes("a file of a terabyte with a hole", lambda: os.truncate(here["output"] + "/large", 1 << 40))
escapes("room for a large file",
        lambda: os.posix_fallocate(os.open(here["output"] + "/large", os.O_RDWR), 0, 64 << 20))
""",
    ),
    Attack(
        id="many-files",
        family="disk",
        aim="fill the disk with many files",
        code=_FILL
        + """
for number in range(16):
    fill(os.open(f"{here['output']}/{number}", os.O_CREAT | os.O_RDWR))
wait("more on disk than the limit")
""",
    ),
    Attack(
        id="files-without-names",
        family="disk",
        aim="fill it with files that have no name: open, or only mapped",
        code=_FILL
        + """
kept = []
for number in range(16):
    name = f"{here['output']}/{number}"
    file = os.open(name, os.O_CREAT | os.O_RDWR)
    os.unlink(name)
    fill(file)
    if number % 2:
        kept.append(mmap.mmap(file, 4 << 20))
        os.close(file)
wait("more on disk than the limit")
""",
    ),
    Attack(
        id="files-on-their-way",
        family="disk",
        aim="fill it with files that only a letter between two sockets still knows",
        code=_FILL
        + """
import array
here_end, there_end = socket.socketpair()
for number in range(16):
    name = f"{here['output']}/{number}"
    file = os.open(name, os.O_CREAT | os.O_RDWR)
    os.unlink(name)
    fill(file)
    here_end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))])
    os.close(file)
wait("more on disk than the limit")
""",
    ),
    Attack(
        id="deep-directories",
        family="disk",
        aim="fill it further down than any path reaches",
        code=_FILL
        + """
os.chdir(here["output"])
for _ in range(25):
    os.mkdir("deeper" * 40)
    os.chdir("deeper" * 40)
for number in range(16):
    fill(os.open(str(number), os.O_CREAT | os.O_RDWR))
wait("more on disk than the limit")
""",
    ),
    Attack(
        id="locked-directory",
        family="disk",
        aim="fill it in a directory that it has locked behind itself",
        code=_FILL
        + """
os.chdir(here["output"])
os.mkdir("locked")
os.chdir("locked")
os.chmod(".", 0o300)
for number in range(16):
    fill(os.open(str(number), os.O_CREAT | os.O_RDWR))
wait("more on disk than the limit")
""",
    ),
    Attack(
        id="process-in-the-dark",
        family="disk",
        aim="fill it with files without names in a process that may not be looked at",
        code=_FILL
        + """
call("prctl", 4, 0, 0, 0, 0)
kept = []
for number in range(16):
    name = f"{here['output']}/{number}"
    file = os.open(name, os.O_CREAT | os.O_RDWR)
    os.unlink(name)
    fill(file)
    kept.append(file)
wait("more on disk than the limit")
""",
    ),
)
_TIME = (
    Attack(
        id="endless-loop",
        family="time and output",
        aim="use more processor time than its limit",
        limits={"cpu_s": 1},
        code="""
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while time.process_time() < 4:
    pass
escaped("more processor time than the limit")
""",
    ),
    Attack(
        id="endless-output",
        family="time and output",
        aim="say more than anybody can keep, for ever",
        limits={"wall_s": 1.0, "output_bytes": 65536},
        code="""
while True:
    os.write(1, b"x" * 65536)
""",
    ),
)

EXHAUSTING = (*_PROCESSES, *_MEMORY, *_DISK, *_TIME)
