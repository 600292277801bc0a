from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from decisionworks.cli.client import Client
from decisionworks.cli.errors import CannotReach, CommandFailed


def client_of(handler: Callable[[httpx.Request], httpx.Response]) -> Client:
    client = Client("http://server", "secret")
    client._http = httpx.Client(base_url="http://server", transport=httpx.MockTransport(handler))
    return client


def frames(*numbers: int, last: str = "node-completed") -> bytes:
    text = ": hello\n\nevent: ping\ndata: {}\n\n"
    for number in numbers:
        kind = last if number == numbers[-1] else "node-started"
        text += f"id: {number}\nevent: {kind}\ndata: {json.dumps({'seq': number, 'type': kind})}\n\n"
    return text.encode()


def test_a_stream_that_was_cut_is_resumed_after_its_last_event() -> None:
    asked: list[str | None] = []
    answers = [frames(1, 2), frames(2, 3), frames(4, last="run-complete")]

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("last-event-id"))
        return httpx.Response(200, content=answers[len(asked) - 1])

    with client_of(serve) as client:
        seen = [event["seq"] for event in client.follow("x")]

    assert seen == [1, 2, 3, 4]
    assert asked == [None, "2", "3"]


def test_a_server_that_restarts_in_the_middle_costs_no_event() -> None:
    calls = 0

    def serve(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise httpx.ConnectError("refused")
        if calls == 3:
            return httpx.Response(503)
        return httpx.Response(200, content=frames(1) if calls == 1 else frames(2, last="run-complete"))

    with client_of(serve) as client:
        seen = [event["seq"] for event in client.follow("x")]

    assert seen == [1, 2]


@pytest.mark.parametrize(
    ("status", "kind", "detail", "code"),
    [
        (401, "unauthenticated", "no", 7),
        (403, "forbidden", "no", 7),
        (404, "decision-set-not-found", "there is no decision set x", 2),
        (409, "already-decided", "the gate is closed: approved by ada", 1),
        (409, "cannot-approve", "blocked by policy: sec-baseline", 5),
        (422, "invalid", "bad", 2),
        (500, "internal", "our fault", 1),
        (503, "database-unavailable", "later", 7),
    ],
)
def test_a_refusal_says_what_the_server_said_with_the_fitting_exit_code(
    status: int, kind: str, detail: str, code: int
) -> None:
    problem = {"type": f"urn:decisionworks:problem:{kind}", "detail": detail, "remedy": "do this"}

    with client_of(lambda _: httpx.Response(status, json=problem)) as client, pytest.raises(CommandFailed) as refused:
        client.get("/x")

    assert (refused.value.message, refused.value.exit_code, refused.value.remedy) == (detail, code, "do this")


def test_something_that_is_not_our_server_is_said_to_be_so() -> None:
    with (
        client_of(lambda _: httpx.Response(200, content=b"<html>")) as client,
        pytest.raises(CannotReach, match="not answer as Decisionworks"),
    ):
        client.get("/x")


def test_an_id_cannot_leave_its_place_in_the_path() -> None:
    from decisionworks.cli.client import segment

    assert segment("../../metrics?x=1#y") == "..%2F..%2Fmetrics%3Fx%3D1%23y"


def test_following_from_behind_the_last_event_of_an_ended_run_ends() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        if "/streams/" in request.url.path:
            return httpx.Response(200, content=b"retry: 1000\n\n")
        if request.url.path.endswith("/events"):
            return httpx.Response(200, json={"items": [], "next_cursor": None})
        return httpx.Response(200, json={"status": "completed"})

    with client_of(serve) as client:
        seen = list(client.follow("x", after=43))

    assert seen == []


def test_a_stream_that_was_silent_while_the_run_ended_is_resumed_for_its_last_event() -> None:
    streams = [b"retry: 1000\n\n", frames(44, last="run-complete")]

    def serve(request: httpx.Request) -> httpx.Response:
        if "/streams/" in request.url.path:
            return httpx.Response(200, content=streams.pop(0))
        if request.url.path.endswith("/events"):
            return httpx.Response(200, json={"items": [{"seq": 44}], "next_cursor": None})
        return httpx.Response(200, json={"status": "completed"})

    with client_of(serve) as client:
        seen = [event["seq"] for event in client.follow("x", after=43)]

    assert seen == [44]


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://server", "", "http://[::"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(CannotReach, match="is not the address of a server"):
        Client(url, "secret")


@pytest.mark.parametrize("token", ["dw_secret\nX: y", "dw_sécret"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(CannotReach) as refused:
        Client("http://server", token)

    assert "cret" not in refused.value.message
