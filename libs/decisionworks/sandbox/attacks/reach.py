"""Attacks that reach for what is not theirs: files, the network, the kernel, other processes.

Each leaves the machine as it was, also where nothing holds it: files are opened and not written, processes are asked
with signal 0, and what is changed about another process is set to what it already is.
"""

from __future__ import annotations

from decisionworks.sandbox.attacks.model import Attack
from decisionworks.sandbox.model import SandboxLevel, Sockets

_FILES = (
    Attack(
        id="read-outside",
        family="files",
        aim="read another's file, list its directory, read the users' passwords",
        code="""
escapes("a file outside was read", lambda: open(here["secret"]).read())
escapes("a directory outside was listed", lambda: os.listdir(os.path.dirname(here["secret"])))
escapes("the passwords were read", lambda: open("/etc/shadow").read())
""",
    ),
    Attack(
        id="write-outside",
        family="files",
        aim="write another's file, make one beside it, change its own input and the system",
        code="""
escapes("a file outside was opened to write", lambda: open(here["secret"], "r+"))
escapes("a file was made outside", lambda: open(here["secret"] + ".new", "w"))
escapes("the input was opened to write", lambda: open(here["work"], "r+"))
escapes("the system was opened to write", lambda: open(os.path.realpath(sys.executable), "r+b"))
escapes("the users were opened to write", lambda: open("/etc/passwd", "r+"))
""",
    ),
    Attack(
        id="links",
        family="files",
        aim="reach out through symbolic links, hard links, renames and '..'",
        code="""
os.chdir(here["output"])
os.symlink(here["secret"], "soft")
escapes("a symbolic link led out", lambda: open("soft").read())
escapes("a hard link was made to a file outside", lambda: os.link(here["secret"], "hard"))
escapes("a hard link was made to the input", lambda: os.link(here["work"], "hard-input"))
escapes("the input was moved", lambda: os.rename(here["work"], "moved"))
escapes("'..' led out", lambda: open("../outside/secret.txt").read())
""",
    ),
    Attack(
        id="devices",
        family="files",
        aim="make a device, open a disk or the memory",
        code="""
escapes("a device was made", lambda: os.mknod("d", 0o60666, os.makedev(8, 0), dir_fd=os.open(here["output"], 0)))
escapes("a device was made at home", lambda: os.mknod(os.environ["HOME"] + "/d", 0o20666, os.makedev(1, 1)))
for name in ("mem", "kmem", "kmsg", "sda", "vda", "nvme0n1", "fuse", "kvm", "zero"):
    escapes("/dev/" + name + " was opened", lambda: open("/dev/" + name, "r+b"))
""",
    ),
    Attack(
        id="inheritance",
        family="files",
        aim="find our environment, our open files or our input in what it was given",
        code="""
ours = {"HOME", "TMPDIR", "PATH", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "PYTHONDONTWRITEBYTECODE",
        "PYTHONHASHSEED", "NO_COLOR", "LC_CTYPE"}
if set(os.environ) - ours:
    escaped("a variable of the environment came along")
for number in range(3, 1024):
    if number != alive.fileno():
        escapes("an open file came along", os.fstat, number)
if os.read(0, 1):
    escaped("standard input came along")
""",
    ),
)
_NETWORK = (
    Attack(
        id="network",
        family="network",
        aim="connect to this machine, to the cloud's metadata and to anywhere",
        code="""
def connect(address):
    socket.create_connection(address, timeout=2)
escapes("this machine was reached by TCP", connect, ("127.0.0.1", here["port"]))
escapes("the metadata address was reached", connect, ("169.254.169.254", 80))
escapes("UDP was sent", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)))
for family, kind in ((socket.AF_INET6, socket.SOCK_STREAM), (socket.AF_INET, socket.SOCK_RAW),
                     (socket.AF_PACKET, socket.SOCK_RAW), (socket.AF_NETLINK, socket.SOCK_RAW),
                     (socket.AF_VSOCK, socket.SOCK_STREAM), (38, 5), (44, 3)):
    escapes(f"a socket of family {int(family)} was opened", socket.socket, family, kind)
""",
    ),
    Attack(
        id="names",
        family="network",
        aim="ask the name service, which could carry words out",
        code="""
escapes("the name service answered", socket.getaddrinfo, "example.com", 80)
escapes("a name server was asked",
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x" * 12, ("127.0.0.53", 53)))
for path in ("/run/nscd/socket", "/var/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve",
             "/run/dbus/system_bus_socket", "/var/run/docker.sock"):
    escapes(path + " was reached", lambda: socket.socket(socket.AF_UNIX).connect(path))
""",
    ),
    Attack(
        id="unix-sockets",
        family="network",
        aim="speak with a program of ours over a Unix socket, named or abstract",
        code="""
escapes("a named socket was reached", lambda: socket.socket(socket.AF_UNIX).connect(here["socket"]))
escapes("an abstract socket was reached", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + here["abstract"]))
""",
    ),
    Attack(
        id="abstract-socket-of-tools",
        family="network",
        aim="the same where Unix sockets are allowed, as for Terraform and its provider: abstract, or the network",
        sockets=Sockets.UNIX,
        code="""
escapes("an abstract socket was reached", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + here["abstract"]))
escapes("this machine was reached", lambda: socket.create_connection(("127.0.0.1", here["port"]), timeout=2))
escapes("a raw socket was opened", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
""",
    ),
    Attack(
        id="named-socket-of-tools",
        family="network",
        aim="the same: a named socket that everybody on the machine may open",
        sockets=Sockets.UNIX,
        open_at={SandboxLevel.KERNEL_FILTERS: "generated code gets no Unix sockets at this level, only our own tools"},
        code="""
escapes("a named socket was reached", lambda: socket.socket(socket.AF_UNIX).connect(here["socket"]))
""",
    ),
)
_KERNEL = (
    Attack(
        id="namespaces",
        family="kernel",
        aim="become somebody else in a namespace of its own, mount, change the root",
        code="""
escapes("a user namespace was made", lambda: call("unshare", 0x10000000))
escapes("a mount namespace was made", lambda: call("unshare", 0x00020000))
escapes("a process in a new namespace was made", lambda: system_call(56, 220, 0x10000011, 0, 0, 0, 0))
escapes("something was mounted", lambda: call("mount", b"none", os.environ["HOME"].encode(), b"tmpfs", 0, None))
escapes("a file system was opened", lambda: system_call(430, 430, b"tmpfs", 0))
escapes("the root was changed", lambda: os.chroot("."))
escapes("another user was taken on", lambda: os.setuid(0) if os.getuid() else os.setgid(12345))
""",
    ),
    Attack(
        id="kernel-interfaces",
        family="kernel",
        aim="use what the kernel has had holes in: io_uring, BPF, performance counters, keys, page faults",
        code="""
buffer = ctypes.create_string_buffer(256)
escapes("io_uring", lambda: system_call(425, 425, 8, buffer))
escapes("BPF", lambda: system_call(321, 280, 0, buffer, 48))
escapes("performance counters", lambda: system_call(298, 241, buffer, 0, -1, -1, 0))
escapes("the keyring", lambda: system_call(250, 219, 0, -3, 1))
escapes("page faults", lambda: system_call(323, 282, 0))
escapes("the kernel's log", lambda: call("klogctl", 3, buffer, 256))
escapes("the host's name", lambda: call("sethostname", os.uname().nodename.encode(), len(os.uname().nodename)))
""",
    ),
    Attack(
        id="hidden-program",
        family="kernel",
        aim="run a program that no file system holds",
        code="""
def run():
    descriptor = os.memfd_create("program")
    os.write(descriptor, b"#!/bin/sh\\nexit 0\\n")
    if os.posix_spawn(f"/proc/self/fd/{descriptor}", ["program"], {}):
        return
escapes("a program was run from memory", run)
escapes("a file was made in memory", os.memfd_create, "x")
""",
    ),
)
_PROCESSES = (
    Attack(
        id="others-secrets",
        family="processes",
        aim="read the environment, the memory and the open files of our processes",
        code="""
for process in {here["worker"], os.getppid(), 1} - {os.getpid()}:
    for name in ("environ", "mem", "maps", "cmdline"):
        escapes(f"{name} of another process was read", lambda: open(f"/proc/{process}/{name}", "rb").read(1))
    escapes("another's open files were listed", lambda: os.listdir(f"/proc/{process}/fd"))
escapes("processes were listed", lambda: [name for name in os.listdir("/proc") if name.isdigit()][0])
""",
    ),
    Attack(
        id="tracing",
        family="processes",
        aim="trace our processes, or read and write their memory",
        code="""
buffer = (ctypes.c_void_p * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
remote = (ctypes.c_void_p * 2)(0x400000, 8)
for process in {here["worker"], os.getppid()} - {0, os.getpid()}:
    escapes("another was traced", lambda: call("ptrace", 16, process, 0, 0))
    escapes("another's memory was read", lambda: system_call(310, 270, process, buffer, 1, remote, 1, 0))
    escapes("another's memory was written", lambda: system_call(311, 271, process, buffer, 1, remote, 1, 0))
    escapes("another's open file was taken", lambda: system_call(438, 438, os.pidfd_open(process), 1, 0))
""",
    ),
    Attack(
        id="signals",
        family="processes",
        aim="signal the worker and the jailer",
        code="""
for process in {here["worker"], os.getppid()} - {0, os.getpid()}:
    escapes("a process of ours could be signalled", os.kill, process, 0)
""",
    ),
    Attack(
        id="limits-of-others",
        family="processes",
        aim="change the limits, the priority or the processors of our processes",
        code="""
for process in {here["worker"], os.getppid()} - {0, os.getpid()}:
    escapes("another's limits were read", resource.prlimit, process, resource.RLIMIT_CORE)
    escapes("another's limits were set",
            lambda: resource.prlimit(process, resource.RLIMIT_CORE, resource.prlimit(process, resource.RLIMIT_CORE)))
    escapes("another's priority was set",
            lambda: os.setpriority(os.PRIO_PROCESS, process, os.getpriority(os.PRIO_PROCESS, process)))
    escapes("another's processors were set", lambda: os.sched_setaffinity(process, os.sched_getaffinity(process)))
    escapes("another's scheduling was set",
            lambda: os.sched_setscheduler(process, os.sched_getscheduler(process), os.sched_getparam(process)))
escapes("the priority of all of a user's processes was set",
        lambda: os.setpriority(os.PRIO_USER, 0, os.getpriority(os.PRIO_USER, 0)))
""",
    ),
)

REACHING = (*_FILES, *_NETWORK, *_KERNEL, *_PROCESSES)
