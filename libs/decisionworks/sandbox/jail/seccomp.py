"""The system calls that a command is not given.

A list of what is denied, not of what is allowed: it takes away the network, namespaces, tracing, kernel
interfaces with a history of holes, io_uring, through which the others could be reached unseen, memory that
belongs to no process (nobody could count it, and some of it outlives all that made it), and a say about the limits,
the priority and the processors of other processes, which one user's processes have about each other.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from decisionworks.sandbox.jail.kernel import MACHINE, PR_SET_SECCOMP, prctl

_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL = 0x80000000

_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06

_NUMBER, _ARCH, _ARGUMENT_0, _ARGUMENT_1, _ARGUMENT_2, _ARGUMENT_3 = 0, 4, 16, 24, 32, 40
_UPPER_HALF = 4
_NAMESPACE_FLAGS = 0x7E020000
_AF_UNIX = 1
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
# Enough for what the processes of a database server tell each other, too little to hide much in.
_SEGMENT_BYTES = 1024 * 1024
_SOL_SOCKET = 1
_BUFFER_SIZES = (7, 32)  # SO_SNDBUF, SO_SNDBUFFORCE
_X32 = 0x40000000

_ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        "ioctl": 16, "socket": 41, "socketpair": 53, "clone": 56, "ptrace": 101, "syslog": 103, "pivot_root": 155,
        "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
        "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175,
        "delete_module": 176, "quotactl": 179, "chroot": 161, "clock_settime": 227, "mbind": 237, "kexec_load": 246,
        "add_key": 248, "request_key": 249, "keyctl": 250, "migrate_pages": 256, "unshare": 272, "move_pages": 279,
        "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "kexec_file_load": 320,
        "bpf": 321, "userfaultfd": 323, "mmap": 9, "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240,
        "memfd_create": 319, "setsockopt": 54, "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144,
        "sched_setaffinity": 203, "ioprio_set": 251, "prlimit64": 302, "sched_setattr": 314,
    },
    "aarch64": {
        "ioctl": 29, "socket": 198, "socketpair": 199, "clone": 220, "ptrace": 117, "syslog": 116, "pivot_root": 41,
        "acct": 89, "settimeofday": 170, "mount": 40, "umount2": 39, "swapon": 224, "swapoff": 225, "reboot": 142,
        "sethostname": 161, "setdomainname": 162, "init_module": 105,
        "delete_module": 106, "quotactl": 60, "chroot": 51, "clock_settime": 112, "mbind": 235, "kexec_load": 104,
        "add_key": 217, "request_key": 218, "keyctl": 219, "migrate_pages": 238, "unshare": 97, "move_pages": 239,
        "perf_event_open": 241, "fanotify_init": 262, "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268,
        "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "finit_module": 273, "kexec_file_load": 294,
        "bpf": 280, "userfaultfd": 282, "mmap": 222, "shmget": 194, "semget": 190, "msgget": 186, "mq_open": 180,
        "memfd_create": 279, "setsockopt": 208, "setpriority": 140, "sched_setparam": 118, "sched_setscheduler": 119,
        "sched_setaffinity": 122, "ioprio_set": 30, "prlimit64": 261, "sched_setattr": 274,
    },
}  # fmt: skip
_EVERYWHERE = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_getfd": 438,
    "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447,
}  # fmt: skip
_CLONE3 = 435
_OF_ITSELF_ONLY = ("sched_setparam", "sched_setscheduler", "sched_setaffinity", "sched_setattr", "prlimit64")
_LOOKED_INTO = ("ioctl", "socket", "socketpair", "setsockopt", "clone", "mmap", "shmget", *_OF_ITSELF_ONLY)

Instruction = tuple[int, int, int, int]


def is_supported() -> bool:
    """Whether the filter knows this machine's system calls."""
    return MACHINE in _ARCHES


def install_filter(*, has_unix_sockets: bool = False) -> None:
    """Take the denied system calls away from this process and all that it starts.

    Raises: OSError
    """
    instructions = build_filter(MACHINE, has_unix_sockets=has_unix_sockets)
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    program = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(program)))
    prctl(PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_void_p(ctypes.addressof(header)))


def build_filter(machine: str, *, has_unix_sockets: bool = False) -> list[Instruction]:
    """The filter as classic BPF instructions (code, jump if true, jump if false, value)."""
    numbers = _NUMBERS[machine]
    denied = sorted({n for name, n in numbers.items() if name not in _LOOKED_INTO} | set(_EVERYWHERE.values()))
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_JUMP_EQUAL, 1, 0, _ARCHES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        program += [(_JUMP_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for number in denied:
        program += _deny(number, errno.EPERM)
    sockets = numbers["socket"]
    if has_unix_sockets:
        # A database server shares memory between its processes, which then is counted.
        program += [*_allow_only(sockets, _AF_UNIX), *_deny_more_than(numbers["shmget"], _SEGMENT_BYTES)]
    else:
        program += [*_deny(sockets, errno.EACCES), *_deny(numbers["shmget"], errno.EPERM)]
        program += _deny_shared_memory(numbers["mmap"])
    # The C library falls back to clone, whose flags a filter can read; those of clone3 it cannot.
    program += _deny(_CLONE3, errno.ENOSYS)
    program += _deny_bits(numbers["clone"], _NAMESPACE_FLAGS)
    program += _allow_only(numbers["socketpair"], _AF_UNIX)
    program += _ignore_values(numbers["setsockopt"], _SOL_SOCKET, _BUFFER_SIZES)
    for name in _OF_ITSELF_ONLY:
        program += _allow_only(numbers[name], 0, code=errno.EPERM)
    program += _deny_values(numbers["ioctl"], (_TIOCSTI, _TIOCLINUX))
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _deny(number: int, code: int) -> list[Instruction]:
    return [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | code)]


def _deny_bits(number: int, bits: int) -> list[Instruction]:
    return [
        (_JUMP_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENT_0),
        (_JUMP_ANY_BIT, 0, 1, bits),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _allow_only(number: int, value: int, *, code: int = errno.EACCES) -> list[Instruction]:
    return [
        (_JUMP_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENT_0),
        (_JUMP_EQUAL, 1, 0, value),
        (_RETURN, 0, 0, _ERRNO | code),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _ignore_values(number: int, level: int, options: tuple[int, int]) -> list[Instruction]:
    """Answer that it is done, and do nothing: what a socket keeps of unread words stays what the system gives it."""
    first, second = options
    return [
        (_JUMP_EQUAL, 0, 7, number),
        (_LOAD, 0, 0, _ARGUMENT_1),
        (_JUMP_EQUAL, 0, 4, level),
        (_LOAD, 0, 0, _ARGUMENT_2),
        (_JUMP_EQUAL, 1, 0, first),
        (_JUMP_EQUAL, 0, 1, second),
        (_RETURN, 0, 0, _ERRNO),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _deny_values(number: int, values: tuple[int, int]) -> list[Instruction]:
    first, second = values
    return [
        (_JUMP_EQUAL, 0, 5, number),
        (_LOAD, 0, 0, _ARGUMENT_1),
        (_JUMP_EQUAL, 1, 0, first),
        (_JUMP_EQUAL, 0, 1, second),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _deny_more_than(number: int, bytes_allowed: int) -> list[Instruction]:
    return [
        (_JUMP_EQUAL, 0, 6, number),
        (_LOAD, 0, 0, _ARGUMENT_1 + _UPPER_HALF),
        (_JUMP_EQUAL, 0, 2, 0),
        (_LOAD, 0, 0, _ARGUMENT_1),
        (_JUMP_AT_LEAST, 0, 1, bytes_allowed + 1),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _deny_shared_memory(number: int) -> list[Instruction]:
    return [
        (_JUMP_EQUAL, 0, 5, number),
        (_LOAD, 0, 0, _ARGUMENT_3),
        (_JUMP_ANY_BIT, 0, 2, _MAP_SHARED),
        (_JUMP_ANY_BIT, 0, 1, _MAP_ANONYMOUS),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
