"""A real server on a loopback port, in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from decisionworks import decisions, gates
from decisionworks.decisions import DecisionSet
from decisionworks.kit.db import Database
from decisionworks.kit.settings import Settings
from decisionworks.projects import constraints_to_json, extract_constraints, load_constraint_catalogue
from decisionworks_api.__main__ import Server
from decisionworks_api.main import create_app
from decisionworks_api.services import Services
from tests.conftest import ADMIN_TOKEN

POLICY_PASS = {"status": "pass", "rules": []}


@dataclass(frozen=True)
class Api:
    """A running server, a client that holds the administrator's token, and the server's parts."""

    client: httpx.AsyncClient
    services: Services
    server: Server
    url: str

    async def ask(self, request: str = "weekly churn scores", **fields: Any) -> dict[str, Any]:
        """Post a request and return its decision set."""
        answer = await self.client.post(
            "/api/v1/projects/default/decision-sets", json={"request": request, "on_missing": "assume", **fields}
        )
        assert answer.status_code == 202, answer.text
        return dict(answer.json())


StartApi = Callable[..., Awaitable[Api]]


@pytest.fixture
async def start_api(clean_database: str, tmp_path: Path) -> AsyncIterator[StartApi]:
    running: list[tuple[Server, asyncio.Task[None], httpx.AsyncClient]] = []

    async def start(**given: Any) -> Api:
        settings = Settings(
            **{  # a busy machine is no reason to refuse a preview here
                "database_url": clean_database,
                "data_dir": tmp_path,
                "pool_size": 8,
                "port": 0,
                "preview_timeout_s": 50.0,
            }
            | given  # type: ignore[arg-type]
        )
        app = create_app(settings)
        server = Server(
            uvicorn.Config(
                app, host="127.0.0.1", port=0, log_config=None, access_log=False, timeout_graceful_shutdown=3
            )
        )
        task = asyncio.create_task(server.serve())
        async with asyncio.timeout(10):
            while not server.started:
                assert not task.done()
                await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        client = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}, timeout=60, trust_env=False
        )
        running.append((server, task, client))
        return Api(client=client, services=app.state.services, server=server, url=url)

    yield start
    for server, task, client in running:
        await client.aclose()
        if not server.should_exit:
            server.end()
        async with asyncio.timeout(10):
            await task


@pytest.fixture
async def api(start_api: StartApi) -> Api:
    return await start_api()


async def at_gate(database: Database, shown: dict[str, Any], **changes: Any) -> DecisionSet:
    """Bring a decision set to its gate as the worker would, its job parked."""
    project_id, wanted = UUID(shown["project_id"]), UUID(shown["id"])
    async with database.project_transaction(project_id) as tx:
        await tx.execute("UPDATE jobs SET state = 'parked' WHERE subject_id = %s", (wanted,))
        found = await decisions.load(tx, wanted)
        planned = {
            "status": "planning",
            "plan": {"patterns": [{"id": "serve-batch-scoring"}]},
            "plan_hash": "a" * 64,
            "policy_results": POLICY_PASS,
            **changes,
        }
        version = await decisions.update(tx, wanted, expected_version=found.version, changes=planned)
        await decisions.update(tx, wanted, expected_version=version, changes={"status": "gate_waiting"})
        await gates.open_gate(
            tx,
            project_id=project_id,
            decision_set_id=wanted,
            kind="approval",
            interrupt_id="gate_hitl",
            plan_hash="a" * 64,
        )
        return await decisions.load(tx, wanted)


async def at_questions(database: Database, shown: dict[str, Any], questions: list[dict[str, Any]]) -> DecisionSet:
    """Bring a decision set to its questions as the worker would, its job parked."""
    project_id, wanted = UUID(shown["project_id"]), UUID(shown["id"])
    catalogue = load_constraint_catalogue()
    read = extract_constraints("something", data=None, on_missing="ask", catalogue=catalogue)
    constraints = constraints_to_json(read.constraints)
    async with database.project_transaction(project_id) as tx:
        await tx.execute("UPDATE jobs SET state = 'parked' WHERE subject_id = %s", (wanted,))
        found = await decisions.load(tx, wanted)
        asked = {"status": "intake", "constraints": constraints, "questions": questions}
        version = await decisions.update(tx, wanted, expected_version=found.version, changes=asked)
        await decisions.update(tx, wanted, expected_version=version, changes={"status": "needs_input"})
        await gates.open_gate(
            tx,
            project_id=project_id,
            decision_set_id=wanted,
            kind="questions",
            interrupt_id="gate_user_input",
            plan_hash=None,
        )
        return await decisions.load(tx, wanted)
