"""The fake's HTTP: one thread a connection, so that a fault can hold or cut exactly one of them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from tests.fakes.vendors.defaults import empty_answer
from tests.fakes.vendors.script import Script, Step

SCRIPT = Script()
_ERRORS = {
    "400": (400, "invalid_request_error"),
    "401": (401, "authentication_error"),
    "402": (402, "billing_error"),
    "404": (404, "not_found_error"),
    "429": (429, "rate_limit_error"),
    "500": (500, "api_error"),
    "529": (529, "overloaded_error"),
}


class Vendors(BaseHTTPRequestHandler):
    """Both vendors, LangSmith and the script."""

    protocol_version = "HTTP/1.1"
    # An answer is many small writes, and each would wait 40 ms for the acknowledgement of the one before.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """What was asked; LangSmith's greeting."""
        if self.path == "/calls":
            self._json(200, {"calls": SCRIPT.calls, "traces": SCRIPT.traces})
        else:
            self._json(200, {"version": "fake", "batch_ingest_config": {"use_multipart_endpoint": True}})

    def do_POST(self) -> None:
        """A request to a vendor, a trace, or a new script."""
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        if path == "/script":
            SCRIPT.set(json.loads(raw))
            self._json(200, {})
        elif path == "/reset":
            SCRIPT.reset()
            self._json(200, {})
        elif path.endswith("/v1/messages"):
            self._vendor("anthropic", json.loads(raw), self._messages)
        elif path.endswith("/v1/responses"):
            self._vendor("openai", json.loads(raw), self._responses)
        elif path.endswith("/chat/completions"):
            self._vendor("openai", json.loads(raw), self._completion)
        else:
            SCRIPT.traces.append(raw.decode("utf-8", "replace"))
            self._json(202, {})

    def _vendor(self, vendor: str, body: dict[str, Any], answer: Any) -> None:
        step = SCRIPT.next(vendor, body, json.dumps(body, ensure_ascii=False))
        fault = step.get("fault")
        time.sleep(float(step.get("delay_s", 0)))
        if fault in _ERRORS:
            return self._error(fault, step)
        if fault == "hang":
            time.sleep(float(step.get("hang_s", 30)))
            return self._drop()
        text, stop = _text_of(step, body)
        answer(body, step, text, stop)
        return None

    def _error(self, fault: str, step: Step) -> None:
        status, kind = _ERRORS[fault]
        headers = {"retry-after": str(step["retry_after"])} if "retry_after" in step else {}
        error = {"type": kind, "message": f"scripted {fault}", "code": step.get("code")}
        self._json(status, {"type": "error", "error": error}, headers)

    def _messages(self, body: Mapping[str, Any], step: Step, text: str, stop: str) -> None:
        usage = {"input_tokens": 1000, "output_tokens": 1, "cache_read_input_tokens": 200}
        message = {
            "id": f"msg_{uuid4().hex}", "type": "message", "role": "assistant", "model": body["model"], "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        blocks = list(step.get("blocks", [{"type": "text", "text": text}]))
        reason = {"refusal": "refusal", "length": "max_tokens"}.get(stop, "end_turn")
        if any(block["type"] == "tool_use" for block in blocks):
            reason = "tool_use"
        if not body.get("stream"):
            self._json(
                200, message | {"content": blocks, "stop_reason": reason, "usage": usage | {"output_tokens": 50}}
            )
            return
        events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
        for index, block in enumerate(blocks):
            events += _block_events(index, block)
        events += [
            {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None},
             "usage": {"output_tokens": 50}},
            {"type": "message_stop"},
        ]  # fmt: skip
        self._stream(events, cut=step.get("fault") == "cut")

    def _responses(self, body: Mapping[str, Any], step: Step, text: str, stop: str) -> None:
        part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
        if stop == "refusal":
            part = {"type": "refusal", "refusal": "I will not."}
        item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
        usage = {
            "input_tokens": 1200, "output_tokens": 50, "total_tokens": 1250,
            "input_tokens_details": {"cached_tokens": 200, "cache_write_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 10},
        }  # fmt: skip
        answer = {
            "id": "resp_fake", "object": "response", "created_at": 1, "model": body["model"], "output": [item],
            "status": "incomplete" if stop == "length" else "completed", "usage": usage, "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if stop == "length" else None,
            "parallel_tool_calls": False, "tool_choice": "auto", "tools": [], "metadata": {}, "instructions": None,
            "temperature": None, "top_p": None,
        }  # fmt: skip
        self._whole(answer, cut=step.get("fault") == "cut")

    def _completion(self, body: Mapping[str, Any], step: Step, text: str, stop: str) -> None:
        message = {"role": "assistant", "content": text, "refusal": "I will not." if stop == "refusal" else None}
        reason = "length" if stop == "length" else "stop"
        answer = {
            "id": "chat_fake", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "finish_reason": reason, "message": message, "logprobs": None}],
            "usage": {"prompt_tokens": 1200, "completion_tokens": 50, "total_tokens": 1250,
                      "prompt_tokens_details": {"cached_tokens": 200}},
        }  # fmt: skip
        self._whole(answer, cut=step.get("fault") == "cut")

    def _stream(self, events: list[dict[str, Any]], *, cut: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("request-id", "req_fake")
        self.end_headers()
        for event in events[: len(events) // 2] if cut else events:
            self._chunk(f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
        if cut:
            return self._drop()
        self.wfile.write(b"0\r\n\r\n")
        return None

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _whole(self, answer: Mapping[str, Any], *, cut: bool) -> None:
        data = json.dumps(answer).encode()
        if not cut:
            return self._json(200, answer)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        return self._drop()

    def _json(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "request-id": "req_fake", "x-request-id": "req_fake",
                            "content-length": str(len(data)), **(headers or {})}.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _drop(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _block_events(index: int, block: Mapping[str, Any]) -> list[dict[str, Any]]:
    if block["type"] == "tool_use":
        start: dict[str, Any] = {**block, "input": {}}
        delta: dict[str, Any] = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        deltas = [delta]
    else:
        start = {"type": "text", "text": ""}
        text = str(block["text"])
        half = len(text) // 2
        deltas = [{"type": "text_delta", "text": piece} for piece in (text[:half], text[half:])]
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": one} for one in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def _text_of(step: Step, body: Mapping[str, Any]) -> tuple[str, str]:
    """The text of an answer and how it ends, with the faults that lie in the text itself."""
    answer = step["answer"] if step.get("answer") else empty_answer(body)
    text = str(step["text"]) if "text" in step else json.dumps(answer, ensure_ascii=False)
    match step.get("fault"):
        case "truncated":
            return text[: max(1, len(text) - 3)], "stop"
        case "wrong-schema":
            return '{"surprise": true}', "stop"
        case "refusal":
            return "", "refusal"
        case "empty":
            return "", "stop"
        case "over-long":
            return text[: len(text) // 2], "length"
        case _:
            return text, "stop"


class Server(ThreadingHTTPServer):
    """Threads die with the process; a queue long enough for many workers at once."""

    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""
