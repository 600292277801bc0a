"""Namespaces: a file system that holds only what the command needs, no network, and no other processes."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from decisionworks.sandbox.jail.kernel import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    enter_root,
    mount,
    syscall,
    unshare,
)

USER_NAMES = "/etc/passwd"
_MOUNT_SETATTR = 442
_AT_RECURSIVE = 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4


def leave_process_namespace(*, own_user_namespace: bool) -> None:
    """Let the next child be the first process of a namespace of its own.

    Raises: OSError
    """
    user, group = os.geteuid(), os.getegid()
    if own_user_namespace:
        unshare(CLONE_NEWUSER | CLONE_NEWPID)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    else:
        unshare(CLONE_NEWPID)


def build_root(
    root: str, *, read_only: Iterable[str], writable: Iterable[str], devices: Iterable[str], work_dir: str, user: int
) -> None:
    """Leave the other namespaces and enter a root that holds only the given places, under their own names.

    Raises: OSError
    """
    unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("sandbox", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for path in _outermost_first(read_only):
        _show(root, path, attributes=_ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV)
    for path in _outermost_first(writable):
        _show(root, path, attributes=_ATTR_NOSUID | _ATTR_NODEV)
    for path in devices:
        _show(root, path, attributes=_ATTR_NOSUID)
    _name_user(root, user)
    enter_root(root)
    mount("sandbox", "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir(work_dir)


def _name_user(root: str, user: int) -> None:
    """Give the command's user a name, without which some programs refuse to start."""
    target = Path(root + USER_NAMES)
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"sandbox:x:{user}:{user}::/nonexistent:/bin/sh\n", encoding="ascii")
    target.chmod(0o644)


def _outermost_first(paths: Iterable[str]) -> list[str]:
    return sorted(set(paths), key=lambda path: (path.count("/"), path))


def _show(root: str, path: str, *, attributes: int) -> None:
    source = Path(path)
    target = Path(root + path)
    if source.is_symlink():
        _show_link(target, str(source.readlink()))
        return
    if not source.exists():
        return
    _make_place(root, path, is_directory=source.is_dir())
    mount(path, str(target), None, MS_BIND | MS_REC)
    _set_attributes(str(target), attributes)


def _show_link(target: Path, destination: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(target):
        target.symlink_to(destination)


def _make_place(root: str, path: str, *, is_directory: bool) -> None:
    target = Path(root + path)
    if target.exists():
        return
    if is_directory:
        target.mkdir(parents=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()


def _set_attributes(target: str, attributes: int) -> None:
    structure = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    try:
        syscall(
            _MOUNT_SETATTR,
            ctypes.c_int(-100),
            target.encode(),
            ctypes.c_uint(_AT_RECURSIVE),
            ctypes.byref(structure),
            ctypes.c_size_t(ctypes.sizeof(structure)),
        )
    except OSError:
        # Kernels before 5.12: the mount itself, keeping the flags that an outer namespace has locked.
        inherited = os.statvfs(target).f_flag & (MS_RDONLY | MS_NOSUID | MS_NODEV | 8)
        mount(target, target, None, MS_REMOUNT | MS_BIND | attributes | inherited)
