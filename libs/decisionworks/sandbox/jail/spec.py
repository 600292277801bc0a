"""What the jailer is told, as one line of JSON on its standard input."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JailSpec:
    """One command and its walls.

    Units: seconds and bytes.
    """

    argv: list[str]
    environment: dict[str, str]
    work_dir: str
    read_only: list[str]
    writable: list[str]
    devices: list[str]
    root_dir: str
    level: str
    wall_s: float
    cpu_s: int
    address_space_bytes: int
    memory_bytes: int
    file_bytes: int
    disk_bytes: int
    processes: int
    open_files: int
    sockets: str
    status_fd: int

    def to_line(self) -> bytes:
        """The form that the jailer reads."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> JailSpec:
        """Read what `to_line` wrote."""
        return cls(**json.loads(line))
