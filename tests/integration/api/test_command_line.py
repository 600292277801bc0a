"""The commands as processes, against a real server; the worker's part is played by the test."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from decisionworks import events
from decisionworks.events import EventDraft
from decisionworks.kit.db import Database
from tests.conftest import ADMIN_TOKEN
from tests.integration.api.conftest import Api, at_gate, at_questions

QUESTIONS = [{"field": "budget_usd_month", "text": "What may it cost a month?"}]


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


async def decisionworks(*words: str, url: str, token: str = ADMIN_TOKEN, standard_input: bytes = b"") -> Said:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DECISIONWORKS_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "decisionworks.cli.main",
        *words,
        env=environment | {"DECISIONWORKS_URL": url, "DECISIONWORKS_TOKEN": token},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(standard_input)
    assert process.returncode is not None
    said = Said(process.returncode, out.decode(), err.decode())
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) <= 2 or "--json" in words
    return said


async def test_a_request_from_standard_input_is_accepted_and_its_id_printed(api: Api) -> None:
    said = await decisionworks("plan", "-f", "-", "--no-wait", url=api.url, standard_input=b"weekly churn scores")

    listed = (await api.client.get("/api/v1/projects/default/decision-sets")).json()["items"]
    assert said.code == 0
    assert said.out.splitlines()[-1] == listed[0]["id"]


async def test_a_plan_at_its_gate_exits_4_with_the_whole_decision_set(api: Api, database: Database) -> None:
    waiting = asyncio.create_task(decisionworks("plan", "churn", "--assume", "--json", url=api.url))
    while not (items := (await api.client.get("/api/v1/projects/default/decision-sets")).json()["items"]):
        await asyncio.sleep(0.02)
    await at_gate(database, items[0])
    await _announce(api, database, items[0], "gate-waiting")

    said = await waiting

    assert said.code == 4
    assert json.loads(said.out)["status"] == "gate_waiting"


async def test_questions_exit_3_and_are_printed(api: Api, database: Database) -> None:
    waiting = asyncio.create_task(decisionworks("plan", "churn", url=api.url))
    while not (items := (await api.client.get("/api/v1/projects/default/decision-sets")).json()["items"]):
        await asyncio.sleep(0.02)
    await at_questions(database, items[0], QUESTIONS)
    await _announce(api, database, items[0], "questions-asked")

    said = await waiting

    assert said.code == 3
    assert "What may it cost a month?" in said.out


async def test_every_verb_speaks_json(api: Api, database: Database) -> None:
    shown = await api.ask()
    await at_gate(database, shown)

    verbs = [
        ("show", shown["id"]),
        ("events", shown["id"]),
        ("list",),
        ("jobs",),
        ("approve", shown["id"], "--comment", "go"),
    ]
    answers = [await decisionworks(*verb, "--json", url=api.url) for verb in verbs]

    assert [answer.code for answer in answers] == [0] * 5
    assert all(isinstance(json.loads(answer.out), dict) for answer in answers)
    assert json.loads(answers[-1].out)["approval"]["comment"] == "go"


async def test_following_a_rejected_run_exits_6(api: Api, database: Database) -> None:
    shown = await api.ask()
    await at_gate(database, shown)
    await decisionworks("reject", shown["id"], url=api.url)

    said = await decisionworks("events", shown["id"], "--follow", url=api.url)

    assert said.code == 6
    assert "run-complete" in said.out


async def test_what_is_wrong_is_said_in_a_line_with_its_exit_code(api: Api, tmp_path: Path) -> None:
    shown = await api.ask()
    binary = tmp_path / "request.md"
    binary.write_bytes(b"\x00\xff\x00")

    codes = {
        "wrong token": (await decisionworks("list", url=api.url, token="nobody")).code,
        "no server": (await decisionworks("list", url="http://127.0.0.1:9")).code,
        "unknown id": (await decisionworks("show", "nothing", url=api.url)).code,
        "unknown project": (await decisionworks("plan", "churn", "--project", "x", url=api.url)).code,
        "not at its gate": (await decisionworks("approve", shown["id"], url=api.url)).code,
        "no repository": (await decisionworks("artifact", shown["id"], "--out", str(tmp_path), url=api.url)).code,
        "binary file": (await decisionworks("plan", "-f", str(binary), url=api.url)).code,
        "missing file": (await decisionworks("plan", "-f", str(tmp_path / "none"), url=api.url)).code,
        "unknown field": (await decisionworks("plan", "churn", "--answer", "budgt=1", url=api.url)).code,
        "unknown verb": (await decisionworks("plam", url=api.url)).code,
        "unknown option": (await decisionworks("plan", "--fast", url=api.url)).code,
    }

    assert codes == {
        "wrong token": 7,
        "no server": 7,
        "unknown id": 2,
        "unknown project": 2,
        "not at its gate": 1,
        "no repository": 1,
        "binary file": 2,
        "missing file": 2,
        "unknown field": 2,
        "unknown verb": 2,
        "unknown option": 2,
    }


@pytest.mark.parametrize("verb", ["plan", "show", "eval", "up", "migrate"])
async def test_help_needs_no_server(verb: str) -> None:
    said = await decisionworks(verb, "--help", url="http://127.0.0.1:9")

    assert said.code == 0
    assert "Usage" in said.out


async def _announce(api: Api, database: Database, shown: dict[str, object], kind: str) -> None:
    project_id, wanted = UUID(str(shown["project_id"])), UUID(str(shown["id"]))
    async with database.project_transaction(project_id) as tx:
        drafts = [EventDraft(type=kind, payload={})]
        await events.append(tx, project_id=project_id, stream_id=wanted, run_id=None, drafts=drafts)
    api.services.ring_events(wanted)


async def test_no_verb_at_all_gets_the_help(api: Api) -> None:
    said = await decisionworks(url=api.url)

    assert (said.code, said.err) == (0, "")
    assert "Commands:" in said.out


async def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_asked(api: Api, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    said = await decisionworks("plan", "churn", "--assume", "--approve", "--out", str(tmp_path / "file"), url=api.url)

    listed = (await api.client.get("/api/v1/projects/default/decision-sets")).json()["items"]
    assert (said.code, listed) == (2, [])
    assert "cannot write to" in said.err


async def test_a_rule_is_waived_listed_and_revoked_from_the_command_line(api: Api) -> None:
    named = ["--reason", "pilot", "--until", _in_a_month()]

    granted = await decisionworks("waivers", "grant", "cost-budget-far-over", *named, "--json", url=api.url)
    refused = await decisionworks("waivers", "grant", "comp-residency-region", *named, url=api.url)
    listed = await decisionworks("waivers", "--in-force", "--json", url=api.url)
    waiver_id = json.loads(granted.out)["id"]
    revoked = await decisionworks("waivers", "revoke", waiver_id, url=api.url)
    after = await decisionworks("waivers", "--in-force", "--json", url=api.url)

    assert [one["id"] for one in json.loads(listed.out)["items"]] == [waiver_id]
    assert (refused.code, "can never be waived" in refused.err) == (7, True)
    assert (revoked.code, json.loads(after.out)["items"]) == (0, [])


def _in_a_month() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
