"""`decisionworks up`: the whole platform in one foreground process group."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from decisionworks.cli.supervisor.child import die_with_parent
from decisionworks.cli.supervisor.errors import exit_code_of
from decisionworks.cli.supervisor.platform import Platform, PlatformOptions
from decisionworks.cli.supervisor.signals import Signals
from decisionworks.kit.errors import DecisionworksError
from decisionworks.kit.logging import configure_logging
from decisionworks.kit.settings import Settings, read_settings

WORKERS = 2


def up(host: str, port: int, data_dir: Path, workers: int = WORKERS, *, is_quiet: bool = False) -> int:
    """Run the platform until SIGINT or SIGTERM; prints `ready URL` on standard output when it is healthy.

    Answers the exit code: 0 ended as asked, 1 failed, 2 bad input, 7 the database cannot be reached.
    """
    environment = dict(os.environ)
    try:
        settings = _settings(environment, host=host, port=port, data_dir=data_dir)
    except DecisionworksError as error:
        return _say(error)
    _configure_logging(settings, is_quiet=is_quiet)
    options = PlatformOptions(
        host=settings.host,
        port=settings.port,
        data_dir=settings.data_dir,
        workers=workers,
        environment=environment,
        admin_token=settings.admin_token,
    )
    with Signals() as signals:
        platform = Platform(options, signals=signals)
        try:
            address = platform.start()
            if address is not None:
                print(f"ready {address.url}", flush=True)
                platform.watch()
        except DecisionworksError as error:
            return _say(error)
        finally:
            platform.stop()
    return 0


def _settings(environment: Mapping[str, str], *, host: str, port: int, data_dir: Path) -> Settings:
    """Check every setting before anything starts; the embedded database's URL is not known yet."""
    database_url = environment.get("DATABASE_URL") or "embedded"
    return read_settings(environment, database_url=database_url, host=host, port=port, data_dir=data_dir)


def _configure_logging(settings: Settings, *, is_quiet: bool) -> None:
    is_terminal = sys.stderr.isatty()
    level = "ERROR" if is_quiet else settings.log_level
    configure_logging(log_format="console" if is_terminal else settings.log_format, level=level, process="up")


def _say(error: DecisionworksError) -> int:
    print(f"error: {error.message}" + (f"; {error.remedy}" if error.remedy else ""), file=sys.stderr, flush=True)
    return exit_code_of(error)


@click.command("up")
@click.option(
    "--host", envvar="DECISIONWORKS_HOST", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option(
    "--port",
    envvar="DECISIONWORKS_PORT",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port; 0 takes a free one.",
)
@click.option(
    "--data-dir",
    envvar="DECISIONWORKS_DATA_DIR",
    default=Path(".data"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=True),
    help="Database, artifacts, logs and server.json.",
)
@click.option("--workers", default=WORKERS, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option("--quiet", "is_quiet", is_flag=True, help="Say nothing but errors on standard error.")
@click.option("--end-with-parent", is_flag=True, hidden=True)
def up_command(host: str, port: int, data_dir: Path, workers: int, *, is_quiet: bool, end_with_parent: bool) -> None:
    """Run the whole platform here: database, migrations, API and workers."""
    if end_with_parent:
        die_with_parent(signal.SIGTERM)
    sys.exit(up(host, port, data_dir, workers, is_quiet=is_quiet))


if __name__ == "__main__":
    up_command()
