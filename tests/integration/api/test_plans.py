from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest

from decisionworks.kit.db import Database
from decisionworks.projects import MAX_REQUEST_BYTES
from tests.integration.api.conftest import Api, StartApi, at_gate


async def test_a_request_is_accepted_with_its_decision_set_and_its_job(api: Api) -> None:
    answer = await api.client.post(
        "/api/v1/projects/default/decision-sets",
        json={"request": "weekly churn scores", "constraints": {"budget_usd_month": 50}, "metadata": {"team": "crm"}},
    )

    shown = answer.json()
    jobs = (await api.client.get("/api/v1/jobs")).json()["items"]
    events = (await api.client.get(shown["links"]["events"])).json()["items"]
    assert answer.status_code == 202
    assert (shown["status"], shown["version"], shown["revision"]) == ("queued", 1, 1)
    assert shown["thread_id"] == shown["id"]
    assert shown["given_constraints"] == {"budget_usd_month": 50}
    assert shown["metadata"] == {"team": "crm"}
    assert [job["subject_id"] for job in jobs] == [shown["id"]]
    assert [(event["seq"], event["type"], event["run_id"]) for event in events] == [(1, "run-started", jobs[0]["id"])]


async def test_the_same_key_and_body_is_the_same_decision_set_and_another_body_a_conflict(api: Api) -> None:
    headers = {"Idempotency-Key": "k1"}
    url = "/api/v1/projects/default/decision-sets"

    first = await api.client.post(url, json={"request": "weekly churn scores"}, headers=headers)
    again = await api.client.post(url, json={"request": "weekly churn scores"}, headers=headers)
    other = await api.client.post(url, json={"request": "daily churn scores"}, headers=headers)

    assert first.json()["id"] == again.json()["id"]
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 409)
    assert other.json()["type"] == "urn:decisionworks:problem:idempotency-key-reused"


async def test_ten_equal_requests_at_the_same_moment_get_the_one_decision_set(api: Api) -> None:
    url = "/api/v1/projects/default/decision-sets"

    answers = await asyncio.gather(
        *(api.client.post(url, json={"request": "churn"}, headers={"Idempotency-Key": "same"}) for _ in range(10))
    )

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await api.client.get("/api/v1/jobs")).json()["items"]) == 1


async def test_unknown_fields_are_refused_with_the_nearest_known_one(api: Api) -> None:
    answer = await api.client.post("/api/v1/projects/default/decision-sets", json={"reqest": "churn"})

    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["errors"] == [
        {"pointer": "/reqest", "detail": "is not a known field", "remedy": "did you mean request?"}
    ]
    assert problem["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"request": ""}, "/request"),
        ({"request": 5}, "/request"),
        ({}, "/request"),
        ({"request": "a\x00b"}, "/request"),
        ({"request": "churn", "constraints": {"budgt_usd_month": 5}}, "/constraints/budgt_usd_month"),
        ({"request": "churn", "constraints": {"budget_usd_month": "cheap"}}, "/constraints/budget_usd_month"),
        ({"request": "churn", "on_missing": "guess"}, "/on_missing"),
        ({"request": "churn", "parent_id": "nobody"}, "/parent_id"),
        ({"request": "churn", "parent_id": str(UUID(int=1))}, "/parent_id"),
        ({"request": "churn", "metadata": {"a": "\x00"}}, "/metadata"),
        ({"request": "churn \ud800"}, "/request"),
        ({"request": "churn", "metadata": {"a": ["\ud800"]}}, "/metadata"),
        ({"request": "churn", "constraints": {"budget_usd_month": 10**400}}, "/constraints"),
        ({"request": "churn", "constraints": {"budget_usd_month": float("inf")}}, "/constraints/budget_usd_month"),
        ({"request": "churn", "constraints": {"a": [[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}}, "/constraints"),
    ],
)
async def test_bad_input_is_named_by_a_pointer_and_nothing_is_stored(api: Api, body: object, pointer: str) -> None:
    answer = await api.client.post(
        "/api/v1/projects/default/decision-sets",
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )

    listed = await api.client.get("/api/v1/projects/default/decision-sets")
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert listed.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{not json", {"Content-Type": "application/json"}, 400),
        (b'{"request": "churn"', {"Content-Type": "application/json"}, 400),
        (b"[1]", {"Content-Type": "application/json"}, 400),
        (b"request=churn", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"[" * 100_000, {"Content-Type": "application/json"}, 400),
        (b'{"request": "' + b"x" * 1_000_001 + b'"}', {"Content-Type": "application/json"}, 413),
    ],
)
async def test_what_is_not_json_or_too_large_is_refused_before_it_is_looked_at(
    api: Api, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await api.client.post("/api/v1/projects/default/decision-sets", content=content, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"request": "café"}'.encode("latin-1"), "byte 17 is not UTF-8"),
        (b'{"metadata": ' + b'{"a":' * 90_000 + b"1", "nested too deeply"),
        (b'{"constraints": {"budget_usd_month": ' + b"9" * 5_000 + b"}}", "too many digits"),
    ],
    ids=["latin-1", "deep", "digits"],
)
async def test_a_body_that_cannot_be_parsed_says_why(api: Api, content: bytes, said: str) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await api.client.post("/api/v1/projects/default/decision-sets", content=content, headers=headers)

    assert answer.status_code == 400
    assert said in answer.json()["detail"]


async def test_a_body_without_a_length_is_cut_off_at_the_limit(start_api: StartApi) -> None:
    api = await start_api(max_body_bytes=1000)

    async def parts():  # type: ignore[no-untyped-def]
        yield b'{"request": "'
        for _ in range(20):
            yield b"x" * 100
        yield b'"}'

    answer = await api.client.post(
        "/api/v1/projects/default/decision-sets", content=parts(), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413


async def test_a_long_request_is_refused_with_its_limit(api: Api) -> None:
    answer = await api.client.post(
        "/api/v1/projects/default/decision-sets", json={"request": "x" * (MAX_REQUEST_BYTES + 1)}
    )

    assert answer.status_code == 422
    assert f"{MAX_REQUEST_BYTES // 1024} KiB" in answer.json()["detail"]


async def test_a_yaml_request_brings_its_constraints_with_it(api: Api) -> None:
    text = "request: weekly churn scores\nconstraints:\n  budget_usd_month: 50\n"

    shown = await api.ask(text)

    assert shown["request"] == "weekly churn scores"
    assert shown["given_constraints"] == {"budget_usd_month": 50}


async def test_pages_list_every_decision_set_once_newest_first(api: Api) -> None:
    made = [(await api.ask(f"churn {number}"))["id"] for number in range(5)]

    seen, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        listed = (await api.client.get("/api/v1/projects/default/decision-sets", params=query)).json()
        seen += [item["id"] for item in listed["items"]]
        cursor = listed["next_cursor"]
        if cursor is None:
            break

    assert seen == made[::-1]


async def test_lists_can_be_narrowed_to_a_status(api: Api, database: Database) -> None:
    waiting = await api.ask()
    await at_gate(database, waiting)
    await api.ask()

    listed = await api.client.get("/api/v1/projects/default/decision-sets", params={"status": "gate_waiting"})

    assert [item["id"] for item in listed.json()["items"]] == [waiting["id"]]


@pytest.mark.parametrize("query", [{"cursor": "??"}, {"status": "sleeping"}, {"limit": "0"}, {"limit": "x"}])
async def test_bad_page_parameters_are_named(api: Api, query: dict[str, str]) -> None:
    answer = await api.client.get("/api/v1/projects/default/decision-sets", params=query)

    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(query))}"


async def test_an_unchanged_decision_set_is_not_sent_again(api: Api) -> None:
    shown = await api.ask()
    first = await api.client.get(shown["links"]["self"])

    again = await api.client.get(shown["links"]["self"], headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["etag"] == '"1"'
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("wanted", ["01900000-0000-7000-8000-000000000000", "nonsense", "%00"])
async def test_an_unknown_decision_set_is_not_found(api: Api, wanted: str) -> None:
    answer = await api.client.get(f"/api/v1/decision-sets/{wanted}")

    assert answer.status_code == 404
    assert answer.json()["status"] == 404


async def test_paths_without_a_version_answer_as_version_one(api: Api) -> None:
    shown = await api.ask()

    answer = await api.client.get(f"/api/decision-sets/{shown['id']}")

    assert answer.json()["id"] == shown["id"]


async def test_a_revision_carries_over_what_was_given_and_counts_up(api: Api, database: Database) -> None:
    parent = await api.ask(constraints={"budget_usd_month": 50, "team_size": 2})
    await at_gate(database, parent)

    answer = await api.client.post(f"{parent['links']['self']}/revise", json={"constraints": {"budget_usd_month": 90}})

    child = answer.json()
    assert answer.status_code == 202
    assert (child["parent_id"], child["revision"], child["on_missing"]) == (parent["id"], 2, "assume")
    assert child["given_constraints"] == {"budget_usd_month": 90, "team_size": 2}


async def test_a_revision_of_more_words_than_are_read_is_refused_at_once(api: Api, database: Database) -> None:
    parent = await api.ask()
    await at_gate(database, parent)

    answer = await api.client.post(f"{parent['links']['self']}/revise", json={"message": "x" * 70_000})

    assert answer.status_code == 422
    assert "64 KiB" in answer.json()["detail"]


async def test_a_decision_set_in_intake_cannot_be_revised(api: Api) -> None:
    parent = await api.ask()

    answer = await api.client.post(f"{parent['links']['self']}/revise", json={"message": "make it cheaper"})

    assert answer.status_code == 409
    assert parent["actions"]["can_revise"] is False
    assert "its gate" in parent["actions"]["why_not"]["revise"]
