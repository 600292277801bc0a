"""Servers under measurement: our API on its own schema, and plain ones of the field for streams and for runs."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import httpx
import psycopg

from benchmarks.peers.contestants import PEERS_PYTHON, PROGRAMS
from benchmarks.peers.server import Server, free_port
from benchmarks.peers.session import ProgramFailed
from decisionworks import events
from decisionworks.engine.migrate import migrate
from decisionworks.events import EVENTS_CHANNEL, EventDraft
from decisionworks.kit.db import Database
from decisionworks.registry import install

_START_S = 30.0
_WORDS = "A sentence of a reason card, as long as they usually are, so that the frame has its size. "
_PAYLOAD = {"agent": "planner", "title": "Storage", "because": [_WORDS, _WORDS, _WORDS]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A running server: its process, and where its stream is."""

    process_id: int
    port: int
    path: str
    token: str


class Publisher(Protocol):
    """Appends one event, durably, rings, and says its number and when it was committed."""

    def publish(self) -> tuple[int, float]:
        """Publish one event."""


class OurPublisher:
    """Events of a decision set, appended as the engine appends them."""

    def __init__(self, url: str, project_id: UUID, stream_id: UUID) -> None:
        self._url = url
        self._project_id = project_id
        self._stream_id = stream_id
        self._bell = psycopg.connect(url, autocommit=True)
        self._loop = asyncio.new_event_loop()
        self._database = Database(url, pool_size=2, timeout_s=10.0)
        self._loop.run_until_complete(self._database.open())

    def publish(self) -> tuple[int, float]:
        """Append, then ring."""
        number = self._loop.run_until_complete(self._append())
        committed_at = time.time()
        self._bell.execute("SELECT pg_notify(%s, %s)", (EVENTS_CHANNEL, str(self._stream_id)))
        return number, committed_at

    async def _append(self) -> int:
        draft = EventDraft(type="reason-card", payload=_PAYLOAD, node="planner")
        async with self._database.project_transaction(self._project_id) as tx:
            await events.append(tx, project_id=self._project_id, stream_id=self._stream_id, run_id=None, drafts=[draft])
            return await events.last_number(tx, stream_id=self._stream_id)

    def close(self) -> None:
        """Leave."""
        self._loop.run_until_complete(self._database.close())
        self._loop.close()
        self._bell.close()


class TablePublisher:
    """Rows of the peer's table."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def publish(self) -> tuple[int, float]:
        """Insert, then notify."""
        row = self._connection.execute(
            "INSERT INTO bench_events (payload) VALUES (%s) RETURNING seq", (json.dumps(_PAYLOAD),)
        ).fetchone()
        assert row is not None
        committed_at = time.time()
        self._connection.execute("NOTIFY bench_events")
        return int(row[0]), committed_at

    def close(self) -> None:
        """Leave."""
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Our API, and a client of it."""

    process_id: int
    port: int
    token: str
    url: str
    project_id: str
    client: httpx.Client


@contextmanager
def serving_api(server: Server, folder: Path, database: str) -> Iterator[Api]:
    """Our API on a fresh database, without a worker; `url` is the database's."""
    url = server.fresh_database(database)
    migrate(url)
    token = asyncio.run(install(url, None))
    assert token is not None
    port = free_port()
    settings = {"PORT": str(port), "DATA_DIR": str(folder / "api"), "LOG_LEVEL": "WARNING"}
    environment = {"DATABASE_URL": url, **{f"DECISIONWORKS_{name}": value for name, value in settings.items()}}
    argv = [sys.executable, "-m", "decisionworks_api"]
    with (
        process_on(port, argv, environment, folder / "api.log") as process,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=30,
        ) as client,
    ):
        project = client.get("/projects").raise_for_status().json()["items"][0]["id"]
        yield Api(process_id=process.pid, port=port, token=token, url=url, project_id=str(project), client=client)
    server.drop_database(database)


@contextmanager
def our_api(server: Server, folder: Path) -> Iterator[tuple[Open, Publisher]]:
    """Our API, with a decision set that no worker works."""
    with serving_api(server, folder, "bench_streams") as api:
        body = {"request": "A churn score for each customer."}
        made = api.client.post(f"/projects/{api.project_id}/decision-sets", json=body).raise_for_status().json()
        publisher = OurPublisher(api.url, UUID(api.project_id), UUID(made["id"]))
        try:
            path = f"/api/v1/streams/{made['id']}"
            yield Open(process_id=api.process_id, port=api.port, path=path, token=api.token), publisher
        finally:
            publisher.close()


@contextmanager
def sse_starlette(server: Server, folder: Path) -> Iterator[tuple[Open, Publisher]]:
    """sse-starlette behind uvicorn."""
    url = server.fresh_database("bench_streams")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_events (seq bigint GENERATED ALWAYS AS IDENTITY, payload text)")
    port = free_port()
    environment = {"BENCH_URL": url, "BENCH_PORT": str(port)}
    argv = [str(PEERS_PYTHON), str(PROGRAMS / "sse_peer.py")]
    with process_on(port, argv, environment, folder / "sse.log") as process:
        publisher = TablePublisher(url)
        try:
            yield Open(process_id=process.pid, port=port, path="/stream", token=""), publisher
        finally:
            publisher.close()
    server.drop_database("bench_streams")


@contextmanager
def langgraph_api(server: Server, folder: Path) -> Iterator[httpx.Client]:
    """LangGraph behind FastAPI, in one process; a client of it."""
    url = server.fresh_database("bench_langgraph_api")
    port = free_port()
    environment = {"BENCH_URL": url, "BENCH_PORT": str(port)}
    argv = [str(PEERS_PYTHON), str(PROGRAMS / "langgraph_api.py")]
    with (
        process_on(port, argv, environment, folder / "langgraph_api.log"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client,
    ):
        yield client
    server.drop_database("bench_langgraph_api")


@contextmanager
def process_on(
    port: int, argv: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that answers on a port, until the end of the block.

    Raises: ProgramFailed.
    """
    with log.open("ab") as words:
        process = subprocess.Popen(
            argv, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=words, stderr=words
        )
    try:
        deadline = time.monotonic() + _START_S
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ProgramFailed(f"the server did not start: {log.read_text(errors='replace')[-400:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=5)
    except httpx.HTTPError:
        return False
    return True
