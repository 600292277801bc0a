"""What the sandbox promises, what it is asked to do, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class SandboxLevel(StrEnum):
    """How far a command is kept away from us, strongest first."""

    NAMESPACES = "namespaces"
    KERNEL_FILTERS = "kernel-filters"
    LIMITS_ONLY = "limits-only"


class Purpose(StrEnum):
    """Why a command runs: a tool that only reads untrusted text, or untrusted code itself."""

    PARSE = "parse"
    EXECUTE = "execute"


class Sockets(StrEnum):
    """Which sockets a command may open; none of them leads to a network.

    Unix sockets are for our own tools whose parts talk to each other, never for generated code: where namespaces are
    missing, nothing keeps their addresses inside the places that the command may see.
    """

    NONE = "none"
    UNIX = "unix"


MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one command may use.

    Units: seconds and bytes. `address_space_bytes` and `file_bytes` bind each process and file, `memory_bytes` and
    `disk_bytes` the command as a whole, `processes` its processes and threads. The last three are watched several times
    a second.
    """

    wall_s: float = 60.0
    cpu_s: int = 60
    address_space_bytes: int = 4096 * MEBIBYTE
    memory_bytes: int = 1536 * MEBIBYTE
    file_bytes: int = 64 * MEBIBYTE
    disk_bytes: int = 256 * MEBIBYTE
    processes: int = 64
    open_files: int = 256
    output_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxResult:
    """How a command ended; `exit_code` is None when a signal ended it.

    `killed` says why we ended it ourselves: wall-time, memory, disk, processes, hidden (it kept something where nobody
    can count it), or orphaned.
    """

    exit_code: int | None
    signal: int | None
    stdout: bytes
    stderr: bytes
    truncated: bool
    timed_out: bool
    killed: str | None
    level: SandboxLevel
    controls: Mapping[str, str] = field(default_factory=dict)
    duration_ms: int = 0

    @property
    def has_succeeded(self) -> bool:
        """Whether the command ended by itself with exit code 0."""
        return self.exit_code == 0 and self.killed is None
