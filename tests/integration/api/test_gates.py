from __future__ import annotations

import asyncio

import pytest

from decisionworks.kit.db import Database
from tests.integration.api.conftest import Api, at_gate, at_questions

QUESTIONS = [
    {"field": "budget_usd_month", "text": "What may it cost a month?"},
    {"field": "cloud", "text": "Which cloud?"},
]


async def test_approval_closes_the_gate_records_who_and_wakes_the_job(api: Api, database: Database) -> None:
    shown = await api.ask()
    waiting = await at_gate(database, shown)

    answer = await api.client.post(
        f"{shown['links']['approve']}", json={"version": waiting.version, "plan_hash": "a" * 64, "comment": " go "}
    )

    after = answer.json()
    job = (await api.client.get("/api/v1/jobs")).json()["items"][0]
    events = (await api.client.get(shown["links"]["events"])).json()["items"]
    assert answer.status_code == 200
    assert (after["status"], after["gate"]["state"], job["state"]) == ("generating", "approved", "ready")
    assert after["approval"]["decision"] == "approved"
    assert (after["approval"]["by"], after["approval"]["comment"]) == ("administrator", "go")
    assert after["approval"]["plan_hash"] == "a" * 64
    assert after["approval"]["version"] == waiting.version
    assert [event["type"] for event in events] == ["run-started", "approved"]


async def test_of_ten_deciding_at_the_same_moment_one_decides_and_nine_are_told_who(
    api: Api, database: Database
) -> None:
    shown = await api.ask()
    await at_gate(database, shown)

    answers = await asyncio.gather(
        *(api.client.post(shown["links"]["approve" if number % 2 else "reject"], json={}) for number in range(10))
    )

    statuses = sorted(answer.status_code for answer in answers)
    refused = [answer.json()["detail"] for answer in answers if answer.status_code == 409]
    assert statuses == [200] + [409] * 9
    assert all("by administrator at" in detail for detail in refused)


@pytest.mark.parametrize(
    ("body", "code"), [({"version": 1}, "stale-decision-set"), ({"plan_hash": "b" * 64}, "stale-plan")]
)
async def test_a_decision_on_another_plan_than_the_one_waiting_is_refused(
    api: Api, database: Database, body: object, code: str
) -> None:
    shown = await api.ask()
    await at_gate(database, shown)

    answer = await api.client.post(shown["links"]["approve"], json=body)

    after = (await api.client.get(shown["links"]["self"])).json()
    job = (await api.client.get("/api/v1/jobs")).json()["items"][0]
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(code)
    assert (after["status"], after["gate"]["state"], job["state"]) == ("gate_waiting", "open", "parked")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {
                "policy_results": {
                    "status": "block",
                    "rules": [{"id": "sec-baseline", "severity": "block", "outcome": "fired"}],
                }
            },
            "blocked by policy: sec-baseline",
        ),
        ({"missing_patterns": ["serve-eks-kserve"]}, "serve-eks-kserve"),
    ],
)
async def test_what_may_not_be_built_cannot_be_approved(
    api: Api, database: Database, changes: dict[str, object], words: str
) -> None:
    shown = await api.ask()
    await at_gate(database, shown, **changes)

    answer = await api.client.post(shown["links"]["approve"])

    after = (await api.client.get(shown["links"]["self"])).json()
    assert answer.status_code == 409
    assert words in answer.json()["detail"]
    assert after["actions"]["can_approve"] is False
    assert words in after["actions"]["why_not"]["approve"]
    assert after["actions"]["can_reject"] is True


async def test_a_decision_away_from_the_gate_names_the_status(api: Api) -> None:
    shown = await api.ask()

    answer = await api.client.post(shown["links"]["approve"])

    assert answer.status_code == 409
    assert "queued" in answer.json()["detail"]


async def test_a_rejection_ends_the_decision_set_and_its_job(api: Api, database: Database) -> None:
    shown = await api.ask()
    await at_gate(database, shown)

    answer = await api.client.post(shown["links"]["reject"], json={"comment": "too dear"})

    after = answer.json()
    job = (await api.client.get("/api/v1/jobs")).json()["items"][0]
    events = (await api.client.get(shown["links"]["events"])).json()["items"]
    assert (after["status"], after["approval"]["decision"], job["state"]) == ("rejected", "rejected", "succeeded")
    assert [event["type"] for event in events] == ["run-started", "rejected", "run-complete"]
    assert events[-1]["payload"] == {"status": "rejected"}
    assert after["actions"]["can_revise"] is True


async def test_a_waiting_run_is_cancelled_at_once_and_only_once(api: Api, database: Database) -> None:
    shown = await api.ask()
    await at_gate(database, shown)

    answer = await api.client.post(shown["links"]["cancel"])
    again = await api.client.post(shown["links"]["cancel"])

    events = (await api.client.get(shown["links"]["events"])).json()["items"]
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer.json()["gate"]["state"] == "cancelled"
    assert again.status_code == 409
    assert [event["type"] for event in events] == ["run-started", "run-complete"]


async def test_a_running_job_is_asked_to_end(api: Api, database: Database) -> None:
    shown = await api.ask()
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE jobs SET state = 'running', worker_id = gen_random_uuid()")

    answer = await api.client.post(shown["links"]["cancel"])

    job = (await api.client.get("/api/v1/jobs")).json()["items"][0]
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert (job["state"], job["cancel_requested"]) == ("running", True)


async def test_answers_close_the_gate_and_wake_the_job(api: Api, database: Database) -> None:
    shown = await api.ask(on_missing="ask")
    await at_questions(database, shown, QUESTIONS)

    answer = await api.client.post(
        shown["links"]["answers"], json={"answers": {"budget_usd_month": 50, "cloud": "aws"}}
    )

    job = (await api.client.get("/api/v1/jobs")).json()["items"][0]
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["gate"]["state"], job["state"]) == ("intake", "answered", "ready")


async def test_a_field_answered_in_words_and_in_figures_has_to_be_answered_alike(api: Api, database: Database) -> None:
    shown = await api.ask(on_missing="ask")
    await at_questions(database, shown, QUESTIONS)
    message = "We can spend 900 dollars a month."

    two = await api.client.post(
        shown["links"]["answers"], json={"answers": {"budget_usd_month": 50}, "message": message}
    )
    alike = await api.client.post(
        shown["links"]["answers"], json={"answers": {"budget_usd_month": 900}, "message": message}
    )

    assert (two.status_code, alike.status_code) == (422, 200)
    assert two.json()["errors"][0]["pointer"] == "/answers/budget_usd_month"
    assert "900" in two.json()["errors"][0]["detail"]


async def test_a_wrong_answer_leaves_the_gate_open_and_is_named(api: Api, database: Database) -> None:
    shown = await api.ask(on_missing="ask")
    await at_questions(database, shown, QUESTIONS)

    answer = await api.client.post(shown["links"]["answers"], json={"answers": {"cloud": "moon", "budgt": 1}})

    after = (await api.client.get(shown["links"]["self"])).json()
    assert answer.status_code == 422
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == ["/answers/budgt", "/answers/cloud"]
    assert (after["status"], after["gate"]["state"]) == ("needs_input", "open")


async def test_answers_that_nobody_asked_for_are_a_conflict(api: Api) -> None:
    shown = await api.ask()

    answer = await api.client.post(shown["links"]["answers"], json={"answers": {"budget_usd_month": 50}})

    assert answer.status_code == 409


async def test_words_that_nobody_waits_for_are_a_conflict_whatever_they_say(api: Api, database: Database) -> None:
    shown = await api.ask(on_missing="ask")
    await at_gate(database, shown, questions=QUESTIONS)

    answer = await api.client.post(shown["links"]["answers"], json={"message": "blah"})

    assert answer.status_code == 409


async def test_answers_left_empty_are_no_answers(api: Api, database: Database) -> None:
    shown = await api.ask(on_missing="ask")
    await at_questions(database, shown, QUESTIONS)

    nothing = await api.client.post(shown["links"]["answers"], json={"answers": {"budget_usd_month": None}})
    before = (await api.client.get(shown["links"]["self"])).json()
    something = await api.client.post(
        shown["links"]["answers"], json={"answers": {"budget_usd_month": 50, "cloud": None}}
    )

    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/answers")
    assert before["status"] == "needs_input"
    assert something.status_code == 200


async def test_a_chat_message_begins_a_thread_then_answers_it_then_revises_it(api: Api, database: Database) -> None:
    begun = await api.client.post("/api/chat", json={"messages": [{"role": "user", "content": "weekly churn scores"}]})
    thread = begun.json()["thread_id"]
    shown = (await api.client.get(f"/api/v1/decision-sets/{thread}")).json()
    await at_questions(database, shown, QUESTIONS[:1])

    answered = await api.client.post(
        "/api/v1/chat", json={"messages": [{"role": "user", "content": "500"}], "thread_id": thread}
    )
    await at_gate(database, shown)
    revised = await api.client.post(
        "/api/v1/chat", json={"messages": [{"role": "user", "content": "budget 900 USD a month"}], "thread_id": thread}
    )

    child = (await api.client.get(f"/api/v1/decision-sets/{revised.json()['thread_id']}")).json()
    assert begun.status_code == 200
    assert begun.json()["decision_set_id"] == thread
    assert [message["role"] for message in begun.json()["messages"]] == ["user", "assistant"]
    assert "budget_usd_month = 500" in answered.json()["messages"][-1]["content"]
    assert (child["parent_id"], child["revision"]) == (thread, 2)
    assert child["given_constraints"]["budget_usd_month"] == 900


async def test_a_chat_whose_last_message_is_not_the_users_is_refused(api: Api) -> None:
    answer = await api.client.post("/api/chat", json={"messages": [{"role": "assistant", "content": "hello"}]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/messages/0/role"
