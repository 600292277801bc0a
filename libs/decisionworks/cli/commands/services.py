"""`api`, `worker`, `migrate`: the separate services; DATABASE_URL says where."""

from __future__ import annotations

import asyncio
import runpy
import sys

import click

from decisionworks.cli.errors import BadInput


@click.command("api")
def api() -> None:
    """Serve the HTTP API."""
    # By name, because the command line and the services are neighbours that do not import each other.
    sys.argv = ["decisionworks_api"]
    runpy.run_module("decisionworks_api", run_name="__main__")


@click.command("worker")
def worker() -> None:
    """Work on jobs."""
    sys.argv = ["decisionworks_worker"]
    runpy.run_module("decisionworks_worker", run_name="__main__")


@click.command("migrate")
def migrate() -> None:
    """Bring the database to the schema of this version; prints the administrator's token when one is made."""
    from decisionworks.engine.migrate import migrate as run_migrations
    from decisionworks.kit.settings import read_settings
    from decisionworks.registry import install

    settings = read_settings()
    if not settings.database_url:
        raise BadInput("DATABASE_URL is empty", remedy="set it, or use `decisionworks up` for an embedded database")
    run_migrations(settings.owner_url)
    made = asyncio.run(install(settings.database_url, settings.admin_token))
    click.echo("the database is up to date")
    if made is not None:
        click.echo(f"administrator token, shown once: {made}")
