"""A Terraform provider that knows the schema of AWS and nothing else: it can check and plan, and cannot apply.

`run_terraform.py` holds it open inside the sandbox, and every Terraform that runs there talks to the same one: protocol
5, which is gRPC, over a Unix socket in the working directory. The schema is a directory with `answer.bin`, the whole
answer to the question for it, and `schema.json`, the written form that `validate/schema/facts.py` describes.

Source: the protocol's definition, tfplugin5.proto
"""

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ormsgpack
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    RequestReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError

Block = dict[str, Any]
Method = Callable[[dict[int, list[bytes]]], bytes]

_SERVICE = "/tfplugin5.Provider/"
_SHUT_DOWN = "/plugin.GRPCController/Shutdown"
_UNIMPLEMENTED = "12"
_ERROR = 1
_UNKNOWN = ormsgpack.Ext(0, b"\x00")
# A data source has to answer with something; these stand for what AWS would say.
_SAID = {"partition": "aws", "account_id": "123456789012", "json": "{}", "region": "eu-central-1", "value": "{}"}
_PLACEHOLDERS: dict[str, Any] = {"n": 1, "b": False, "*": None}


class Provider:
    """The answers to Terraform's questions."""

    def __init__(self, directory: Path) -> None:
        self._answer = (directory / "answer.bin").read_bytes()
        self._schema: dict[str, Any] = json.loads((directory / "schema.json").read_bytes())
        self._methods: dict[str, Method] = {
            "GetSchema": lambda _: self._answer,
            "PrepareProviderConfig": lambda asked: _message(1, _only(asked, 1)),
            "ValidateResourceTypeConfig": lambda asked: self._validate("resources", asked),
            "ValidateDataSourceConfig": lambda asked: self._validate("data", asked),
            "UpgradeResourceState": lambda asked: _message(1, _message(2, _only(asked, 3))),
            "Configure": lambda _: b"",
            "ReadResource": lambda asked: _message(1, _only(asked, 2)),
            "PlanResourceChange": self._plan,
            "ReadDataSource": self._read,
            "Stop": lambda _: b"",
        }

    def method(self, path: str) -> Method | None:
        """How to answer a call; none for all that would change something."""
        return self._methods.get(path.removeprefix(_SERVICE)) if path.startswith(_SERVICE) else None

    def _validate(self, kind: str, asked: dict[int, list[bytes]]) -> bytes:
        block = self._block(kind, asked)
        return b"".join(
            _diagnostic(
                "Value for unconfigurable attribute", f"AWS decides the value of {path[-1]!r}: it cannot be set.", path
            )
            for path in _set_outputs(block, _unpacked(_only(asked, 2)), ())
        )

    def _plan(self, asked: dict[int, list[bytes]]) -> bytes:
        proposed = _unpacked(_only(asked, 3))
        planned = None if proposed is None else _planned(self._block("resources", asked), proposed)
        return _message(1, _value(planned)) + _varint(5 << 3) + _varint(1)

    def _read(self, asked: dict[int, list[bytes]]) -> bytes:
        return _message(1, _value(_answered(self._block("data", asked), _unpacked(_only(asked, 2)))))

    def _block(self, kind: str, asked: dict[int, list[bytes]]) -> Block:
        block: Block = self._schema[kind][_only(asked, 1).decode().removeprefix("aws_")]
        return block


def _set_outputs(block: Block, value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where a configuration sets what only AWS can set; Terraform leaves this to providers."""
    if not isinstance(value, dict):
        return
    for name, written in block["a"].items():
        if written[0] == "c" and value.get(name) is not None:
            yield (*path, name)
    for name, (nesting, _, _, inner) in block["b"].items():
        for key, member in _members(nesting, value.get(name)):
            yield from _set_outputs(inner, member, (*path, name, *key))


def _members(nesting: str, value: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    """The blocks of one name and how to point at them; an element of a set has no name that could be told."""
    match nesting, value:
        case "l", list():
            return [((number,), member) for number, member in enumerate(value)]
        case "s", list():
            return [((), member) for member in value]
        case "m", dict():
            return [((key,), member) for key, member in value.items()]
        case _:
            return [((), value)]


def _planned(block: Block, value: Any) -> Any:
    """What AWS will decide is not known yet."""
    return _filled(block, value, lambda name, kind: _UNKNOWN)


def _answered(block: Block, value: Any) -> Any:
    return _filled(block, value, _placeholder)


def _filled(block: Block, value: Any, fill: Callable[[str, Any], Any]) -> Any:
    if not isinstance(value, dict):
        return value
    filled = dict(value)
    for name, written in block["a"].items():
        if written[0] in "cx" and filled.get(name) is None:
            filled[name] = fill(name, written[1:] if isinstance(written, str) else written[1])
    for name, (nesting, _, _, inner) in block["b"].items():
        member = filled.get(name)
        if isinstance(member, list):
            filled[name] = [_filled(inner, item, fill) for item in member]
        elif nesting == "1":
            filled[name] = _filled(inner, member, fill)
    return filled


def _placeholder(name: str, kind: Any) -> Any:
    wrapper: str = kind[0]
    inner: Any = kind[1:] if isinstance(kind, str) else kind[1]
    if kind == "s":
        return _SAID.get(name, name)
    if inner == "":
        return _PLACEHOLDERS[wrapper]
    if wrapper == "o":
        return {member: _placeholder(member, of) for member, of in inner.items()}
    if wrapper == "m":
        return {}
    if inner == "s":
        return [f"{name}-{number}" for number in range(1, 4)]
    return [_placeholder(name, inner)]


def _unpacked(value: bytes) -> Any:
    """A value in the wire form that Terraform writes, MessagePack; what is unknown stays as it came."""
    packed = _only(_fields(value), 1)
    return ormsgpack.unpackb(packed, ext_hook=ormsgpack.Ext) if packed else None


def _value(value: Any) -> bytes:
    return _message(1, ormsgpack.packb(value))


def _diagnostic(summary: str, detail: str, path: tuple[str | int, ...]) -> bytes:
    steps = b"".join(
        _message(1, _message(1, step.encode()) if isinstance(step, str) else _varint(3 << 3) + _varint(step))
        for step in path
    )
    fields = [_varint(1 << 3) + _varint(_ERROR), _message(2, summary.encode()), _message(3, detail.encode())]
    return _message(1, b"".join([*fields, _message(4, steps)]))


def _fields(data: bytes) -> dict[int, list[bytes]]:
    """The length-delimited fields of a message by number; others are passed over."""
    found: dict[int, list[bytes]] = {}
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        match key & 7:
            case 2:
                size, at = _read_varint(data, at)
                found.setdefault(key >> 3, []).append(data[at : at + size])
                at += size
            case 0:
                _, at = _read_varint(data, at)
            case kind:
                at += {1: 8, 5: 4}[kind]
    return found


def _only(fields: dict[int, list[bytes]], number: int) -> bytes:
    return fields.get(number, [b""])[-1]


def _message(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _nothing(asked: dict[int, list[bytes]]) -> bytes:
    return b""


class Conversation:
    """One connection: gRPC calls over HTTP/2, answered in the order in which they are complete."""

    def __init__(self, peer: socket.socket, provider: Provider) -> None:
        self._peer = peer
        self._provider = provider
        self._http = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        self._paths: dict[int, str] = {}
        self._asked: dict[int, bytearray] = {}
        self._waiting: dict[int, bytes] = {}
        self._is_over = False

    def hold(self) -> None:
        """Answer until the other side has gone or asks for the end."""
        self._http.initiate_connection()
        self._send()
        while not self._is_over:
            data = self._peer.recv(65536)
            if not data:
                return
            for event in self._http.receive_data(data):
                self._hear(event)
            self._go_on()
            self._send()

    def _send(self) -> None:
        self._peer.sendall(self._http.data_to_send())

    def _hear(self, event: object) -> None:
        match event:
            case RequestReceived():
                self._paths[event.stream_id] = dict(event.headers)[b":path"].decode()
                self._asked[event.stream_id] = bytearray()
            case DataReceived():
                self._asked[event.stream_id] += event.data
                self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded():
                self._answer(event.stream_id)
            case StreamReset():
                self._waiting.pop(event.stream_id, None)
            case ConnectionTerminated():
                self._is_over = True

    def _answer(self, stream: int) -> None:
        path, asked = self._paths.pop(stream), bytes(self._asked.pop(stream))
        if path == _SHUT_DOWN:
            self._is_over = True
        method = _nothing if path == _SHUT_DOWN else self._provider.method(path)
        headers = [(":status", "200"), ("content-type", "application/grpc")]
        if method is None:
            message = "this provider can check and plan; it cannot do that"
            trailers = [("grpc-status", _UNIMPLEMENTED), ("grpc-message", message)]
            self._http.send_headers(stream, [*headers, *trailers], end_stream=True)
            return
        said = method(_fields(asked[5:]))
        self._http.send_headers(stream, headers)
        self._waiting[stream] = b"\0" + len(said).to_bytes(4, "big") + said

    def _go_on(self) -> None:
        """Send as much of the answers as the other side has room for."""
        for stream in list(self._waiting):
            rest = self._waiting[stream]
            while rest and (room := self._http.local_flow_control_window(stream)) > 0:
                size = min(room, self._http.max_outbound_frame_size, len(rest))
                self._http.send_data(stream, rest[:size])
                rest = rest[size:]
            self._waiting[stream] = rest
            if not rest:
                del self._waiting[stream]
                self._http.send_headers(stream, [("grpc-status", "0")], end_stream=True)


class Listener:
    """A socket in the working directory where every peer is answered, each in a thread of its own."""

    def __init__(self, provider: Provider) -> None:
        # Socket addresses are short, and Terraform looks from the same directory.
        self.address = f".provider-{os.getpid()}"
        self._provider = provider
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(self.address)
        self._socket.listen(16)

    def __enter__(self) -> "Listener":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        Path(self.address).unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            peer, _ = self._socket.accept()
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError, ProtocolError):
            Conversation(peer, self._provider).hold()
