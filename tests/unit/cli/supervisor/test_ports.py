from __future__ import annotations

import socket

import pytest

from decisionworks.cli.supervisor.errors import PortTaken
from decisionworks.cli.supervisor.ports import claim_port, http_url


def test_a_taken_port_is_refused_before_anything_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(PortTaken, match=f"127.0.0.1:{port}: address already in use"):
            claim_port("127.0.0.1", port)


def test_port_zero_takes_a_free_one() -> None:
    assert claim_port("127.0.0.1", 0) > 1024


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(PortTaken, match="the host is not known"):
        claim_port("no such host", 8000)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("box.lan", "http://box.lan:8000"),
    ],
)
def test_the_url_is_one_that_a_client_on_this_machine_can_use(host: str, url: str) -> None:
    assert http_url(host, 8000) == url
