"""Quantities of monitoring, governance, cost control and recovery."""

from __future__ import annotations

from decisionworks.costs.model import UsageLine, Workload


def _line(price: str, quantity: float, share: str | None = None) -> UsageLine:
    return UsageLine(price=price, quantity=quantity, share=share)


def _log_gb(w: Workload) -> float:
    """A gigabyte, four more per person, and 0.1 KB a request; above 400 GB requests are sampled."""
    return min(400.0, 1 + 1.0 * min(10, w.team_size) + (w.requests_month + w.llm_requests_month) * 0.1 / 1e6)


def size_drift(w: Workload) -> list[UsageLine]:
    """Half a vCPU-hour a day, an hour from 300 GB up; ten metrics, five for a single person."""
    return [
        _line("fargate.x86.vcpu_hour", 30 * (1.0 if w.history_gb >= 300 else 0.5)),
        _line("cloudwatch.metric.month", 5 if w.team_size == 1 else 10),
    ]


def size_label_performance(w: Workload) -> list[UsageLine]:
    """A tenth of a terabyte read; a kilobyte a logged prediction, at most 500 GB."""
    predictions = w.requests_month + w.batch_records * w.batch_runs_month
    return [
        _line("athena.scan.tb", 0.1),
        _line("s3.standard.gb_month", min(500.0, 1 + predictions / 1e6)),
    ]


def size_infra_monitoring(w: Workload) -> list[UsageLine]:
    """Logs by people and requests, ten alarms; a dashboard from two people up, one person reads the alarms."""
    return [
        _line("cloudwatch.logs.ingest.gb", _log_gb(w)),
        _line("cloudwatch.alarm.month", 10),
        _line("cloudwatch.dashboard.month", 0 if w.team_size == 1 else 1),
    ]


def size_lineage(w: Workload) -> list[UsageLine]:
    """Ten million audited data events when regulated, two million otherwise; 50 GB of sealed logs."""
    return [
        _line("cloudtrail.data.100k", 100 if w.is_regulated else 20),
        _line("s3.standard.gb_month", 50),
    ]


def size_explainability(w: Workload) -> list[UsageLine]:
    """Two hours per training run and ten a month for group metrics."""
    return [_line("sagemaker.ml.m5.xlarge.hour", 10 + 2 * min(30.0, w.training_runs_month))]


def size_cost_guardrails(_: Workload) -> list[UsageLine]:
    """One alarm; budgets and anomaly detection are free."""
    return [_line("cloudwatch.alarm.month", 1)]


def size_backup(w: Workload) -> list[UsageLine]:
    """Twenty gigabytes of database backup, five for one or two people."""
    return [_line("backup.rds.gb_month", 5 if w.team_size <= 2 else 20)]


def size_multi_region(w: Workload) -> list[UsageLine]:
    """A tenth of the history crosses each month; the second region's standing parts are priced beside it."""
    return [
        _line("transfer.interregion.gb", max(20.0, 0.1 * w.history_gb)),
        _line("route53.zone.month", 1),
    ]


OPERATIONS_SIZERS = {
    "mon-drift": ("monitoring_drift", size_drift),
    "mon-performance-labels": ("monitoring_performance", size_label_performance),
    "mon-infra-cloudwatch": ("monitoring_infra", size_infra_monitoring),
    "gov-lineage-audit": ("governance", size_lineage),
    "gov-explainability": ("explainability", size_explainability),
    "cost-guardrails": ("cost_control", size_cost_guardrails),
    "dr-backup-restore": ("disaster_recovery", size_backup),
    "dr-multi-region": ("disaster_recovery", size_multi_region),
}
