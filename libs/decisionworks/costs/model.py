"""Nouns of cost: prices with a date, usage lines, and the workload they are sized from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HOURS_PER_MONTH = 730
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
DAYS_PER_MONTH = 30.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One dated list price, by region.

    Units: `usd` is United States dollars for one `unit`.
    """

    id: str
    service: str
    what: str
    unit: str
    usd: Mapping[str, float]
    as_of: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBook:
    """Every price we know, and how to guess one for a region that has none."""

    by_id: Mapping[str, Price]
    fallback_factor: float
    home_region: str
    captured: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one unit costs in a region; `is_fallback` when another region's price was scaled."""

    unit_usd: float
    confidence: str
    is_fallback: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """So many units of one price in a month.

    Lines of different patterns with the same `share` are one thing paid once: the largest counts.
    """

    price: str
    quantity: float
    share: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageAssumption:
    """A quantity that nobody stated, the value used instead, and what it drives."""

    field: str
    value: object
    effect: str

    def to_json(self) -> dict[str, object]:
        """The shape of an entry of a plan's assumptions."""
        return {"field": self.field, "value": self.value, "effect": self.effect}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Monthly quantities derived once from the constraints; every sizing formula reads only these.

    Units: rates are per second, `_month` counts are per 730 hours, sizes are gigabytes.
    """

    model_type: str
    use_case_type: str
    is_llm: bool
    is_media: bool
    has_scans: bool
    is_online: bool
    is_regulated: bool
    team_size: int
    tenants: int
    devices: int
    availability_pct: float
    rps_avg: float
    rps_peak: float
    requests_month: float
    events_avg: float
    events_peak: float
    events_month: float
    history_gb: float
    stored_gb: float
    model_gb: float
    data_runs_month: float
    training_runs_month: float
    experiments_month: float
    training_compute: str
    batch_records: float
    batch_runs_month: float
    async_jobs_month: float
    llm_requests_month: float
    tokens_in: float
    tokens_out: float
    corpus_documents: float
    scanned_pages_month: float
    audio_minutes_month: float
    zones: int
    endpoints: int
    is_closed: bool
    second_region: bool
    assumptions: tuple[UsageAssumption, ...] = field(default=())

    @property
    def predictions_month(self) -> float:
        """What callers get in a month: answers, scored events, scored records; devices count for themselves."""
        if self.is_llm:
            return self.llm_requests_month
        answered = max(self.requests_month, self.events_month) if self.is_online else self.requests_month
        return answered + self.batch_records * self.batch_runs_month


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternCost:
    """What one pattern adds to a month's bill, split by how it combines with others.

    Units: United States dollars per month. `shared` maps a share key to the price of that thing; `standby` is what a
    second region repeats.
    """

    own_usd: float
    shared: Mapping[str, float]
    standby_usd: float
