"""What a run leaves behind, without ids and times: equal for a disturbed and an undisturbed run."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from decisionworks.integrations.git import read_documents
from tests.crash.zombies import zombie_writes
from tests.scenarios.running import TERMINAL, numbers_of, story_of

Told = dict[str, Any]
_DOCUMENT = (
    "status", "constraints", "coverage", "plan", "plan_hash", "cost_estimate", "policy_results", "critiques",
    "infeasibility", "untrusted_instructions",
)  # fmt: skip


def told_by(connection: psycopg.Connection, ids: Sequence[str], data_dir: Path) -> list[Told]:
    """Everything that has to be equal, for each decision set of a story in turn."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_told(cursor, one, data_dir) for one in ids]


def _told(cursor: psycopg.Cursor[dict[str, Any]], decision_set_id: str, data_dir: Path) -> Told:
    def rows(statement: str) -> list[dict[str, Any]]:
        return cursor.execute(statement.encode(), (decision_set_id,)).fetchall()

    [row] = rows("SELECT * FROM decision_sets WHERE id = %s")
    artifacts = rows("SELECT kind, sha256, content_sha256 FROM artifacts WHERE decision_set_id = %s ORDER BY kind")
    runs = rows("SELECT node, inputs_hash, outputs_hash, status FROM agent_runs WHERE thread_id = %s")
    gates = rows(
        "SELECT gates.kind, state, decision FROM gates LEFT JOIN gate_decisions ON gate_id = gates.id"
        " WHERE gates.decision_set_id = %s ORDER BY opened_at"
    )
    told = {
        "story": story_of(events_of(cursor, decision_set_id)),
        "agent runs": sorted((run["node"], run["inputs_hash"], run["outputs_hash"], run["status"]) for run in runs),
        "gates": [[gate["kind"], gate["state"], gate["decision"]] for gate in gates],
        "document": {name: row[name] for name in _DOCUMENT},
        "artifacts": sorted(
            [one["kind"], one["sha256"] if one["kind"] == "repository" else "", one["content_sha256"]]
            for one in artifacts
        ),
        "kept": [_digest_on_disk(data_dir, one["kind"], one["sha256"]) == one["sha256"] for one in artifacts],
        "git": _documents(data_dir, row),
        "job": [one["outcome"] for one in rows("SELECT outcome FROM jobs_finished WHERE subject_id = %s")],
    }
    return json.loads(json.dumps(told, default=str))  # type: ignore[no-any-return]


def events_of(cursor: psycopg.Cursor[dict[str, Any]], decision_set_id: str) -> list[dict[str, Any]]:
    """A decision set's events in their order."""
    return cursor.execute(
        "SELECT seq, type, node, payload FROM events WHERE stream_id = %s ORDER BY seq", (decision_set_id,)
    ).fetchall()


def differences(calm: Sequence[Told], told: Sequence[Told]) -> list[str]:
    """Where a run differs from the undisturbed one."""
    if len(calm) != len(told):
        return [f"{len(told)} decision sets, not {len(calm)}"]
    return [
        f"{part} of decision set {number}: {_short(before[part], after[part])}"
        for number, (before, after) in enumerate(zip(calm, told, strict=True), start=1)
        for part in before
        if before[part] != after[part]
    ]


def broken_promises(
    connection: psycopg.Connection, ids: Sequence[str], *, reasons: frozenset[str] = frozenset({"lost"})
) -> list[str]:
    """What no run may leave behind, whatever the undisturbed one did; `reasons` it may have for another try."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = [fault for one in ids for fault in _broken(cursor, one, reasons)]
    return found + [f"zombie write: {zombie}" for zombie in zombie_writes(connection)]


def _broken(cursor: psycopg.Cursor[dict[str, Any]], decision_set_id: str, allowed: frozenset[str]) -> list[str]:
    events = events_of(cursor, decision_set_id)
    status = cursor.execute("SELECT status FROM decision_sets WHERE id = %s", (decision_set_id,)).fetchall()[0][
        "status"
    ]
    cards = Counter((e["node"], e["payload"]["inputs_hash"]) for e in events if e["type"] == "reason-card")
    ends = [event["seq"] for event in events if event["type"] == "run-complete"]
    jobs = cursor.execute("SELECT id FROM jobs WHERE subject_id = %s", (decision_set_id,)).fetchall()
    done = cursor.execute("SELECT id FROM jobs_finished WHERE subject_id = %s", (decision_set_id,)).fetchall()
    open_gates = cursor.execute(
        "SELECT id FROM gates WHERE decision_set_id = %s AND state = 'open'", (decision_set_id,)
    ).fetchall()
    reasons = {e["payload"]["reason"] for e in events if e["type"] == "job-retried"}
    found = {
        "events are not numbered without a gap": numbers_of(events) != list(range(1, len(events) + 1)),
        f"cards told twice: {[card for card, count in cards.items() if count > 1]}": set(cards.values()) - {1},
        f"run-complete at {ends} of {len(events)}": ends != [len(events)],
        f"ended as {status}": status not in TERMINAL,
        f"{len(jobs)} live and {len(done)} finished jobs": (len(jobs), len(done)) != (0, 1),
        "a gate is left open": bool(open_gates),
        f"tried again because of {reasons}": reasons - allowed,
    }
    return [fault for fault, is_there in found.items() if is_there]


def _digest_on_disk(data_dir: Path, kind: str, sha256: str) -> str:
    path = data_dir / "artifacts" / kind / sha256[:2] / sha256
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "missing"


def _documents(data_dir: Path, row: Mapping[str, Any]) -> dict[str, str]:
    if row["git_commit"] is None:
        return {}
    repository = data_dir / "projects" / str(row["project_id"]) / "repository.git"
    line = f"decision-sets/{row['id']}/"
    documents = read_documents(repository, str(row["git_commit"]))
    return {
        path.removeprefix(line): hashlib.sha256(content).hexdigest()
        for path, content in sorted(documents.items())
        if path.startswith(line)
    }


def _short(before: object, after: object) -> str:
    if isinstance(before, list) and isinstance(after, list):
        first = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
        return f"{len(after)} for {len(before)}, from the {first + 1}th: {after[first : first + 2]}"[:500]
    if isinstance(before, dict) and isinstance(after, dict):
        return f"differs in {[name for name in before if before[name] != after.get(name)]}"[:300]
    return f"{str(after)[:150]} instead of {str(before)[:150]}"
