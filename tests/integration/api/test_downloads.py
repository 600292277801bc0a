"""Downloads from the disk and from a bucket, and what is collected once nothing names it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from decisionworks.artifacts import ContentStore, prefix_of
from decisionworks.artifacts.store_rows import add_artifact
from decisionworks.cli.client import Client
from tests.conftest import ADMIN_TOKEN
from tests.fakes.s3_process import S3Process
from tests.fakes.s3_server import ACCESS_KEY, REGION, SECRET_KEY
from tests.integration.api.conftest import Api, StartApi

DATA = b"PK a repository"


@pytest.fixture
async def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[S3Process]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    server = S3Process(tmp_path / "s3")
    await asyncio.to_thread(server.start)
    yield server
    server.kill()


async def with_artifact(api: Api, data: bytes = DATA) -> tuple[dict[str, Any], str]:
    """A decision set that has a repository."""
    shown = await api.ask()
    project_id = UUID(shown["project_id"])
    sha256 = await asyncio.to_thread(api.services.store.put, data, prefix=prefix_of(project_id, "repository"))
    async with api.services.database.project_transaction(project_id) as tx:
        await add_artifact(
            tx, project_id=project_id, decision_set_id=UUID(shown["id"]), kind="repository", sha256=sha256,
            size_bytes=len(data), media_type="application/zip", file_name="repository.zip",
        )  # fmt: skip
    return shown, sha256


async def test_bytes_on_disk_come_with_the_answer(api: Api) -> None:
    _, sha256 = await with_artifact(api)

    answer = await api.client.get(f"/api/v1/artifacts/{sha256}")

    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-disposition"] == 'attachment; filename="repository.zip"'


async def test_bytes_in_a_bucket_come_from_there_by_a_link_that_needs_no_token(
    start_api: StartApi, bucket: S3Process
) -> None:
    api = await start_api(artifacts="s3://bucket/a", artifacts_endpoint=bucket.url, artifacts_region=REGION)
    _, sha256 = await with_artifact(api)

    answer = await api.client.get(f"/api/v1/artifacts/{sha256}")

    assert answer.status_code == 307
    assert answer.headers["cache-control"] == "no-store"
    assert ADMIN_TOKEN not in answer.headers["location"]
    followed = await asyncio.to_thread(httpx.get, answer.headers["location"])
    assert followed.content == DATA
    with Client(api.url, ADMIN_TOKEN) as client:
        assert await asyncio.to_thread(client.download, sha256) == DATA


async def test_a_stranger_gets_no_link(start_api: StartApi, bucket: S3Process) -> None:
    api = await start_api(artifacts="s3://bucket/a", artifacts_endpoint=bucket.url, artifacts_region=REGION)
    _, sha256 = await with_artifact(api)

    answer = await asyncio.to_thread(httpx.get, f"{api.url}/api/v1/artifacts/{sha256}")

    assert answer.status_code == 401
    assert "location" not in answer.headers


async def test_nothing_that_a_decision_set_names_is_ever_collected(
    api: Api, clean_database: str, tmp_path: Path
) -> None:
    shown, named = await with_artifact(api)
    project_id = UUID(shown["project_id"])
    store = api.services.store
    work = prefix_of(project_id, "work")
    running = await asyncio.to_thread(store.put, b"running", prefix=work)
    left = await asyncio.to_thread(store.put, b"left", prefix=work)
    foreign = await asyncio.to_thread(store.put, b"foreign", prefix=prefix_of(UUID(int=9), "work"))
    async with api.services.database.project_transaction(project_id) as tx:
        await tx.execute(
            "INSERT INTO agent_runs (thread_id, key, project_id, node, status, inputs_hash, output, job_id,"
            " lease_token, finished_at) VALUES (%s, %s, %s, 'codegen', 'succeeded', 'x', %s, %s, 1, now())",
            (shown["id"], "c" * 64, project_id, json.dumps({"files_digest": running}), UUID(int=3)),
        )

    steps = []
    for _ in range(3):
        _make_old(tmp_path / "artifacts")
        steps.append(await asyncio.to_thread(_collected, clean_database, tmp_path))

    assert [(step["retired"], step["discarded"], step["of_unknown_projects"]) for step in steps] == [
        (1, 0, 1),
        (0, 1, 1),
        (0, 0, 1),
    ]
    assert await asyncio.to_thread(_digests, store) == {named, running, foreign}
    assert left not in await asyncio.to_thread(_digests, store)
    assert (await api.client.get(f"/api/v1/artifacts/{named}")).content == DATA


async def test_what_was_retired_and_is_named_again_comes_back(api: Api, clean_database: str, tmp_path: Path) -> None:
    shown, named = await with_artifact(api)
    store, prefix = api.services.store, prefix_of(UUID(shown["project_id"]), "repository")
    await asyncio.to_thread(store.retire, named, prefix=prefix)

    tried = await asyncio.to_thread(_collected, clean_database, tmp_path, "--dry-run")
    done = await asyncio.to_thread(_collected, clean_database, tmp_path)

    assert (tried["restored"], done["restored"]) == (1, 1)
    [kept] = await asyncio.to_thread(lambda: list(store.stored()))
    assert not kept.is_retired


def _digests(store: ContentStore) -> set[str]:
    return {one.sha256 for one in store.stored()}


def _make_old(directory: Path) -> None:
    then = time.time() - 8 * 24 * 3600
    for path in directory.rglob("*"):
        os.utime(path, (then, then))


def _collected(database_url: str, data_dir: Path, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "decisionworks.cli.main", "gc", "--data-dir", str(data_dir), "--json", *options],
        env={"DATABASE_URL": database_url, "PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
