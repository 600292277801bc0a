"""What a new owner does: unzip, and type the commands of the README's first block, in an empty HOME.

.venv/bin/python -m tests.golden.first_steps            every development scenario that can be generated
.venv/bin/python -m tests.golden.first_steps dev-07     those whose names hold the text

Needs a package index, as the README says; what pip is told by its environment variables is passed on.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from decisionworks.artifacts import deterministic_zip, read_archive
from decisionworks.graphs.codegen.render import RenderInput, render_repository
from tests.golden.plans import planned_scenarios

_BLOCK = re.compile(r"## Start\n\n```sh\n(.*?)```", re.DOTALL)
_PASSED_ON = re.compile(r"PATH|PIP_\w+|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|\w+_proxy", re.IGNORECASE)
_COMMAND_S = 600


def main() -> int:
    """Run them all; 0 when every command of every repository ended well."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "-dev-"
    failed = count = 0
    print("| repository | commands | seconds | what pytest says |")
    print("| --- | --- | --- | --- |", flush=True)
    for name, source in planned_scenarios():
        if wanted in name:
            count += 1
            failed += not _tried(name, source)
    print(f"\n{count} repositories, {failed} failed")
    return int(bool(failed) or not count)


def _tried(name: str, source: RenderInput) -> bool:
    with tempfile.TemporaryDirectory(prefix="first-steps-") as place:
        home, root = Path(place) / "home", Path(place) / "repository"
        home.mkdir()
        _unzip(deterministic_zip(render_repository(source)), root)
        block = _BLOCK.search((root / "README.md").read_text(encoding="utf-8"))
        commands = [] if block is None else block[1].split("\n")[:-1]
        passed_on = {key: text for key, text in os.environ.items() if _PASSED_ON.fullmatch(key)}
        started, said, told = time.monotonic(), "", []
        for command in commands:
            done = subprocess.run(
                ["sh", "-c", command], cwd=root, env={**passed_on, "HOME": str(home)}, capture_output=True, text=True,
                check=False, timeout=_COMMAND_S,
            )  # fmt: skip
            told.append(f"{command}: {done.returncode}")
            if found := re.search(r"\d+ passed(?:, \d+ \w+)*", done.stdout):
                said = found[0]
            if done.returncode:
                said = " ".join((done.stdout + done.stderr).split())[-300:]
                break
    print(f"| {name} | {', '.join(told)} | {time.monotonic() - started:.0f} | {said} |", flush=True)
    return bool(commands) and len(told) == len(commands) and told[-1].endswith(": 0")


def _unzip(archive: bytes, root: Path) -> None:
    for path, file in read_archive(archive).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        target.chmod(file.mode)


if __name__ == "__main__":
    sys.exit(main())
