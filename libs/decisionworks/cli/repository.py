"""The repository of a completed decision set: fetched, checked, saved."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from decisionworks.cli.client import Client, segment
from decisionworks.cli.errors import BadInput, CommandFailed
from decisionworks.cli.exit_codes import FAILED
from decisionworks.kit.canonical import sha256_hex

VALIDATION = "reports/validation.json"


def fetch_repository(client: Client, decision_set_id: str) -> tuple[Mapping[str, Any], bytes]:
    """The artifact's row and its bytes, whose digest has been checked.

    Raises: CommandFailed, there is none or the bytes are not those of the row.
    """
    rows = client.get(f"/decision-sets/{segment(decision_set_id)}/artifacts")["items"]
    row = next((one for one in rows if one["kind"] == "repository"), None)
    if row is None:
        raise CommandFailed(f"decision set {decision_set_id} has no repository (yet)", exit_code=FAILED)
    data = client.download(row["sha256"])
    if sha256_hex(data) != row["sha256"]:
        raise CommandFailed("the downloaded bytes do not have the digest that was announced", exit_code=FAILED)
    return row, data


def validation_of(data: bytes) -> Mapping[str, Any]:
    """What the checks said, from inside the zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = json.loads(archive.read(VALIDATION))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise CommandFailed(f"the repository's zip cannot be read: {error}", exit_code=FAILED) from error
    return found if isinstance(found, Mapping) else {}


def save(data: bytes, *, out: Path, file_name: str) -> Path:
    """Write the bytes to a file, or into a directory under their own name; whole or not at all.

    Raises: BadInput.
    """
    target = out if out.suffix == ".zip" and not out.is_dir() else out / Path(file_name).name
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise BadInput(
            f"cannot write {target}: {error.strerror or error}",
            remedy="`decisionworks artifact ID --out PATH` saves it",
        ) from error
    return target


def check_place(out: Path) -> None:
    """Make sure that a repository can be saved somewhere, before hours of somebody's patience depend on it.

    Raises: BadInput.
    """
    place = out.parent if out.suffix == ".zip" and not out.is_dir() else out
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise BadInput(f"cannot write to {place}: {error.strerror or error}", remedy="choose another --out") from error
