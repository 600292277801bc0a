"""Finding the server: told, on this machine, or started for the length of one command."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
import httpx

from decisionworks.cli.client import Client
from decisionworks.cli.errors import CannotReach, CommandFailed
from decisionworks.cli.supervisor.address import FILE_NAME, read_address
from decisionworks.cli.supervisor.embedded import embedded_platform
from decisionworks.cli.supervisor.errors import PlatformFailed

DEFAULT_DATA_DIR = Path(".data")
_LOOK_S = 3.0
#: Adds --project to a command.
project_option = click.option(
    "--project", default="default", show_default=True, metavar="ID", help="Id of the project."
)
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Where to look for the server, and whether to speak JSON."""

    url: str | None
    token: str | None
    data_dir: Path
    is_json: bool


def server_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add --url, --token, --data-dir and --json to a command, handed over as `server`."""

    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        picked = {name: kwargs.pop(name) for name in ("url", "token", "data_dir", "is_json")}
        kwargs["server"] = ServerOptions(**picked)  # type: ignore[arg-type]  # click has typed them
        return command(*args, **kwargs)

    wrapped.__name__ = command.__name__
    wrapped.__doc__ = command.__doc__
    wrapped.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # click's own
    for option in (
        click.option("--json", "is_json", is_flag=True, help="One JSON object on standard output."),
        click.option(
            "--data-dir",
            envvar="DECISIONWORKS_DATA_DIR",
            default=DEFAULT_DATA_DIR,
            show_default=True,
            type=click.Path(path_type=Path),
            help="Where the server on this machine keeps its address and token.",
        ),
        click.option("--token", envvar="DECISIONWORKS_TOKEN", help="Bearer token. [env: DECISIONWORKS_TOKEN]"),
        click.option("--url", envvar="DECISIONWORKS_URL", help="Address of the API. [env: DECISIONWORKS_URL]"),
    ):
        option(wrapped)
    return wrapped


@contextmanager
def connect(server: ServerOptions) -> Iterator[Client]:
    """A client of the server that was named, or of the one that runs on this machine.

    Raises: CannotReach.
    """
    client = _found(server)
    if client is None:
        _raise_if_private(server.data_dir)
        raise CannotReach(
            f"no server runs on the data directory {server.data_dir}",
            remedy="start one with `decisionworks up`, or give --url and --token",
        )
    with client:
        yield client


@contextmanager
def connect_or_start(server: ServerOptions, *, workers: int, say: Callable[[str], None]) -> Iterator[Client]:
    """A client of the server that was named or runs here; else of one that is started and ended with the block.

    Raises: CannotReach; CommandFailed, the platform cannot be started.
    """
    client = _found(server)
    if client is not None:
        with client:
            yield client
        return
    say(f"starting the platform in {server.data_dir} for this command")
    try:
        with (
            embedded_platform(server.data_dir, workers=workers) as address,
            Client(address.url, address.token) as started,
        ):
            yield started
            say("ending the platform")
    except PlatformFailed as error:
        raise CommandFailed(error.message, exit_code=error.exit_code or 1, remedy=error.remedy) from error


def _found(server: ServerOptions) -> Client | None:
    known = read_address(server.data_dir)
    if server.url:
        is_known = known is not None and known.url.rstrip("/") == server.url.rstrip("/")
        return Client(server.url, server.token or (known.token if known is not None and is_known else None))
    if known is None or not _answers(known.url):
        return None
    return Client(known.url, server.token or known.token)


def _raise_if_private(data_dir: Path) -> None:
    address = data_dir / FILE_NAME
    if os.path.exists(address) and not os.access(address, os.R_OK):  # noqa: PTH110 - Path.exists may raise here
        raise CannotReach(
            f"{address} may be read by its owner only", remedy="ask its owner for a token and give --url and --token"
        )


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=_LOOK_S, trust_env=False).status_code == 200
    except (httpx.TransportError, httpx.InvalidURL):
        return False
