"""Which paths an artifact may hold: plain, relative, and one file to one path on every system."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from decisionworks.artifacts.errors import UnsafePath

LONGEST_PATH_BYTES = 240
_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
_FORBIDDEN = frozenset('\\:*?"<>|')


def check_path(path: str) -> str:
    """Return the path if every system reads it as one file inside the directory it is unpacked in.

    Raises: UnsafePath
    """
    reason = _path_problem(path) or next((r for part in path.split("/") if (r := _part_problem(part))), None)
    if reason is not None:
        raise UnsafePath(path, reason)
    return path


def check_paths(paths: Iterable[str]) -> list[str]:
    """Return the paths sorted, having checked each and that no two collide where case is ignored.

    Raises: UnsafePath
    """
    ordered = sorted(check_path(path) for path in paths)
    seen: dict[str, str] = {}
    for path in ordered:
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            raise UnsafePath(path, f"is the same file as {seen[folded]!r} where case is ignored")
        seen[folded] = path
    for folded, path in seen.items():
        parents = folded.split("/")[:-1]
        for depth in range(1, len(parents) + 1):
            if "/".join(parents[:depth]) in seen:
                raise UnsafePath(path, "has a file as its directory")
    return ordered


def _path_problem(path: str) -> str | None:
    if not path:
        return "is empty"
    if path.startswith("/"):
        return "is absolute"
    try:
        size = len(path.encode("utf-8"))
    except UnicodeEncodeError:
        return "is not valid Unicode"
    if size > LONGEST_PATH_BYTES:
        return f"is longer than {LONGEST_PATH_BYTES} bytes"
    if unicodedata.normalize("NFC", path) != path:
        return "is not in Unicode normal form C"
    return None


def _part_problem(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return "has an empty, '.' or '..' part"
    if any(ord(character) < 32 or ord(character) == 127 or character in _FORBIDDEN for character in part):
        return 'has a control character or one of \\ : * ? " < > |'
    if part[-1] in " .":
        return "has a part that ends in a space or a dot"
    if part.split(".", maxsplit=1)[0].casefold() in _WINDOWS_DEVICES:
        return "has a part that is a device on Windows"
    if part.casefold() == ".git":
        return "reaches into a .git directory"
    return None
