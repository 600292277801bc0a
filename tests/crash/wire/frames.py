"""PostgreSQL's protocol, version 3, as far as a wire has to read it: frames, and where each statement begins.

A frame is a type byte, a length that counts itself, and a body; the very first one of a client has no type.
Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
SYNC = b"S\x00\x00\x00\x04"
FLUSH = b"H\x00\x00\x00\x04"

_QUOTED = re.compile(r"'(?:[^']|'')*'")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w$])\d+(?:\.\d+)?")
_SPACE = re.compile(r"\s+")
_BEGINS = re.compile(r"(?i)(?:BEGIN|START TRANSACTION)\b")
_ENDS = re.compile(r"(?i)(?:COMMIT|ROLLBACK|END|ABORT)\b(?!\s+TO\b)")
_SHOWN = 56


class Frame(NamedTuple):
    """One message: its type (empty for the first of a client), its body, and all of its bytes."""

    kind: bytes
    body: bytes
    raw: bytes


def frames(buffer: bytearray, *, is_first: bool = False) -> Iterator[Frame]:
    """Take the whole frames out of a buffer; with `is_first`, one without a type, and no more than that."""
    head = 0 if is_first else 1
    while len(buffer) >= head + 4:
        (length,) = struct.unpack_from("!I", buffer, head)
        end = head + length
        if len(buffer) < end:
            return
        raw = bytes(buffer[:end])
        del buffer[:end]
        yield Frame(raw[:head], raw[head + 4 :], raw)
        if is_first:
            return


def startup_code(first: Frame) -> int:
    """What a client's first frame is."""
    return int(struct.unpack_from("!I", first.body)[0])


def startup_names(first: Frame) -> dict[str, str]:
    """The settings with which a client introduces itself."""
    parts = first.body[4:].decode("utf-8", "replace").split("\0")
    return dict(zip(parts[::2], parts[1::2], strict=False))


def fingerprint(statement: str) -> str:
    """A statement's name: its beginning without values, and a digest of the whole without values."""
    bare = _COMMENT.sub(" ", statement)
    bare = _SPACE.sub(" ", _NUMBER.sub("?", _QUOTED.sub("?", bare))).strip()
    digest = hashlib.sha256(bare.encode()).hexdigest()[:6]
    return bare if len(bare) <= _SHOWN else f"{bare[:_SHOWN].rstrip()}… {digest}"


class Unit(NamedTuple):
    """One thing that the server is asked to run, and where it stands: in which kind of transaction, after what."""

    name: str
    is_extended: bool


@dataclass(slots=True)
class Reading:
    """What one connection has said so far: its prepared statements, its portals and its open transaction."""

    statements: dict[str, str] = field(default_factory=dict)
    portals: dict[str, str] = field(default_factory=dict)
    scope: str | None = None
    last: str = ""

    def unit_of(self, frame: Frame) -> Unit | None:
        """The unit that a client's frame asks to be run, if it asks for one."""
        match frame.kind:
            case b"P":
                name, sql, *_ = frame.body.split(b"\0", 2)
                self.statements[name.decode()] = sql.decode("utf-8", "replace")
            case b"B":
                portal, statement, *_ = frame.body.split(b"\0", 2)
                self.portals[portal.decode()] = self.statements.get(statement.decode(), "unknown statement")
            case b"E":
                portal = frame.body.split(b"\0", 1)[0]
                return Unit(self._placed(self.portals.get(portal.decode(), "unknown portal")), is_extended=True)
            case b"Q":
                return Unit(self._placed(frame.body.rstrip(b"\0").decode("utf-8", "replace")), is_extended=False)
            case _:
                pass
        return None

    def _placed(self, sql: str) -> str:
        shown = fingerprint(sql)
        bare = _COMMENT.sub(" ", sql).strip()
        name = shown
        if _BEGINS.match(bare):
            self.scope = shown
        elif _ENDS.match(bare):
            # The same word ends every transaction: it is told apart by what the transaction was and did last.
            name = f"{shown} · in {self.scope} · after {self.last}"
            self.scope = None
        elif self.scope is not None and len(shown) <= _SHOWN and " " not in shown:
            name = f"{shown} · in {self.scope}"
        self.last = shown
        return name
