"""Whether an address can be listened on, found out before anything else is started."""

from __future__ import annotations

import socket

from decisionworks.cli.supervisor.errors import PortTaken


def claim_port(host: str, port: int) -> int:
    """The port if it is free; a free one for 0.

    Raises: PortTaken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError, OverflowError) as error:
        raise PortTaken(host, port, why="the host is not known") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise PortTaken(host, port, why=(error.strerror or str(error)).lower()) from error
        return int(probe.getsockname()[1])


def reachable_host(host: str) -> str:
    """Where a client on this machine reaches a server that listens on a host."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only


def http_url(host: str, port: int) -> str:
    """The URL of a server that listens on a host and port."""
    reachable = reachable_host(host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
