"""Looks for secrets in every file below the working directory and prints what it found as JSON.

Runs inside the sandbox, as a script. Comments that ask to be left out are not obeyed: generated code cannot
excuse itself.
"""

import json
from pathlib import Path

from detect_secrets.core import scan
from detect_secrets.settings import default_settings, get_settings

_EXCUSES = (
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_lock_file",
)


def main() -> None:
    """Scan all files and print `[{file, line, rule, text}]`; the text is what looks like a secret."""
    found = []
    with default_settings():
        get_settings().disable_filters(*_EXCUSES)
        for path in sorted(Path().rglob("*")):
            if not path.is_file() or path.is_symlink():
                continue
            for secret in scan.scan_file(str(path)):
                found.append(
                    {
                        "file": path.as_posix(),
                        "line": secret.line_number,
                        "rule": secret.type,
                        "text": secret.secret_value or "",
                    }
                )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
