"""`decisionworks eval`: golden scenarios through the real graph, from outside."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from decisionworks.cli.client import Client, segment
from decisionworks.cli.connection import ServerOptions, connect_or_start, server_options
from decisionworks.cli.errors import CommandFailed
from decisionworks.cli.exit_codes import DONE, FAILED
from decisionworks.cli.follow import until_rest
from decisionworks.cli.terminal import console, line, print_json
from decisionworks.evaluation import (
    SETS,
    FieldScore,
    Measure,
    Scenario,
    ScenarioScore,
    field_scores,
    load_scenarios,
    measures,
    packaged_scenarios,
    score,
    totals,
)
from decisionworks.evaluation.score import PARTS

_WORKERS = 2
_FIELD_COUNTS = ("expected", "right", "wrong", "missed", "invented")
Json = Mapping[str, Any]
Answered = tuple[Scenario, Json]


@click.command("eval")
@click.argument("scenarios_file", required=False, metavar="SCENARIOS.yaml", type=click.Path(path_type=Path))
@click.option(
    "--set",
    "set_name",
    type=click.Choice([*SETS, "all"]),
    default="dev",
    show_default=True,
    help="Which of the scenarios that ship with the package, where no file is given.",
)
@click.option("--once", "asks_once", is_flag=True, help="Ask once; leaves out whether the second answer is the same.")
@click.option("--only", multiple=True, metavar="ID", help="Only these scenarios; repeatable.")
@click.option("--details", "has_details", is_flag=True, help="Say what was missed in each scenario.")
@server_options
def evaluate(
    *,
    scenarios_file: Path | None,
    set_name: str,
    asks_once: bool,
    only: tuple[str, ...],
    has_details: bool,
    server: ServerOptions,
) -> None:
    """Run golden scenarios and print the score table; without a file, those that ship with the package.

    Exit code 0 when every run ended as its scenario expects and the same way when asked again, 1 otherwise.
    """
    scenarios = _chosen(_scenarios(scenarios_file, set_name), only)
    screen = console(is_error=server.is_json)
    with connect_or_start(server, workers=_WORKERS, say=lambda said: screen.print(f"[dim]{line(said)}[/]")) as client:
        answers = _run(client, scenarios, screen)
        same_plan = None if asks_once else _ask_again(client, answers, screen)
    scores = [score(scenario, shown) for scenario, shown in answers]
    summary, figures, fields = totals(scores), measures(answers, same_plan=same_plan), field_scores(answers)
    if server.is_json:
        print_json(
            {
                "scenarios": [one.to_json() for one in scores],
                "totals": summary.to_json(),
                "measures": [one.to_json() for one in figures],
                "fields": [one.to_json() for one in fields],
            }
        )
    else:
        for table in (_table(scores), _fields_table(fields), _measures_table(figures)):
            screen.print(table)
        if has_details:
            _print_misses(scores, screen)
    is_repeatable = same_plan is None or same_plan[0] == same_plan[1]
    sys.exit(DONE if summary.ended_as_expected == summary.scenarios and is_repeatable else FAILED)


def _scenarios(file: Path | None, set_name: str) -> list[Scenario]:
    if file is not None:
        return list(load_scenarios(file))
    names = SETS if set_name == "all" else (set_name,)
    return [one for name in names for one in load_scenarios(packaged_scenarios(name))]


def _chosen(scenarios: Sequence[Scenario], only: tuple[str, ...]) -> list[Scenario]:
    chosen = [one for one in scenarios if not only or one.id in only]
    if not chosen:
        raise CommandFailed(f"no scenario is named {', '.join(only)}", exit_code=2)
    return chosen


def _run(client: Client, scenarios: Sequence[Scenario], screen: Console) -> list[Answered]:
    """Ask for all of them, then wait for each; what rests at a gate is cancelled, since nobody will decide."""
    asked = [(scenario, _ask(client, scenario), time.monotonic()) for scenario in scenarios]
    answers: list[Answered] = []
    for scenario, decision_set_id, started in asked:
        shown, _ = until_rest(client, decision_set_id)
        found = score(scenario, shown)
        answers.append((scenario, shown))
        waited = time.monotonic() - started
        screen.print(f"{scenario.id}  {shown['status']:<12} {found.total:.0%}  [dim]{waited:.1f} s[/]")
        _let_go(client, shown)
    return answers


def _ask_again(client: Client, answers: Sequence[Answered], screen: Console) -> tuple[int, int]:
    """How many requests led to the same plan hash the second time, and of how many."""
    asked = [(scenario, shown, _ask(client, scenario)) for scenario, shown in answers]
    same = 0
    for scenario, first, decision_set_id in asked:
        again, _ = until_rest(client, decision_set_id)
        _let_go(client, again)
        if again["plan_hash"] == first["plan_hash"]:
            same += 1
        else:
            screen.print(f"[red]{scenario.id} led to another plan when asked again[/]")
    return same, len(asked)


def _let_go(client: Client, shown: Json) -> None:
    if shown["actions"]["can_cancel"]:
        client.post(f"/decision-sets/{segment(str(shown['id']))}/cancel", {})


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


def _fields_table(fields: Sequence[FieldScore]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", title="fields", title_justify="left")
    table.add_column("field")
    for heading in ("expected", "right", "wrong", "missed", "invented", "share"):
        table.add_column(heading, justify="right")
    for one in fields:
        share = f"{one.right / one.expected:.0%}" if one.expected else ""
        table.add_row(one.field, *(str(getattr(one, name)) for name in _FIELD_COUNTS), share)
    return table


def _measures_table(figures: Sequence[Measure]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", title="measures", title_justify="left")
    table.add_column("measure")
    for heading in ("right", "of", "share", "goal"):
        table.add_column(heading, justify="right")
    for one in figures:
        share = "" if one.share is None else f"{one.share:.1%}"
        goal = "" if one.goal is None else f"{one.goal:.0%}"
        table.add_row(one.name, str(one.right), str(one.of), share if one.is_met else f"[red]{share}[/]", goal)
    return table


def _print_misses(scores: Sequence[ScenarioScore], screen: Console) -> None:
    for one in scores:
        for part, misses in one.misses.items():
            for miss in misses:
                screen.print(f"{one.scenario_id} {part}: {line(miss, limit=200)}")
