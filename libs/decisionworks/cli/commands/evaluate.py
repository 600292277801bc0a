"""`decisionworks eval`: golden scenarios through the real graph, from outside."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from decisionworks.cli.client import Client, segment
from decisionworks.cli.connection import ServerOptions, connect_or_start, server_options
from decisionworks.cli.errors import CommandFailed
from decisionworks.cli.exit_codes import DONE, FAILED
from decisionworks.cli.follow import until_rest
from decisionworks.cli.terminal import console, line, print_json
from decisionworks.evaluation import Scenario, ScenarioScore, load_scenarios, packaged_scenarios, score, totals
from decisionworks.evaluation.score import PARTS

_WORKERS = 2


@click.command("eval")
@click.argument("scenarios_file", required=False, metavar="SCENARIOS.yaml", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="ID", help="Only these scenarios; repeatable.")
@click.option("--details", "has_details", is_flag=True, help="Say what was missed in each scenario.")
@server_options
def evaluate(*, scenarios_file: Path | None, only: tuple[str, ...], has_details: bool, server: ServerOptions) -> None:
    """Run golden scenarios and print the score table; without a file, those that ship with the package.

    Exit code 0 when every run ended as its scenario expects, 1 when one did not.
    """
    scenarios = _chosen(load_scenarios(scenarios_file or packaged_scenarios()), only)
    screen = console(is_error=server.is_json)
    with connect_or_start(server, workers=_WORKERS, say=lambda said: screen.print(f"[dim]{line(said)}[/]")) as client:
        scores = _run(client, scenarios, screen)
    summary = totals(scores)
    if server.is_json:
        print_json({"scenarios": [one.to_json() for one in scores], "totals": summary.to_json()})
    else:
        screen.print(_table(scores))
        if has_details:
            _print_misses(scores, screen)
    sys.exit(DONE if summary.ended_as_expected == summary.scenarios else FAILED)


def _chosen(scenarios: Sequence[Scenario], only: tuple[str, ...]) -> list[Scenario]:
    chosen = [one for one in scenarios if not only or one.id in only]
    if not chosen:
        raise CommandFailed(f"no scenario is named {', '.join(only)}", exit_code=2)
    return chosen


def _run(client: Client, scenarios: Sequence[Scenario], screen: Console) -> list[ScenarioScore]:
    """Ask for all of them, then wait for each; what rests at a gate is cancelled, since nobody will decide."""
    asked = [(scenario, _ask(client, scenario), time.monotonic()) for scenario in scenarios]
    scores: list[ScenarioScore] = []
    for scenario, decision_set_id, started in asked:
        shown, _ = until_rest(client, decision_set_id)
        found = score(scenario, shown)
        scores.append(found)
        waited = time.monotonic() - started
        screen.print(f"{scenario.id}  {shown['status']:<12} {found.total:.0%}  [dim]{waited:.1f} s[/]")
        if shown["actions"]["can_cancel"]:
            client.post(f"/decision-sets/{segment(decision_set_id)}/cancel", {})
    return scores


def _ask(client: Client, scenario: Scenario) -> str:
    body = {"request": scenario.request, "on_missing": "assume", "metadata": {"scenario": scenario.id}}
    return str(client.post("/projects/default/decision-sets", body)["id"])


def _table(scores: Sequence[ScenarioScore]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_footer=True, footer_style="bold")
    summary = totals(scores)
    table.add_column("scenario", footer=f"{summary.scenarios} scenarios")
    table.add_column("ended in", footer=f"{summary.ended_as_expected} as expected")
    for part in PARTS:
        table.add_column(part, justify="right", footer=f"{summary.means[part]:.0%}")
    table.add_column("$/month", justify="right")
    table.add_column("total", justify="right", footer=f"{summary.total:.1%}")
    for one in scores:
        ended = one.status if one.ends_as_expected else f"[red]{one.status}[/]"
        monthly = "" if one.monthly_usd is None else f"{one.monthly_usd:,.0f}"
        parts = [f"{getattr(one, part):.0%}" for part in PARTS]
        table.add_row(one.scenario_id, ended, *parts, monthly, f"{one.total:.0%}")
    return table


def _print_misses(scores: Sequence[ScenarioScore], screen: Console) -> None:
    for one in scores:
        for part, misses in one.misses.items():
            for miss in misses:
                screen.print(f"{one.scenario_id} {part}: {line(miss, limit=200)}")
