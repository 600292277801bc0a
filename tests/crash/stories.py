"""What people do with the product, as a client that never gives up: the same request again under the same key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tests.scenarios.running import CHURN

Answer = dict[str, Any]
# Too little is said for a plan: there are questions.
VAGUE = "We want churn scores every night for 20,000 customers in Postgres, 5 GB. AWS us-east-1, two of us."
GIVEN = {"budget_usd_month": 400, "compliance": ["none"], "team_size": 2, "use_case_type": "churn_propensity"}


class Client(Protocol):
    """How a story reaches the platform."""

    def post(self, phase: str, path: str, body: Mapping[str, Any]) -> Answer:
        """Ask until it is answered; the phase names the request for those who want to disturb it."""
        ...

    def wait_for(self, decision_set_id: str, *statuses: str) -> Answer:
        """Wait until the decision set rests or ends as one of these; the answer is the decision set."""
        ...


def main_job(client: Client) -> list[str]:
    """Words in, approved, a repository out."""
    asked = _ask(client, CHURN, on_missing="assume")
    client.wait_for(asked, "gate_waiting")
    client.post("approve", f"/decision-sets/{asked}/approve", {})
    client.wait_for(asked, "completed")
    return [asked]


def questions(client: Client) -> list[str]:
    """Questions are asked and answered, then the plan is turned down."""
    asked = _ask(client, VAGUE, on_missing="ask")
    rounds = 0
    while (resting := client.wait_for(asked, "needs_input", "gate_waiting"))["status"] == "needs_input":
        answers = {question["field"]: _some_answer(question) for question in resting["questions"]}
        rounds += 1
        phase = "answers" if rounds == 1 else f"answers {rounds}"
        client.post(phase, f"/decision-sets/{asked}/answers", {"answers": answers})
        assert rounds < 12
    client.post("reject", f"/decision-sets/{asked}/reject", {"comment": "not this one"})
    client.wait_for(asked, "rejected")
    return [asked]


def cancelled(client: Client) -> list[str]:
    """Somebody ends a run that waits at its gate."""
    asked = _ask(client, CHURN, on_missing="assume")
    client.wait_for(asked, "gate_waiting")
    client.post("cancel", f"/decision-sets/{asked}/cancel", {})
    client.wait_for(asked, "cancelled")
    return [asked]


def revised(client: Client) -> list[str]:
    """A plan is revised into another one, and both end at their gates."""
    first = _ask(client, CHURN, on_missing="assume")
    client.wait_for(first, "gate_waiting")
    change = {"constraints": {"budget_usd_month": 90}}
    second = str(client.post("revise", f"/decision-sets/{first}/revise", change)["id"])
    client.wait_for(second, "gate_waiting")
    for one in (first, second):
        client.post("end", f"/decision-sets/{one}/cancel", {})
        client.wait_for(one, "cancelled")
    return [first, second]


STORIES: Mapping[str, Callable[[Client], list[str]]] = {
    "main": main_job,
    "questions": questions,
    "cancelled": cancelled,
    "revised": revised,
}
# Which requests of which story are disturbed, and in which stories the worker is.
REQUESTS = (
    ("main", "request"),
    ("main", "approve"),
    ("questions", "answers"),
    ("questions", "reject"),
    ("cancelled", "cancel"),
    ("revised", "revise"),
)
WORKED = ("main", "questions")


def _ask(client: Client, request: str, *, on_missing: str) -> str:
    body = {"request": request, "on_missing": on_missing, "metadata": {"name": "churn"}}
    return str(client.post("request", "/projects/default/decision-sets", body)["id"])


def _some_answer(question: Mapping[str, Any]) -> object:
    if question["field"] in GIVEN:
        return GIVEN[question["field"]]
    if question["default"] is not None:
        return question["default"]
    first = question["options"][0]
    return first["value"] if isinstance(first, dict) else first
