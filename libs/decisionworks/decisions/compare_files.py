"""The difference between the files of two repositories: counts for all, text for as much as a person reads."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

_LONGEST_FILE_BYTES = 256 * 1024
_MOST_LINES = 4000
_LONGEST_DIFF = 64 * 1024


def compare_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, Any]:
    """Count and show what changed; the text is cut where it gets long, and says so.

    Units: `diff` is a unified diff in characters, at most 64 Ki of them.
    """
    paths = [path for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)]
    rows: list[dict[str, Any]] = []
    pieces: list[str] = []
    for path in paths:
        lines = _diff_lines(path, before.get(path), after.get(path))
        body = [line for line in lines or () if not line.startswith(("--- ", "+++ "))]
        rows.append(
            {
                "path": path,
                "status": "added" if path not in before else "removed" if path not in after else "changed",
                "added_lines": None if lines is None else sum(line.startswith("+") for line in body),
                "removed_lines": None if lines is None else sum(line.startswith("-") for line in body),
            }
        )
        pieces.append("".join(lines) if lines is not None else f"Files a/{path} and b/{path} differ\n")
    text, is_truncated = _bounded(pieces)
    counts = {status: sum(row["status"] == status for row in rows) for status in ("added", "removed", "changed")}
    return {**counts, "files": rows, "diff": text, "truncated": is_truncated}


def _diff_lines(path: str, before: bytes | None, after: bytes | None) -> list[str] | None:
    """A unified diff, or None where the files are too large or not text."""
    old, new = _lines(before), _lines(after)
    if old is None or new is None:
        return None
    source = "/dev/null" if before is None else f"a/{path}"
    target = "/dev/null" if after is None else f"b/{path}"
    lines = difflib.unified_diff(old, new, fromfile=source, tofile=target)
    return [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines]


def _lines(data: bytes | None) -> list[str] | None:
    if data is None:
        return []
    if len(data) > _LONGEST_FILE_BYTES or b"\0" in data:
        return None
    try:
        # Not splitlines, which also cuts at characters that no editor counts as the end of a line.
        lines = [line + "\n" for line in data.decode("utf-8").split("\n")]
    except UnicodeDecodeError:
        return None
    lines[-1:] = [lines[-1][:-1]] if lines[-1] != "\n" else []
    return lines if len(lines) <= _MOST_LINES else None


def _bounded(pieces: list[str]) -> tuple[str, bool]:
    text = ""
    for piece in pieces:
        if len(text) + len(piece) > _LONGEST_DIFF:
            return text + piece[: _LONGEST_DIFF - len(text)], True
        text += piece
    return text, False
