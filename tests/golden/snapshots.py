"""Which files each grouped plan gives, and the key files of two of them, kept so that a change shows in review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decisionworks.graphs.codegen.render import render_repository
from tests.golden.plans import grouped_plans

KEPT = Path(__file__).parent / "kept"
WHOLE = ("weekly-batch", "documents")
KEY_FILES = ("README.md", "Makefile", "pyproject.toml", ".github/workflows/ci.yml", "terraform/main.tf")


def snapshots() -> Iterator[tuple[str, str]]:
    """The path and text of every snapshot, as the templates are now."""
    for name, source in grouped_plans():
        made = render_repository(source)
        yield f"{name}.txt", "".join(f"{file.mode:04o} {file.pattern} {path}\n" for path, file in made.items())
        if name in WHOLE:
            for path in KEY_FILES:
                yield f"{name}/{path.replace('/', '__')}.txt", made[path].content.decode("utf-8")


def update() -> list[str]:
    """Write every snapshot that differs and say which."""
    changed = []
    for path, text in snapshots():
        kept = KEPT / path
        if not kept.is_file() or kept.read_text(encoding="utf-8") != text:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
