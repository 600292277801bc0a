"""What was measured, and how it is shown: a table for people, JSON for machines, two runs beside each other."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

from benchmarks.peers.conditions import Conditions

OURS = "decisionworks"
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of one contestant.

    `value` is None where the contestant cannot do it or never did; `note` says why. Figures of one contestant under
    several settings are all shown, the best one competes.
    """

    measure: str
    what: str
    contestant: str
    value: float | None
    unit: str
    better: Better
    setting: str = ""
    note: str = ""
    conditions: Conditions | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same figure in another run."""
        return (self.measure, self.what, self.contestant, self.setting)

    def to_json(self) -> dict[str, Any]:
        """The figure for machines."""
        return dataclasses.asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything of one run: the server's settings, the versions, the figures, what was skipped and why."""

    server: Mapping[str, str]
    versions: Mapping[str, str]
    figures: Sequence[Figure]
    skipped: Mapping[str, str]

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        body = {"server": dict(self.server), "versions": dict(self.versions), "skipped": dict(self.skipped)}
        body_figures = [figure.to_json() for figure in self.figures]
        path.write_text(json.dumps({**body, "figures": body_figures}, indent=1) + "\n", encoding="utf-8")


def load_run(path: Path) -> Run:
    """Read a saved run."""
    body = json.loads(path.read_text(encoding="utf-8"))
    figures = [
        Figure(**{**one, "conditions": Conditions(**one["conditions"]) if one["conditions"] else None})
        for one in body["figures"]
    ]
    return Run(server=body["server"], versions=body["versions"], figures=figures, skipped=body["skipped"])


def merged(runs: Sequence[Run]) -> Run:
    """Several runs as one; of the same figure the newest counts."""
    figures = {figure.key: figure for run in runs for figure in run.figures}
    skipped = {name: why for run in runs for name, why in run.skipped.items()}
    return Run(server=runs[-1].server, versions=runs[-1].versions, figures=list(figures.values()), skipped=skipped)


def medians(figures: Iterable[Figure]) -> list[Figure]:
    """Each figure once: the median of its rounds, and in its facts what the rounds were."""
    rounds: dict[tuple[str, str, str, str], list[Figure]] = {}
    for figure in figures:
        rounds.setdefault(figure.key, []).append(figure)
    return [taken[-1] if len(taken) == 1 else _median(taken) for taken in rounds.values()]


def _median(rounds: Sequence[Figure]) -> Figure:
    values = [figure.value for figure in rounds if figure.value is not None]
    shown = " ".join("-" if figure.value is None else _number(figure.value) for figure in rounds)
    worst = max(rounds, key=lambda figure: figure.conditions.busy_percent if figure.conditions else 0)
    return dataclasses.replace(
        worst, value=round(median(values), 2) if values else None, facts={**rounds[-1].facts, "rounds": shown}
    )


def table(figures: Iterable[Figure]) -> list[str]:
    """Lines for people: one block for each number, the best first, ours marked and its ratio to the best peer."""
    blocks: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        blocks.setdefault((figure.measure, figure.what), []).append(figure)
    lines = []
    for (measure, what), block in blocks.items():
        lines.append(f"{measure}: {what} [{block[0].unit}, {block[0].better} is better]{_verdict(block)}")
        lines += [_line(figure) for figure in sorted(block, key=_rank)]
        lines.append("")
    return lines


def ratio_to_best_peer(block: Sequence[Figure]) -> float | None:
    """Ours against the best peer: above 1 we are ahead, whichever direction is better."""
    ours = [one.value for one in block if one.contestant == OURS and one.value is not None]
    peers = [one.value for one in block if one.contestant != OURS and one.value is not None]
    if not ours or not peers:
        return None
    if block[0].better == "higher":
        return max(ours) / max(peers) if max(peers) else None
    return min(peers) / min(ours) if min(ours) else None


def compared(before: Run, after: Run) -> list[str]:
    """Two runs beside each other, figure by figure, with the disk of each."""
    old = {figure.key: figure for figure in before.figures}
    lines = [f"{'figure':<86} {'before':>11} {'after':>11} {'ratio':>7}  disk before / after"]
    for figure in after.figures:
        then = old.get(figure.key)
        if then is None or then.value is None or figure.value is None:
            continue
        name = f"{figure.measure}: {figure.what}, {figure.contestant} {figure.setting}".strip()
        gain = figure.value / then.value if then.value else float("nan")
        disks = " / ".join(str(one.conditions.disk_commits_per_s) if one.conditions else "-" for one in (then, figure))
        lines.append(f"{name:<86} {_number(then.value):>11} {_number(figure.value):>11} {gain:>7.2f}  {disks}")
    return lines


def _rank(figure: Figure) -> float:
    if figure.value is None:
        return float("inf")
    return -figure.value if figure.better == "higher" else figure.value


def _verdict(block: Sequence[Figure]) -> str:
    ratio = ratio_to_best_peer(block)
    if ratio is None:
        return ""
    disturbed = any(one.conditions is not None and one.conditions.is_disturbed for one in block)
    return f"  ours / best peer: {ratio:.2f}{' (~ disturbed)' if disturbed else ''}"


def _line(figure: Figure) -> str:
    mark = "*" if figure.contestant == OURS else " "
    value = "-" if figure.value is None else _number(figure.value)
    seen = figure.conditions
    around = "" if seen is None else _around(seen)
    more = "  ".join([*(f"{key} {shown}" for key, shown in figure.facts.items()), figure.note]).strip()
    return f" {mark} {figure.contestant:<14} {figure.setting:<24} {value:>11}  {around:<28} {more}".rstrip()


def _around(seen: Conditions) -> str:
    disturbed = " ~" if seen.is_disturbed else ""
    return f"disk {seen.disk_commits_per_s:>6}/s  busy {seen.busy_percent:>3} %{disturbed}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
