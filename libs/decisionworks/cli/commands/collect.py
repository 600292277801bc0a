"""`decisionworks gc`: bytes that no decision set names any more leave the store, in two steps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import click

from decisionworks.cli.errors import BadInput
from decisionworks.cli.terminal import console, print_json
from decisionworks.kit.settings import Settings


@click.command("gc")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where `up` keeps its data.")
@click.option(
    "--grace-days", type=click.FloatRange(min=1), default=7.0, show_default=True, help="Age before each step."
)
@click.option("--dry-run", is_flag=True, help="Say what would go; move nothing.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object on standard output.")
def collect(*, data_dir: Path | None, grace_days: float, dry_run: bool, is_json: bool) -> None:
    """Put aside what nothing names, and delete what has been aside for long.

    For the operator: reads DATABASE_URL and the settings of the store. Nothing that a decision set names ever goes.
    """
    from decisionworks.kit.settings import read_settings

    settings = read_settings(data_dir=data_dir)
    if not settings.database_url:
        raise BadInput("DATABASE_URL is empty", remedy="set it: without the database nobody knows what is named")
    told = asyncio.run(_collect(settings, grace=timedelta(days=grace_days), dry_run=dry_run))
    if is_json:
        print_json(told)
    else:
        console().print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items()))


async def _collect(settings: Settings, *, grace: timedelta, dry_run: bool) -> dict[str, object]:
    from decisionworks.artifacts import open_store
    from decisionworks.artifacts.collect_garbage import collect_garbage, list_store, named_digests
    from decisionworks.kit.db import Database

    store = open_store(settings)
    database = Database(settings.database_url, pool_size=2, timeout_s=settings.database_timeout_s)
    await database.open()
    try:
        listed = await asyncio.to_thread(list_store, store)
        named: dict[UUID, frozenset[str]] = {}
        async with database.system_transaction() as tx:
            projects = [row["id"] for row in await (await tx.execute("SELECT id FROM projects")).fetchall()]
        for project_id in projects:
            async with database.project_transaction(project_id) as tx:
                named[project_id] = await named_digests(tx)
    finally:
        await database.close()
    found = await asyncio.to_thread(
        collect_garbage, store, listed, named, now=datetime.now(UTC), grace=grace, dry_run=dry_run
    )
    return {
        "kept": found.counts["keep"],
        "retired": found.counts["retire"],
        "restored": found.counts["restore"],
        "discarded": found.counts["discard"],
        "freed_bytes": found.freed_bytes,
        "unfinished_uploads": found.unfinished_uploads,
        "of_unknown_projects": found.counts["foreign"],
        "dry_run": dry_run,
    }
