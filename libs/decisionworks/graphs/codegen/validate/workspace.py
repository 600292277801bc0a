"""The repository under validation: its files on disk for tools, and its parsed documents for our own rules."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from decisionworks.artifacts.model import GeneratedFile
from decisionworks.artifacts.paths import check_paths
from decisionworks.sandbox import MEBIBYTE, Limits, Purpose, Sandbox, SandboxResult, collect_file

T = TypeVar("T")
TOOLS_DIR = Path(__file__).parent / "tools"
PARSE_LIMITS = Limits(wall_s=60, cpu_s=60, processes=32, output_bytes=8 * MEBIBYTE)
_DOCUMENTS_BYTES = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFiles:
    """What reading all files of some kinds gave.

    `blocks` are Terraform's, as `{file, line, kind, labels, body}`; `problems` as `{file, line, rule, message}`.
    `lines` say where in a workflow or pipeline each value begins, as `{file: {"/jobs/test/steps/0": line}}`.
    """

    documents: Mapping[str, Any]
    blocks: Sequence[Mapping[str, Any]]
    problems: Sequence[Mapping[str, Any]]
    versions: Mapping[str, str]
    run: SandboxResult
    lines: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def line(self, file: str, *place: object) -> int | None:
        """Where a value begins, or the innermost one around it that is there; None where nobody told the lines."""
        lines, names = self.lines.get(file, {}), [str(name) for name in place]
        for length in range(len(names), 0, -1):
            if (found := lines.get("/" + "/".join(names[:length]))) is not None:
                return found
        return 1 if lines else None


@dataclass(slots=True, kw_only=True)
class Workspace:
    """A repository unpacked where the sandbox can show it to tools."""

    files: Mapping[str, GeneratedFile]
    root: Path
    scratch_dir: Path
    sandbox: Sandbox
    provider_mirror: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _directories: int = 0

    @classmethod
    def unpack(
        cls,
        files: Mapping[str, GeneratedFile],
        *,
        sandbox: Sandbox,
        scratch_dir: Path,
        provider_mirror: Path | None = None,
    ) -> Workspace:
        """Write the files below a scratch directory.

        Raises: UnsafePath
        """
        root = scratch_dir / "repository"
        root.mkdir(mode=0o755)
        for path in check_paths(files):
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            target.write_bytes(files[path].content)
            target.chmod(files[path].mode & 0o755)
        return cls(files=files, root=root, scratch_dir=scratch_dir, sandbox=sandbox, provider_mirror=provider_mirror)

    def paths(self, *suffixes: str) -> list[str]:
        """The files whose names end in one of the suffixes, sorted."""
        return sorted(path for path in self.files if path.endswith(suffixes))

    def text(self, path: str) -> str:
        """A file's text; bytes that are not UTF-8 are shown as replacement characters."""
        return self.files[path].content.decode("utf-8", errors="replace")

    def directory(self, name: str) -> Path:
        """A fresh directory for one command's output."""
        with self._lock:
            self._directories += 1
            made = self.scratch_dir / f"{self._directories:02d}-{name}"
        made.mkdir(mode=0o755)
        return made

    def copy(self, name: str) -> Path:
        """A fresh copy of the repository that a command may write to."""
        target = self.directory(name) / "repository"
        shutil.copytree(self.root, target, symlinks=True)
        return target

    def parse(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> SandboxResult:
        """Run a tool that reads the repository and changes nothing."""
        return self.sandbox.run(
            argv,
            work_dir=self.root,
            limits=PARSE_LIMITS,
            purpose=Purpose.PARSE,
            environment=environment,
            read_only=[TOOLS_DIR],
        )

    def read(self, kind: str) -> ReadFiles:
        """Read all files of a kind (`text` or `hcl`), once."""
        return self.once(f"read-{kind}", lambda: self._read_in_sandbox(kind))

    def once(self, name: str, work: Callable[[], T]) -> T:
        """What some work gives that several checks need; the others wait for the first."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._done:
                self._done[name] = work()
            done: T = self._done[name]
            return done

    def _read_in_sandbox(self, kind: str) -> ReadFiles:
        output = self.directory(f"read-{kind}")
        result = self.sandbox.run(
            [sys.executable, "-B", str(TOOLS_DIR / "read_files.py"), kind, str(output / "read.json")],
            work_dir=self.root,
            limits=PARSE_LIMITS,
            purpose=Purpose.PARSE,
            read_only=[TOOLS_DIR],
            writable=[output],
        )
        if not result.has_succeeded:
            return _unreadable(kind, result)
        found = json.loads(collect_file(output, "read.json", limit_bytes=_DOCUMENTS_BYTES))
        return ReadFiles(
            documents=found["documents"],
            blocks=found["blocks"],
            problems=found["problems"],
            versions=found["versions"],
            run=result,
            lines=found["lines"],
        )


def _ending(result: SandboxResult) -> str:
    return f"signal {result.signal}" if result.exit_code is None else f"exit code {result.exit_code}"


def _unreadable(kind: str, result: SandboxResult) -> ReadFiles:
    """A reader that was stopped by its limits counts against the files, not for them."""
    why = f"reading was stopped: {result.killed}" if result.killed else f"the reader ended with {_ending(result)}"
    problem = {"file": "", "line": None, "rule": f"{kind}-unreadable", "message": why}
    kinds = ("hcl",) if kind == "hcl" else ("python", "yaml", "json", "toml")
    problems = [problem | {"kind": name} for name in kinds]
    return ReadFiles(documents={}, blocks=(), problems=problems, versions={}, run=result)
