"""One request through the HTTP API: accepted, first event, gate, approval, repository."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from decisionworks.cli.supervisor.address import ServerAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long the parts of one run took, in milliseconds; `repository_ms` counts from the approval."""

    accepted_ms: float
    first_event_ms: float
    gate_ms: float
    repository_ms: float | None


class WrongEnd(Exception):
    """A run ended where it should not."""


def open_client(address: ServerAddress) -> httpx.Client:
    """A client of the platform under measurement."""
    return httpx.Client(
        base_url=f"{address.url}/api/v1",
        headers={"Authorization": f"Bearer {address.token}"},
        timeout=httpx.Timeout(30.0, read=120.0),
        trust_env=False,
    )


def default_project(client: httpx.Client) -> str:
    """The id of the project that every installation has."""
    projects = client.get("/projects").raise_for_status().json()["items"]
    return str(next((one["id"] for one in projects if one.get("is_default")), projects[0]["id"]))


def run_once(client: httpx.Client, *, project_id: str, request: str, to_repository: bool) -> Times:
    """Ask for a plan and follow it to its gate, and on to its repository when wanted.

    Raises: WrongEnd, httpx.HTTPError.
    """
    started = time.perf_counter()
    body = {"request": request, "on_missing": "assume"}
    made = client.post(f"/projects/{project_id}/decision-sets", json=body).raise_for_status().json()
    accepted_ms = _since(started)
    first_ms, gate_ms = _follow_to_gate(client, str(made["id"]), started)
    repository_ms = _approve(client, str(made["id"])) if to_repository else None
    return Times(accepted_ms=accepted_ms, first_event_ms=first_ms, gate_ms=gate_ms, repository_ms=repository_ms)


def _follow_to_gate(client: httpx.Client, decision_set_id: str, started: float) -> tuple[float, float]:
    first_ms = None
    for kind, payload in events_of(client, decision_set_id):
        first_ms = first_ms or _since(started)
        if kind == "gate-waiting":
            return first_ms, _since(started)
        if kind == "run-complete":
            raise WrongEnd(f"no gate: {json.dumps(payload)}")
    raise WrongEnd("the stream ended before the gate")


def _approve(client: httpx.Client, decision_set_id: str) -> float:
    started = time.perf_counter()
    client.post(f"/decision-sets/{decision_set_id}/approve", json={"comment": "measured"}).raise_for_status()
    for kind, payload in events_of(client, decision_set_id):
        if kind == "run-complete":
            found = client.get(f"/decision-sets/{decision_set_id}/artifacts").raise_for_status().json()["items"]
            if not any(one["kind"] == "repository" for one in found):
                raise WrongEnd(f"no repository: {json.dumps(payload)}")
            return _since(started)
    raise WrongEnd("the stream ended before the repository")


def events_of(client: httpx.Client, decision_set_id: str) -> Iterator[tuple[str, object]]:
    """The events of a decision set, over reconnects."""
    last_id = "0"
    while True:
        with client.stream("GET", f"/streams/{decision_set_id}", headers={"Last-Event-ID": last_id}) as response:
            response.raise_for_status()
            kind = ""
            for line in response.iter_lines():
                field, _, value = line.partition(": ")
                if field == "id":
                    last_id = value
                elif field == "event":
                    kind = value
                elif field == "data" and kind != "ping":
                    yield kind, json.loads(value)
                    if kind == "run-complete":
                        return


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
