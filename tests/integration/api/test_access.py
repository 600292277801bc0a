from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from decisionworks.registry.tokens import digest_of_token, new_token, prefix_of
from tests.conftest import ADMIN_TOKEN
from tests.integration.api.conftest import Api, StartApi


async def project_key(database: Database, project_id: str) -> dict[str, str]:
    token = new_token()
    async with database.system_transaction() as tx:
        await tx.execute(
            "INSERT INTO api_keys (id, name, prefix, key_sha256, project_id) VALUES (%s, 'ci', %s, %s, %s)",
            (new_id(), prefix_of(token), digest_of_token(token), UUID(project_id)),
        )
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/docs", "/"])
async def test_health_and_documentation_are_open(api: Api, path: str) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as nobody:
        answer = await nobody.get(path)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {ADMIN_TOKEN}x"},
        {"Authorization": f"Basic {ADMIN_TOKEN}"},
        {"Authorization": "Bearer " + "x" * 5000},
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/projects", "/metrics", "/api/jobs", "/nowhere"])
async def test_everything_else_needs_a_right_token(api: Api, headers: dict[str, str], path: str) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as nobody:
        answer = await nobody.get(path, headers=headers, params={"token": ADMIN_TOKEN, "access_token": ADMIN_TOKEN})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert ADMIN_TOKEN not in answer.text


async def test_a_wrong_token_is_refused_before_the_body_is_read(api: Api) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as nobody:
        answer = await nobody.post("/api/v1/projects", content=b"{not json", headers={"Authorization": "Bearer no"})

    assert answer.status_code == 401


async def test_a_projects_key_sees_its_project_and_no_other(api: Api, database: Database) -> None:
    other = (await api.client.post("/api/v1/projects", json={"name": "other"})).json()
    mine = (await api.client.post("/api/v1/projects", json={"name": "mine"})).json()
    secret = (
        await api.client.post(f"/api/v1/projects/{other['id']}/decision-sets", json={"request": "their plan"})
    ).json()
    key = await project_key(database, mine["id"])

    seen = {
        "listed": await api.client.get("/api/v1/projects", headers=key),
        "read": await api.client.get(secret["links"]["self"], headers=key),
        "stream": await api.client.get(secret["links"]["stream"], headers=key),
        "events": await api.client.get(secret["links"]["events"], headers=key),
        "cancel": await api.client.post(secret["links"]["cancel"], headers=key),
        "project": await api.client.get(f"/api/v1/projects/{other['id']}/decision-sets", headers=key),
        "chat": await api.client.post(
            "/api/chat", headers=key, json={"messages": [{"role": "user", "content": "x"}], "thread_id": secret["id"]}
        ),
    }
    made = await api.client.post("/api/v1/projects/default/decision-sets", json={"request": "mine"}, headers=key)

    assert [one["id"] for one in seen["listed"].json()["items"]] == [mine["id"]]
    assert {name: one.status_code for name, one in seen.items() if name != "listed"} == {
        "read": 404,
        "stream": 404,
        "events": 404,
        "cancel": 404,
        "project": 404,
        "chat": 404,
    }
    assert made.json()["project_id"] == mine["id"]


async def test_a_projects_key_may_not_see_the_queue_or_make_projects(api: Api, database: Database) -> None:
    mine = (await api.client.post("/api/v1/projects", json={"name": "mine"})).json()
    key = await project_key(database, mine["id"])

    answers = [
        await api.client.get("/api/v1/jobs", headers=key),
        await api.client.get("/api/v1/stats", headers=key),
        await api.client.post("/api/v1/projects", json={"name": "more"}, headers=key),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_a_project_name_is_taken_once(api: Api) -> None:
    first = await api.client.post("/api/v1/projects", json={"name": "Fraud"})
    again = await api.client.post("/api/v1/projects", json={"name": "fraud"})
    empty = await api.client.post("/api/v1/projects", json={"name": "  "})

    assert (first.status_code, again.status_code, empty.status_code) == (201, 409, 422)


async def test_too_many_writes_are_told_when_to_come_back(start_api: StartApi) -> None:
    api = await start_api(rate_limit_per_minute=3)

    answers = [await api.client.post("/api/v1/projects", json={"name": f"p{number}"}) for number in range(5)]

    refused = answers[-1]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    assert int(refused.headers["retry-after"]) >= 1


async def test_an_unreachable_database_is_a_503_and_health_still_answers(start_api: StartApi) -> None:
    api = await start_api(database_url="postgresql://postgres@127.0.0.1:1/none", database_timeout_s=0.5)

    ready = await api.client.get("/readyz")
    asked = await api.client.get("/api/v1/projects")
    alive = await api.client.get("/healthz")

    assert (ready.status_code, asked.status_code, alive.status_code) == (503, 503, 200)
    assert ready.headers["content-type"] == "application/problem+json"
    assert int(asked.headers["retry-after"]) >= 1


async def test_metrics_count_requests_and_jobs(api: Api) -> None:
    await api.ask()

    text = (await api.client.get("/metrics")).text

    assert 'decisionworks_jobs{state="ready"} 1.0' in text
    assert 'route="/projects/{project_id}/decision-sets",status="202"' in text


async def test_a_request_id_is_taken_over_when_it_is_harmless(api: Api) -> None:
    kept = await api.client.get("/healthz", headers={"X-Request-ID": "abc-1"})
    replaced = await api.client.get("/healthz", headers={"X-Request-ID": "a b<script>"})

    assert kept.headers["x-request-id"] == "abc-1"
    assert replaced.headers["x-request-id"] != "a b<script>"


async def test_an_unknown_path_or_method_is_a_problem_document(api: Api) -> None:
    missing = await api.client.get("/api/v1/nothing")
    wrong = await api.client.delete("/api/v1/projects")

    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert missing.json()["detail"] == "there is nothing at /api/v1/nothing"
    assert wrong.json()["detail"] == "DELETE is not for /api/v1/projects"
    assert missing.headers["content-type"] == wrong.headers["content-type"] == "application/problem+json"


async def test_what_is_no_job_id_is_not_found_under_its_own_name(api: Api) -> None:
    answer = await api.client.get("/api/v1/jobs/nope")

    assert (answer.status_code, answer.json()["detail"]) == (404, "there is no job nope")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_probe_may_ask_for_the_head_alone(api: Api, path: str) -> None:
    answer = await api.client.head(path)

    assert (answer.status_code, answer.content) == (200, b"")


async def test_times_are_written_alike_everywhere(api: Api) -> None:
    shown = await api.ask()
    project = (await api.client.get("/api/v1/projects/default")).json()

    assert shown["created_at"].endswith("Z")
    assert project["created_at"].endswith("Z")
