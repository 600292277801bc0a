"""The folder that a code model works in: unpacked from an order, and read back by what changed within the rules."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from decisionworks.llm.path_rules import PathRules

_MOST_BYTES = 400_000
_MOST_CHANGES = 200


def unpack(files: Mapping[str, str], root: Path) -> None:
    """Write the files below a fresh folder."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def changes(root: Path, files: Mapping[str, str], rules: PathRules) -> dict[str, str]:
    """The files that differ and may be written; links, devices and what is far too large are left."""
    found: dict[str, str] = {}
    for folder, _, names in os.walk(root, followlinks=False):
        for name in sorted(names):
            place = Path(folder) / name
            path = place.relative_to(root).as_posix()
            text = _text_of(place) if rules.allows(path) else None
            if text is not None and text != files.get(path):
                found[path] = text
    return dict(sorted(found.items())[:_MOST_CHANGES])


def _text_of(place: Path) -> str | None:
    """The text of a plain file. Opened without following a link: what it names is not the model's to show."""
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1 or facts.st_size > _MOST_BYTES:
            return None
        try:
            return file.read().decode("utf-8")
        except UnicodeDecodeError:
            return None
