"""Previews through the HTTP API, each of constraints that were not asked about before."""

from __future__ import annotations

import time
from functools import cache

import httpx

from benchmarks.figures import Figure
from decisionworks.costs import load_prices
from decisionworks.evaluation import load_scenarios, packaged_scenarios
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.bench import RECOMMENDED, set_up
from decisionworks.patterns.situation import read_situation
from decisionworks.previews.preview_plan import preview_plan
from decisionworks.projects import constraints_to_json, extract_constraints, load_constraint_catalogue

_VARIANTS = 8


def previews(client: httpx.Client, *, project_id: str, runs: int) -> list[Figure]:
    """One plan at a time, over the packaged scenarios in turn, and eight variants of one plan."""
    requests = _requests()
    path = f"/projects/{project_id}/plan-previews"
    singles, compared = [], []
    for number in range(runs):
        body = {"request": requests[number % len(requests)], "constraints": {"team_size": 3 + number}}
        singles.append(_timed(client, path, body))
    for number in range(max(1, runs // 10)):
        variants = [
            {"name": str(n), "constraints": {"budget_usd_month": 1000 + 100 * n + number}} for n in range(_VARIANTS)
        ]
        compared.append(_timed(client, path, {"request": requests[number % len(requests)], "variants": variants}))
    return [
        Figure(name="preview of one plan", samples_ms=singles[2:]),
        Figure(name=f"preview of {_VARIANTS} variants", samples_ms=compared),
    ]


def planned_here(*, n: int = 24) -> Figure:
    """The same work as a plain function call: what HTTP, the token and the planner process are added to."""
    fields, patterns, prices = load_constraint_catalogue(), load_pattern_catalogue(), load_prices()
    samples = []
    for number in range(n + 2):
        started = time.perf_counter()
        given = {"team_size": 3 + number}
        preview_plan(_requests()[number % n], given, fields=fields, patterns=patterns, prices=prices)
        samples.append((time.perf_counter() - started) * 1000)
    return Figure(name="floor: the same plan as a function call", samples_ms=samples[2:])


def solved_here(*, n: int = 24) -> Figure:
    """The solver alone, from model to proved optimum, on the whole catalogue as each request poses and prices it."""
    fields, patterns, prices = load_constraint_catalogue(), load_pattern_catalogue(), load_prices()
    samples = []
    for request in _requests()[:n]:
        found = extract_constraints(request, data=None, on_missing="assume", catalogue=fields)
        bench = set_up(read_situation(constraints_to_json(found.constraints)), catalogue=patterns, prices=prices)
        started = time.perf_counter()
        bench.solve(RECOMMENDED)
        samples.append((time.perf_counter() - started) * 1000)
    return Figure(name="solver alone, whole catalogue", samples_ms=samples[1:])


@cache
def _requests() -> list[str]:
    return [one.request for one in load_scenarios(packaged_scenarios())]


def _timed(client: httpx.Client, path: str, body: dict[str, object]) -> float:
    started = time.perf_counter()
    client.post(path, json=body).raise_for_status()
    return (time.perf_counter() - started) * 1000
