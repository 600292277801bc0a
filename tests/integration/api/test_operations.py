"""What operators do: replay and discard jobs, limit projects, plan again at set times."""

from __future__ import annotations

from typing import Any

from decisionworks import decisions, jobs
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from tests.factories.queue import a_project, a_worker, claimed
from tests.integration.api.conftest import Api, at_gate


async def _quarantined(database: Database, shown: dict[str, Any] | None = None) -> str:
    """A job in quarantine: a light one, or the run of a decision set, which has failed with it."""
    worker_id = await a_worker(database)
    if shown is None:
        project_id = await a_project(database)
        async with database.project_transaction(project_id) as tx:
            await jobs.enqueue(tx, project_id=project_id, kind="light", subject_id=None, payload={})
    [job] = await claimed(database, worker_id)
    async with database.project_transaction(job.project_id) as tx:
        if job.subject_id is not None:
            found = await decisions.load(tx, job.subject_id)
            await decisions.finish(tx, found, status="failed", run_id=job.id, payload={"code": "unexpected"})
        await jobs.finish(tx, job.lease, outcome="quarantined", error={"code": "unexpected"})
    return str(job.id)


async def test_a_light_job_is_replayed_under_its_own_id(api: Api, database: Database) -> None:
    job_id = await _quarantined(database)

    answer = await api.client.post(f"/api/v1/jobs/{job_id}/replay")
    again = await api.client.post(f"/api/v1/jobs/{job_id}/replay")

    assert answer.json() == {"id": job_id, "decision_set_id": None}
    assert (await api.client.get(f"/api/v1/jobs/{job_id}")).json()["state"] == "ready"
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[-1]) == (409, "not-in-quarantine")


async def test_a_run_in_quarantine_is_asked_again_as_a_revision(api: Api, database: Database) -> None:
    shown = await api.ask("weekly churn scores for 40,000 customers")
    job_id = await _quarantined(database, shown)

    answer = await api.client.post(f"/api/v1/jobs/{job_id}/replay")
    made = (await api.client.get(f"/api/v1/decision-sets/{answer.json()['decision_set_id']}")).json()
    again = await api.client.post(f"/api/v1/jobs/{job_id}/replay")

    assert (made["parent_id"], made["revision"], made["request"]) == (shown["id"], 2, shown["request"])
    assert made["metadata"]["asked_again"] == "replayed"
    assert again.status_code == 409


async def test_a_discarded_job_counts_as_failed(api: Api, database: Database) -> None:
    job_id = await _quarantined(database)
    listed = (await api.client.get("/api/v1/jobs", params={"state": "quarantined"})).json()["items"]

    answer = await api.client.post(f"/api/v1/jobs/{job_id}/discard")

    assert [one["id"] for one in listed] == [job_id]
    assert answer.json()["state"] == "failed"
    assert (await api.client.get("/api/v1/stats")).json()["quarantined"] == 0


async def test_a_job_that_is_not_there_is_not_found(api: Api) -> None:
    assert (await api.client.post(f"/api/v1/jobs/{new_id()}/replay")).status_code == 404
    assert (await api.client.post("/api/v1/jobs/nonsense/discard")).status_code == 404


async def test_a_limit_is_set_shown_and_lifted(api: Api) -> None:
    path = "/api/v1/projects/default/limits"

    before = (await api.client.get(path)).json()
    given = await api.client.put(path, json={"max_running": 3})
    wrong = await api.client.put(path, json={"max_running": 0})
    after = (await api.client.get(path)).json()
    await api.client.put(path, json={"max_running": None})

    assert (before, given.json(), after) == ({"max_running": None}, {"max_running": 3}, {"max_running": 3})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/max_running")
    assert (await api.client.get(path)).json() == {"max_running": None}


async def test_a_decision_set_is_planned_again_at_set_times(api: Api, database: Database) -> None:
    shown = await api.ask("weekly churn scores")
    await at_gate(database, shown)
    path = "/api/v1/projects/default/schedules"
    body = {
        "name": "nightly prices",
        "cron": "30 2 * * *",
        "decision_set_id": shown["id"],
        "time_zone": "Europe/Berlin",
    }

    made = await api.client.post(path, json=body)
    twice = await api.client.post(path, json=body)
    listed = (await api.client.get(path)).json()["items"]
    removed = await api.client.delete(f"{path}/{made.json()['id']}")

    assert (made.status_code, twice.status_code) == (201, 409)
    assert [(one["name"], one["decision_set_id"]) for one in listed] == [("nightly prices", shown["id"])]
    assert removed.status_code == 200
    assert (await api.client.get(path)).json()["items"] == []


async def test_a_schedule_that_cannot_be_names_the_field(api: Api) -> None:
    shown = await api.ask("weekly churn scores")
    path = "/api/v1/projects/default/schedules"
    body = {"name": "x", "cron": "30 2 * * *", "decision_set_id": shown["id"]}

    wrong = [
        await api.client.post(path, json=body | change)
        for change in ({"cron": "every night"}, {"time_zone": "Mars"}, {"name": " "}, {"kind": "shell"})
    ]
    unknown = await api.client.post(path, json=body | {"decision_set_id": str(new_id())})

    assert [answer.json()["errors"][0]["pointer"] for answer in wrong] == ["/cron", "/time_zone", "/name", "/kind"]
    assert {answer.status_code for answer in wrong} == {422}
    assert unknown.status_code == 404


async def test_the_queue_is_counted_by_state_and_project(api: Api, database: Database) -> None:
    await api.ask("weekly churn scores")
    await _quarantined(database, {})

    stats = (await api.client.get("/api/v1/stats")).json()
    text = (await api.client.get("/metrics")).text

    assert stats["quarantined"] == 1
    assert stats["projects"] == []
    assert "decisionworks_jobs_quarantined 1.0" in text
