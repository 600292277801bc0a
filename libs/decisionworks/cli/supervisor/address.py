"""Where the server on this machine is and how to log in to it: `server.json`, for its owner only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "server.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """The URL of the API and a token for it."""

    url: str
    token: str


def read_address(data_dir: Path) -> ServerAddress | None:
    """The server that was started on a data directory; it need not run any more."""
    try:
        found = json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8"))
        return ServerAddress(url=str(found["url"]), token=str(found["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_address(data_dir: Path, address: ServerAddress) -> None:
    """Publish the address in one step, readable by its owner only."""
    write_private(data_dir / FILE_NAME, json.dumps(asdict(address), indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a whole file of mode 0600; a reader sees the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
