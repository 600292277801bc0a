"""When the generated batch runs: as often as was said, so as often as it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from decisionworks.costs import batch_runs_month

HOURS_PER_MONTH = 730.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """Points in time that come again. Units: UTC."""

    runs_month: float
    words: str
    minutes: tuple[int, ...] = (0,)
    hours: tuple[int, ...] = ()
    days: str = "*"
    months: str = "*"
    weekdays: str = "*"

    @property
    def eventbridge(self) -> str:
        """The expression that EventBridge takes: days of the month or days of the week, never both."""
        day, weekday = ("?", self.weekdays) if self.weekdays != "*" else (self.days, "?")
        return f"cron({_listed(self.minutes)} {_listed(self.hours)} {day} {self.months} {weekday} *)"

    @property
    def cron(self) -> str:
        """The five fields that Airflow and CI servers take."""
        return f"{_listed(self.minutes)} {_listed(self.hours)} {self.days} {self.months} {self.weekdays}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """When what belongs to the batch runs, and why so often; `pipeline` only where somebody said how often."""

    scoring: Cadence
    delivery: Cadence
    pipeline: Cadence | None
    reason: str


def schedules_for(values: Mapping[str, object]) -> Schedules:
    """The schedules that go with the batch of a plan."""
    runs = batch_runs_month(values)
    stated = values.get("batch_runs_month") is not None and "batch" in _items(values.get("inference_mode"))
    source = "`batch_runs_month`" if stated else f"as often as data come in (`data_velocity`: {_velocity(values)})"
    return Schedules(
        scoring=cadence_for(runs, hour=5, minute=30),
        delivery=cadence_for(runs, hour=6, minute=45),
        pipeline=cadence_for(runs, hour=2, minute=0) if stated else None,
        reason=f"because the plan counts on {runs:g} runs a month, {source}",
    )


def cadence_for(runs_month: float, *, hour: int, minute: int) -> Cadence:
    """The rhythm nearest to so many runs a month: at `hour` where it is a day or more, else at `minute` of an hour."""
    return min(
        _rhythms(hour=hour, minute=minute), key=lambda one: abs(log(max(runs_month, 0.01)) - log(one.runs_month))
    )


def _rhythms(*, hour: int, minute: int) -> list[Cadence]:
    at = (hour,)
    clock = f"at {hour:02}:00 UTC"
    return [
        Cadence(runs_month=1 / 12, words=f"once a year, on 1 January {clock}", days="1", months="1", hours=at),
        Cadence(runs_month=1 / 6, words=f"twice a year, {clock}", days="1", months="1,7", hours=at),
        Cadence(runs_month=1 / 3, words=f"once in a quarter, {clock}", days="1", months="1,4,7,10", hours=at),
        Cadence(runs_month=0.5, words=f"every second month, {clock}", days="1", months="1,3,5,7,9,11", hours=at),
        Cadence(runs_month=1.0, words=f"once a month, on the first {clock}", days="1", hours=at),
        Cadence(runs_month=2.0, words=f"twice a month, {clock}", days="1,15", hours=at),
        Cadence(runs_month=4.3, words=f"once a week, on Mondays {clock}", weekdays="MON", hours=at),
        Cadence(runs_month=8.6, words=f"twice a week, {clock}", weekdays="MON,THU", hours=at),
        Cadence(runs_month=12.9, words=f"three times a week, {clock}", weekdays="MON,WED,FRI", hours=at),
        Cadence(runs_month=21.7, words=f"on working days {clock}", weekdays="MON-FRI", hours=at),
        Cadence(runs_month=30.0, words=f"once a day, {clock}", hours=at),
        *(
            Cadence(
                runs_month=HOURS_PER_MONTH / apart,
                words=f"every {apart} hours",
                minutes=(minute,),
                hours=tuple(range(hour % apart, 24, apart)),
            )
            for apart in (12, 8, 6, 4, 3, 2)
        ),
        Cadence(runs_month=HOURS_PER_MONTH, words=f"every hour, {minute} minutes past", minutes=(minute,)),
        *(
            Cadence(
                runs_month=HOURS_PER_MONTH * 60 / apart,
                words=f"every {apart} minutes",
                minutes=tuple(range(minute % apart, 60, apart)),
            )
            for apart in (30, 20, 15, 10, 5)
        ),
    ]


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers) or "*"


def _velocity(values: Mapping[str, object]) -> str:
    found = values.get("data_velocity")
    return found if found in ("static", "daily", "hourly", "streaming") else "daily"


def _items(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()
