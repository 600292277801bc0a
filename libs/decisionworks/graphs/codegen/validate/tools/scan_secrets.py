"""Looks for secrets in every file below the working directory and prints what it found as JSON.

Runs inside the sandbox, as a script. Comments that ask to be left out are not obeyed: generated code cannot
excuse itself.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detect_secrets.core import scan
from detect_secrets.settings import default_settings, get_settings

_EXCUSES = (
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_lock_file",
)


def main() -> None:
    """Scan all files and print `[{file, line, rule, text}]`; the text is what looks like a secret."""
    found = []
    clean: set[tuple[str, str]] = set()
    with default_settings():
        get_settings().disable_filters(*_EXCUSES)
        for path in sorted(Path().rglob("*")):
            if not path.is_file() or path.is_symlink():
                continue
            for secret in _secrets(path, clean):
                found.append(
                    {
                        "file": path.as_posix(),
                        "line": secret.line_number,
                        "rule": secret.type,
                        "text": secret.secret_value or "",
                    }
                )
    print(json.dumps(found))


def _secrets(path: Path, clean: set[tuple[str, str]]) -> Iterator[Any]:
    """What `scan_file` of detect-secrets finds; a line that was clean in a file of the same kind is not asked again.

    The line and the kind of its file are all that the plugins and their filters look at. Every second line of a
    repository has been there before, and 27 plugins look at each.
    """
    if scan._is_filtered_out(required_filter_parameters=["filename"], filename=str(path)):
        return
    for lines in scan._get_lines_from_file(str(path)):
        fresh = [
            (number, line) for number, line in enumerate(lines, start=1) if (path.suffix, line.rstrip()) not in clean
        ]
        found = list(scan._process_line_based_plugins(lines=fresh, filename=str(path)))
        yield from found
        guilty = {secret.line_number for secret in found}
        clean |= {(path.suffix, line.rstrip()) for number, line in fresh if number not in guilty}
        if found:
            break


if __name__ == "__main__":
    main()
