"""Unix sockets, where they are allowed, at each level that this machine has."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from decisionworks.sandbox import SandboxLevel, SandboxResult, Sockets

Run = Callable[..., SandboxResult]
ATTEMPT = """
import os, sys
def attempt(name, action):
    try:
        action()
    except Exception as error:
        print(name, type(error).__name__)
    else:
        print(name, "WORKED")
"""


def outcomes(result: SandboxResult) -> dict[str, str]:
    assert result.exit_code == 0, result
    return dict(line.split() for line in result.stdout.decode().splitlines())


def test_unix_sockets_where_they_are_allowed_reach_no_network_and_nobody_outside(run: Run, open_dir: Path) -> None:
    code = (
        ATTEMPT
        + """
import socket
def listen(path):
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
        listener.bind(path)
        listener.listen(1)
        caller.connect(path)
attempt("own", lambda: listen(sys.argv[3] + "/own"))
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(sys.argv[1]))))
attempt("ipv6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("vsock", lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[2]))
attempt("elsewhere", lambda: listen(sys.argv[4] + "/elsewhere"))
attempt("others", lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[4] + "/private/s"))
"""
    )
    private = open_dir / "private"
    private.mkdir(mode=0o700)
    name = f"outside-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as others,
    ):
        abstract.bind(f"\0{name}")
        abstract.listen(1)
        others.bind(str(private / "s"))
        others.listen(1)

        arguments = (str(tcp.getsockname()[1]), name, str(open_dir / "output"), str(open_dir))
        result = run(code, *arguments, sockets=Sockets.UNIX)

    found = outcomes(result)
    if result.controls["unix-sockets"] != "kept in (private root)":
        # Without namespaces only the owner's rights protect a socket, and the level says so.
        assert result.level is SandboxLevel.KERNEL_FILTERS
        del found["others"]
    assert found.pop("own") == "WORKED"
    assert "WORKED" not in found.values(), found
    assert result.controls["network"] == "Unix sockets only (seccomp)"
