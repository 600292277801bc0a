"""What even the smallest plan needs, and why, in terms of the request at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decisionworks.patterns.model import Need
from decisionworks.projects.tell_values import tell_value

_GUARDED = ("pii", "phi", "pci")
_WATCH: Mapping[object, str] = {
    "best_effort": "nobody watches it, so a failed run has to send word by itself",
    "business_hours": "whoever is there in office hours learns of a failure from an alarm, not from a caller",
    "on_call_24x7": "whoever is on call has to hear of a failure before the callers do",
}


def base_needs(values: Mapping[str, object]) -> Iterator[Need]:
    """Demands of every plan, then wishes of every plan."""
    said = _reasons(values)
    for name, pattern, why in (
        ("security", "sec-baseline", said["security"]),
        ("monitoring", "mon-infra-cloudwatch", said["monitoring"]),
        ("delivery", "cicd-github-terraform", said["delivery"]),
        ("storage", "store-s3-lakehouse", "data, features and logs need one governed place"),
        ("data-quality", "dq-contract-checks", "bad input is found before it is learned or scored"),
    ):
        yield Need(id=name, any_of=(pattern,), why=why)
    for name, pattern, why in (
        ("cost-control", "cost-guardrails", said["cost"]),
        ("backup", "dr-backup-restore", "labels and decisions cannot be computed again"),
    ):
        yield Need(id=name, any_of=(pattern,), why=why, weight=12)


def _reasons(values: Mapping[str, object]) -> dict[str, str]:
    sensitivity, team, budget = (values.get(name) for name in ("data_sensitivity", "team_size", "budget_usd_month"))
    security = "keys, roles and secrets come before everything else"
    if sensitivity in _GUARDED:
        security = f"{tell_value('data_sensitivity', sensitivity)} lie behind keys and roles from the first day"
    delivery = "infrastructure and code change by review only"
    if team == 1:
        delivery = "what one person built can be built again, and taken back, without that person's computer"
    cost = "nobody notices a forgotten endpoint"
    if isinstance(budget, int | float) and not isinstance(budget, bool):
        cost = f"word has to come before {tell_value('budget_usd_month', budget)} is spent"
    return {
        "security": security,
        "monitoring": _WATCH.get(values.get("ops_coverage"), "an unwatched model fails quietly"),
        "delivery": delivery,
        "cost": cost,
    }
