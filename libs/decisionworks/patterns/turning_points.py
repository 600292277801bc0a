"""Where a plan turns over: the nearest change of its parts in load, budget, response time and data, up and down.

Each point is found by planning again, ten and a hundred times away, then by halving the gap in which the parts change.
What a single part cannot carry at all stands beside them as a limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.patterns.bench import Bench
from decisionworks.patterns.layers import reading_order
from decisionworks.patterns.model import Json
from decisionworks.patterns.second_look import plan_again
from decisionworks.projects.tell_values import joined, tell_value

STEPS = (10.0, 100.0)
# A tenfold gap halved four times, in logarithms, leaves a point that is right within eight percent to either side.
HALVINGS = 4
# Nobody's budget grows a hundredfold, and less data never asks for more parts.
FEWER_STEPS = {("budget_usd_month", True): 1, ("latency_p95_ms", True): 1, ("data_volume_gb", False): 0}
# The load is the first of these groups that the request states; what belongs together moves together.
LOADS: tuple[tuple[str, ...], ...] = (
    ("throughput_rps_peak", "throughput_rps_avg"), ("throughput_rps_avg",), ("llm_requests_per_day",),
    ("stream_events_per_sec",), ("batch_records_per_run",), ("audio_hours_month",), ("edge_devices",),
)  # fmt: skip
OTHERS = ("budget_usd_month", "latency_p95_ms", "data_volume_gb")
WORDS: Mapping[str, str] = {
    "throughput_rps_peak": "requests/s at peak", "throughput_rps_avg": "requests/s", "llm_requests_per_day":
    "questions a day", "stream_events_per_sec": "events/s", "batch_records_per_run": "records a run",
    "audio_hours_month": "hours of audio a month", "edge_devices": "devices",
    "budget_usd_month": "USD a month of budget", "latency_p95_ms": "ms (p95)", "data_volume_gb": "GB of data",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One field walked in one direction. Units: `now` in those of the field."""

    bench: Bench
    patterns: tuple[str, ...]
    field: str
    together: tuple[str, ...]
    now: float
    is_up: bool

    @property
    def steps(self) -> tuple[float, ...]:
        """How many times away is looked, the nearest first."""
        return STEPS[: FEWER_STEPS.get((self.field, self.is_up), len(STEPS))]

    def value(self, factor: float) -> float:
        """The field's value a factor away."""
        return float(f"{self.now * factor if self.is_up else self.now / factor:.6g}")

    def plan(self, factor: float) -> tuple[tuple[str, ...], Bench] | None:
        """The plan a factor away, and where to price it; None where nothing fits."""
        known = self.bench.situation.known
        change = {name: _scaled(known[name], self.value(factor) / self.now) for name in self.together}
        return plan_again(self.bench, change, patterns=self.patterns)


def find_turning_points(bench: Bench, patterns: Sequence[str]) -> list[Json]:
    """For each thing that is known, the nearest change upwards and downwards, or a row that says there is none.

    Units: `value` in the units of `field`; `monthly_usd` is United States dollars a month beyond the point.
    """
    known, chosen = bench.situation.known, tuple(patterns)
    load = next((group for group in LOADS if all(_is_positive(known.get(name)) for name in group)), ())
    groups = [load] if load else [(name,) for name in ("throughput_rps_peak",) if _is_positive(known.get(name))]
    groups += [(name,) for name in OTHERS if _is_positive(known.get(name))]
    rows = []
    for together in groups:
        for is_up in (True, False):
            now = float(str(known[together[0]]))
            walk = _Walk(
                bench=bench, patterns=chosen, field=together[0], together=together, now=now, is_up=is_up
            )  # fmt: skip
            rows += [_turn(walk)] if walk.steps else []
    return sorted(rows, key=lambda row: (row["factor"] is None, float(str(row["factor"] or 0)), str(row["field"])))


def _turn(walk: _Walk) -> Json:
    """The nearest point at which the parts are others, by planning again."""
    before = 1.0
    for step in walk.steps:
        found = walk.plan(step)
        if found is not None and set(found[0]) == set(walk.patterns):
            before = step
            continue
        after, beyond = step, found
        for _ in range(HALVINGS):
            middle = (before * after) ** 0.5
            tried = walk.plan(middle)
            if tried is not None and set(tried[0]) == set(walk.patterns):
                before = middle
            else:
                after, beyond = middle, tried
        return _row(walk, (before * after) ** 0.5, beyond)
    return _nothing(walk)


def _row(walk: _Walk, factor: float, beyond: tuple[tuple[str, ...], Bench] | None) -> Json:
    value, word = float(f"{walk.value(factor):.3g}"), "from about" if walk.is_up else "down from about"
    at = f"{word} {value:,.10g} {WORDS[walk.field]} (now {walk.now:,.10g})"
    row: Json = {
        "field": walk.field,
        "direction": "up" if walk.is_up else "down",
        "value": value,
        "now": walk.now,
        "unit": WORDS[walk.field],
        "factor": round(factor, 2),
    }
    if beyond is None:
        return row | {
            "pattern": None, "with": [], "without": [], "monthly_usd": None, "verified": True,
            "text": f"{at}: nothing fits all that was asked",
        }  # fmt: skip
    catalogue, usd = walk.bench.catalogue, beyond[1].usd(beyond[0])
    added = reading_order([one for one in beyond[0] if one not in walk.patterns], catalogue=catalogue)
    gone = reading_order([one for one in walk.patterns if one not in beyond[0]], catalogue=catalogue)
    gone.sort(key=lambda name: catalogue.by_id[name].capability != "serving")
    return row | {
        "pattern": gone[0] if gone else None,
        "with": added,
        "without": gone,
        "monthly_usd": usd,
        "verified": True,
        "text": f"{at}: {_swap(added, gone, walk)}; {usd:,.2f} USD a month there",
    }


def _swap(added: Sequence[str], gone: Sequence[str], walk: _Walk) -> str:
    by_id = walk.bench.catalogue.by_id
    new, old = (joined([by_id[name].name for name in names]) for names in (added, gone))
    if new and old:
        return f"{new} instead of {old}"
    verb = "are" if max(len(added), len(gone)) > 1 else "is"
    return f"{new} {verb} added" if new else f"{old} {verb} left out"


def _nothing(walk: _Walk) -> Json:
    reach = f"{walk.steps[-1]:g} times" if walk.is_up else f"a {walk.steps[-1]:g}th of"
    return {
        "field": walk.field,
        "direction": "up" if walk.is_up else "down",
        "value": None,
        "now": walk.now,
        "unit": WORDS[walk.field],
        "factor": None,
        "pattern": None,
        "with": [],
        "without": [],
        "monthly_usd": None,
        "verified": True,
        "text": f"none within {reach} {tell_value(walk.field, walk.now)}: the same parts, other sizes",
    }


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _scaled(value: object, share: float) -> float:
    number = float(value) * share if isinstance(value, int | float) else 0.0
    return float(f"{number:.6g}")
