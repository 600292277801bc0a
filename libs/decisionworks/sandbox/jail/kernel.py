"""The few system calls that Python has no function for."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

MACHINE = platform.machine()
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """Make a system call.

    Raises: OSError
    """
    return _checked(int(_libc.syscall(ctypes.c_long(number), *arguments)), f"system call {number}")


def prctl(option: int, *arguments: int | ctypes.c_void_p) -> int:
    """Change something about this process.

    Raises: OSError
    """
    padded = [a if isinstance(a, ctypes.c_void_p) else ctypes.c_ulong(a) for a in arguments]
    padded += [ctypes.c_ulong(0)] * (4 - len(padded))
    return _checked(int(_libc.prctl(ctypes.c_int(option), *padded)), f"prctl {option}")


def unshare(flags: int) -> None:
    """Leave namespaces that were shared with the parent.

    Raises: OSError
    """
    _checked(int(_libc.unshare(ctypes.c_int(flags))), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mount something.

    Raises: OSError
    """
    result = _libc.mount(
        source.encode(),
        target.encode(),
        None if kind is None else kind.encode(),
        ctypes.c_ulong(flags),
        None if options is None else options.encode(),
    )
    _checked(int(result), f"mount on {target}")


def enter_root(new_root: str) -> None:
    """Make a mounted directory the root, and let go of the old one.

    Raises: OSError
    """
    os.chdir(new_root)
    syscall(_PIVOT_ROOT[MACHINE], b".", b".")
    _checked(int(_libc.umount2(b".", ctypes.c_int(MNT_DETACH))), "umount of the old root")
    os.chdir("/")


def clear_capabilities() -> None:
    """Give up every capability this process holds or could pass on.

    Raises: OSError
    """
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    empty = (ctypes.c_uint32 * 6)()
    syscall(_CAPSET[MACHINE], ctypes.byref(header), ctypes.byref(empty))


def drop_bounding_set() -> bool:
    """Make sure that no program started from here can gain a capability; False where this is not allowed."""
    known = range(_last_capability() + 1)
    for capability in known:
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break
    return not any(prctl(PR_CAPBSET_READ, capability) for capability in known)


def _last_capability() -> int:
    try:
        return int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 40
