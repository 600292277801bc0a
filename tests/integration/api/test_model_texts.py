"""Whether a project keeps what models were asked and answered is for administrators to say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from tests.integration.api.conftest import Api
from tests.integration.api.test_access import project_key


async def _a_kept_text(database: Database, project_id: str) -> None:
    async with database.project_transaction(UUID(project_id)) as tx:
        await tx.execute(
            "INSERT INTO model_calls (id, project_id, decision_set_id, run_id, node, question_key, task, try, provider,"
            " model, prompt_pack, outcome, input_tokens, output_tokens, cost_usd, latency_ms, finish_reason,"
            " kept_prompt, kept_answer) VALUES (%s, %s, %s, %s, 'planner', 'k', 'extract', 1, 'a', 'm', 'p@1',"
            " 'answered', 1, 1, 0, 1, 'complete', 'asked', 'said')",
            (new_id(), project_id, new_id(), new_id()),
        )


async def _kept(database: Database, project_id: str) -> list[Any]:
    async with database.project_transaction(UUID(project_id)) as tx:
        cursor = await tx.execute("SELECT kept_prompt, kept_answer FROM model_calls")
        return [tuple(row.values()) for row in await cursor.fetchall()]


async def test_an_administrator_says_whether_texts_are_kept_and_switching_off_removes_them(
    api: Api, database: Database
) -> None:
    made = (await api.client.post("/api/v1/projects", json={"name": "mine"})).json()
    path = f"/api/v1/projects/{made['id']}"
    on = await api.client.patch(path, json={"keeps_model_texts": True})
    await _a_kept_text(database, made["id"])
    kept = await _kept(database, made["id"])

    off = await api.client.patch(path, json={"keeps_model_texts": False})

    assert made["keeps_model_texts"] is False
    assert (on.json()["keeps_model_texts"], off.json()["keeps_model_texts"]) == (True, False)
    assert kept == [("asked", "said")]
    assert await _kept(database, made["id"]) == [(None, None)]
    assert (await api.client.get(path)).json() == off.json()


async def test_a_projects_own_key_may_not_say_so(api: Api, database: Database) -> None:
    made = (await api.client.post("/api/v1/projects", json={"name": "mine"})).json()
    key = await project_key(database, made["id"])

    answer = await api.client.patch(f"/api/v1/projects/{made['id']}", json={"keeps_model_texts": True}, headers=key)

    assert answer.status_code == 403
    assert (await api.client.get(f"/api/v1/projects/{made['id']}")).json()["keeps_model_texts"] is False
