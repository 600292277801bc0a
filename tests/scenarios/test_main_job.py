"""The main job over HTTP: words in, a validated repository out, whatever happens to the workers."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import zipfile
from collections import Counter

from tests.scenarios.conftest import StartPlatform
from tests.scenarios.running import CHURN, Platform, numbers_of, story_of, wait_until

ASKED_FIRST = "We want churn scores every night for 20,000 customers in Postgres, 5 GB. AWS us-east-1, two of us."


def test_words_become_an_approved_and_validated_repository(start_platform: StartPlatform) -> None:
    platform = start_platform(workers=1, as_installed=True)

    done = platform.complete(platform.ask())

    [repository] = [artifact for artifact in done["artifacts"] if artifact["kind"] == "repository"]
    with platform.client as client:
        data = client.get(f"/artifacts/{repository['sha256']}").raise_for_status().content
    archive = zipfile.ZipFile(io.BytesIO(data))
    manifest = json.loads(archive.read("manifest.json"))
    report = json.loads(archive.read("reports/validation.json"))
    assert hashlib.sha256(data).hexdigest() == repository["sha256"]
    assert manifest["plan_hash"] == done["plan_hash"]
    assert {file["path"] for file in manifest["files"]} | {"manifest.json"} == set(archive.namelist())
    assert report["status"] == "passed"
    assert next(check for check in report["checks"] if check["id"] == "generated-tests")["status"] == "passed"
    assert done["git_commit"] or done["change_summary"]["digest"]
    _is_told_well(platform, done["id"])


def test_every_node_gives_one_card_that_names_this_run(start_platform: StartPlatform) -> None:
    platform = start_platform(checks_all=False, workers=1)
    other = (
        "Twelve ML engineers forecast demand for 300 stores and 40,000 products every night, 800 GB of history on S3."
        " eu-west-1, 3,000 dollars a month, we know Spark, Python and Terraform. No personal data."
    )

    first, second = platform.ask(), platform.ask(other)
    platform.wait_for(first, "gate_waiting")
    platform.wait_for(second, "gate_waiting")

    cards = {one: _cards(platform, one) for one in (first, second)}
    nodes = ["extract_constraints", "coverage_check", "planner", "critic_tech", "critic_cost", "policy_eval"]
    for one in cards.values():
        counted = Counter((card["node"], card["inputs_hash"]) for card in one)
        assert set(counted.values()) == {1}
        assert {card["node"] for card in one} == set(nodes)
    reasons = [{card["node"]: card["because"] for card in one} for one in cards.values()]
    assert all(reasons[0][node] != reasons[1][node] for node in nodes)


def test_questions_are_asked_answered_and_lead_to_approval(start_platform: StartPlatform) -> None:
    platform = start_platform(checks_all=False, workers=2)
    asked = platform.ask(ASKED_FIRST, on_missing="ask")
    resting = platform.wait_for(asked, "needs_input")

    with platform.client as client:
        wrong = client.post(f"/decision-sets/{asked}/answers", json={"answers": {"budget_usd_month": "a lot"}})
        rounds = 0
        while resting["status"] == "needs_input" and rounds < 12:
            answers = {question["field"]: _some_answer(question) for question in resting["questions"]}
            answer = client.post(f"/decision-sets/{asked}/answers", json={"answers": answers})
            assert answer.status_code in (200, 202), answer.text
            resting = platform.wait_for(asked, "needs_input", "gate_waiting")
            rounds += 1
    done = platform.complete(asked)

    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/answers/budget_usd_month"
    assert done["constraints"]["budget_usd_month"]["state"] == "stated"
    assert done["constraints"]["budget_usd_month"]["value"] == 400
    _is_told_well(platform, asked)


def test_a_worker_killed_in_the_middle_of_a_node_costs_time_only(start_platform: StartPlatform) -> None:
    quiet = start_platform(checks_all=False, workers=1, name="quiet")
    calm_id = quiet.ask()
    calm = quiet.complete(calm_id)
    hurt = start_platform(checks_all=False, workers=2, name="hurt", CHECKS_TAKE_S="3")

    asked = hurt.ask()
    hurt.wait_for(asked, "gate_waiting")
    hurt.approve(asked)
    hurt.wait_for_event(asked, "node-started", node="validators")
    _kill_worker_of(hurt, asked)
    done = hurt.wait_for(asked, "completed", timeout_s=90)

    assert _digests(done) == _digests(calm)
    assert story_of(hurt.events(asked)) == story_of(quiet.events(calm_id))
    assert [event["payload"]["reason"] for event in hurt.events(asked) if event["type"] == "job-retried"] == ["lost"]
    _is_told_well(hurt, asked)


def test_ten_jobs_on_two_workers_are_each_worked_once(start_platform: StartPlatform) -> None:
    platform = start_platform(checks_all=False, workers=2)

    asked = [platform.ask(f"{CHURN} This is request number {number}.") for number in range(10)]
    for one in asked:
        platform.wait_for(one, "gate_waiting", timeout_s=90)

    with platform.client as client:
        jobs = client.get("/jobs", params={"limit": 50}).raise_for_status().json()["items"]
    mine = [job for job in jobs if job["subject_id"] in asked]
    assert len(mine) == 10
    assert {job["state"] for job in mine} == {"parked"}
    assert {job["attempt"] for job in mine} == {1}
    for one in asked:
        _is_told_well(platform, one, is_over=False)


def test_a_run_goes_on_after_the_whole_platform_was_stopped(start_platform: StartPlatform) -> None:
    platform = start_platform(checks_all=False, workers=1)
    waiting = platform.ask()
    platform.wait_for(waiting, "gate_waiting")
    half_done = platform.ask(f"{CHURN} It is for the sales team.")
    platform.wait_for(half_done, "gate_waiting")
    platform.approve(half_done)
    platform.wait_for_event(half_done, "node-started", node="codegen")

    platform.stop()
    platform.start_api()
    platform.start_worker()
    finished = platform.wait_for(half_done, "completed", timeout_s=90)
    approved = platform.complete(waiting)

    assert (finished["status"], approved["status"]) == ("completed", "completed")
    _is_told_well(platform, half_done)
    _is_told_well(platform, waiting)


def test_the_same_request_on_two_installations_gives_the_same_bytes(start_platform: StartPlatform) -> None:
    # One of them hashes with another seed than the other.
    first = start_platform(checks_all=False, workers=1, name="one")
    second = start_platform(checks_all=False, workers=1, name="two", as_installed=True)

    done = [platform.complete(platform.ask()) for platform in (first, second)]

    assert done[0]["plan_hash"] == done[1]["plan_hash"]
    assert _digests(done[0]) == _digests(done[1])


def test_a_comment_that_changes_the_plan_comes_back_to_the_gate(start_platform: StartPlatform) -> None:
    platform = start_platform(checks_all=False, workers=1)
    asked = platform.ask()
    before = platform.wait_for(asked, "gate_waiting")

    platform.approve(asked, comment="Please plan for GDPR: there are names and e-mail addresses, personal data, in it.")
    platform.wait_for_event(asked, "gate-waiting")

    def has_new_plan() -> bool:
        now = platform.get(asked)
        return bool(now["status"] == "gate_waiting" and now["plan_hash"] != before["plan_hash"])

    wait_until(has_new_plan, "another plan at the gate", timeout_s=30)
    again = platform.get(asked)
    done = platform.complete(asked)

    assert "sec-pii-minimisation" in {pattern["id"] for pattern in again["plan"]["patterns"]}
    assert done["plan_hash"] == again["plan_hash"]
    _is_told_well(platform, asked)


def test_a_drained_worker_hands_its_run_on_at_once(start_platform: StartPlatform) -> None:
    platform = start_platform(checks_all=False, workers=1, CHECKS_TAKE_S="5")
    asked = platform.ask()
    platform.wait_for(asked, "gate_waiting")
    platform.approve(asked)
    platform.wait_for_event(asked, "node-started", node="validators")

    platform.start_worker()
    platform.processes[1].send_signal(signal.SIGTERM)
    platform.wait_for(asked, "completed", timeout_s=90)

    events = platform.events(asked)
    assert platform.processes[1].wait(timeout=15) == 0
    assert [event for event in events if event["type"] == "job-retried"] == []
    _is_told_well(platform, asked)


def _cards(platform: Platform, decision_set_id: str) -> list[dict[str, object]]:
    return [event["payload"] for event in platform.events(decision_set_id) if event["type"] == "reason-card"]


def _is_told_well(platform: Platform, decision_set_id: str, *, is_over: bool = True) -> None:
    """Numbered without a gap, each node's card once, and the end told once and last."""
    events = platform.events(decision_set_id)
    assert numbers_of(events) == list(range(1, len(events) + 1))
    cards = Counter((e["node"], e["payload"]["inputs_hash"]) for e in events if e["type"] == "reason-card")
    assert set(cards.values()) == {1}
    ends = [event["seq"] for event in events if event["type"] == "run-complete"]
    assert ends == ([len(events)] if is_over else [])


def _digests(document: dict[str, object]) -> list[tuple[str, str]]:
    artifacts: list[dict[str, str]] = document["artifacts"]  # type: ignore[assignment]
    return [(one["sha256"], one["content_sha256"]) for one in artifacts if one["kind"] == "repository"]


def _kill_worker_of(platform: Platform, decision_set_id: str) -> None:
    with platform.client as client:
        jobs = client.get("/jobs", params={"limit": 50}).raise_for_status().json()["items"]
        [job] = [one for one in jobs if one["subject_id"] == decision_set_id]
        workers = client.get("/stats").raise_for_status().json()["workers"]
    [process_id] = [worker["process_id"] for worker in workers if worker["worker_id"] == job["worker_id"]]
    [process] = [one for one in platform.processes if one.pid == process_id]
    process.kill()
    process.wait()


def _some_answer(question: dict[str, object]) -> object:
    given = {"budget_usd_month": 400, "compliance": ["none"], "team_size": 2, "use_case_type": "churn_propensity"}
    if question["field"] in given:
        return given[str(question["field"])]
    if question["default"] is not None:
        return question["default"]
    options = question["options"]
    assert isinstance(options, list)
    assert options, question
    first = options[0]
    return first["value"] if isinstance(first, dict) else first
