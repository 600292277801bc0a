"""Landlock: which files a command may read or write, enforced by the kernel without any privilege.

Source: Linux, Documentation/userspace-api/landlock.rst
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from decisionworks.sandbox.jail.kernel import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_FIRST_ABI_RIGHTS = (1 << 13) - 1

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_BIND_AND_CONNECT_TCP = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


def abi() -> int:
    """The version of Landlock that the kernel speaks; 0 for none."""
    try:
        return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    except OSError:
        return 0


def restrict(*, read_only: Iterable[str], writable: Iterable[str], devices: Iterable[str]) -> int:
    """Confine this process and all that it starts to the given places; returns the version that did it.

    Raises: OSError
    """
    version = abi()
    handled = _rights(version)
    ruleset = _create_ruleset(version, handled)
    try:
        for path in read_only:
            _allow(ruleset, path, handled & _READ)
        for path in writable:
            _allow(ruleset, path, handled & ~(_MAKE_CHAR | _MAKE_BLOCK | _IOCTL_DEVICE))
        for path in devices:
            _allow(ruleset, path, handled & (_READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEVICE))
        syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return version


def _rights(version: int) -> int:
    rights = _FIRST_ABI_RIGHTS
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE)):
        rights |= right if version >= since else 0
    return rights


def _create_ruleset(version: int, handled: int) -> int:
    network = _BIND_AND_CONNECT_TCP if version >= 4 else 0
    scoped = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0
    # Older kernels take the shorter structure only.
    fields = [handled] + ([network] if version >= 4 else []) + ([scoped] if version >= 6 else [])
    attribute = struct.pack(f"={len(fields)}Q", *fields)
    return syscall(_CREATE_RULESET, attribute, ctypes.c_size_t(len(attribute)), ctypes.c_uint32(0))


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if Path(path).is_dir() else rights & _ON_FILES
        attribute = struct.pack("=Qi", allowed, descriptor)
        syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), attribute, ctypes.c_uint32(0))
    finally:
        os.close(descriptor)
