"""What a run says while it goes on: each reason card, each turn, as it happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.status import Status

from decisionworks.cli.terminal import line

_MOST_REASONS = 4
_WAITS = {
    "extract_constraints": "reading the request",
    "coverage_check": "measuring what is known",
    "adaptive_questioner": "ranking what to ask",
    "planner": "solving for a plan",
    "critic_tech": "reviewing the plan technically",
    "critic_cost": "reviewing its cost",
    "policy_eval": "judging policies",
    "process_approval_feedback": "reading the approval",
    "codegen": "generating the repository",
    "validators": "validating the repository",
    "diff_and_persist": "packing and keeping it",
}


class Progress:
    """Prints a run's events; on a terminal the node at work is shown live."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = console.status("waiting for a worker") if console.is_terminal else None
        if self._status is not None:
            self._status.start()

    def close(self) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()

    def show(self, event: Mapping[str, Any]) -> None:
        """Print what one event says."""
        payload = event.get("payload") or {}
        match event.get("type"):
            case "node-started":
                node = str(event.get("node"))
                self._wait(_WAITS.get(node, node))
            case "reason-card":
                self._card(payload)
            case "job-retried":
                self._console.print(f"[yellow]retry[/]  {line(payload.get('reason') or payload)}")
            case "approved" | "rejected" as decision:
                by = f"{line(payload.get('by', ''))}" + (
                    f": {line(payload['comment'])}" if payload.get("comment") else ""
                )
                self._console.print(f"[bold]{decision}[/] by {by}")
            case "artifact-created":
                size = payload.get("size_bytes", 0)
                self._console.print(
                    f"[green]artifact[/] {line(payload.get('kind'))} {line(payload.get('sha256'))} ({size:,} bytes)"
                )
            case "run-failed":
                self._console.print(f"[red]failed[/]  {line(failure_text(payload))}")
            case _:
                pass

    def _wait(self, doing: str) -> None:
        if self._status is not None:
            self._status.update(doing)

    def _card(self, card: Mapping[str, Any]) -> None:
        timing = f"{card.get('duration_ms', 0)} ms" + (", from the record" if card.get("cached") else "")
        self._console.print(f"[bold cyan]{line(card.get('agent'))}[/]  {line(card.get('decision'))} [dim]({timing})[/]")
        reasons = list(card.get("because") or [])
        for reason in reasons[:_MOST_REASONS]:
            self._console.print(f"    [dim]because[/] {line(reason, limit=240)}")
        if len(reasons) > _MOST_REASONS:
            self._console.print(f"    [dim]and {len(reasons) - _MOST_REASONS} more reasons[/]")


def failure_text(failure: Mapping[str, Any]) -> str:
    """The one sentence of a failure."""
    for name in ("message", "detail", "reason", "error"):
        if failure.get(name):
            return str(failure[name])
    return str(dict(failure))
