"""All readable documents of a plan."""

from __future__ import annotations

from decisionworks.decisions.documents.model import PlanContent
from decisionworks.decisions.documents.money import cost_csv
from decisionworks.decisions.documents.plan_page import plan_page
from decisionworks.decisions.documents.records import decision_records

__all__ = ["PlanContent", "plan_documents"]


def plan_documents(content: PlanContent) -> dict[str, str]:
    """`plan.md`, `cost.csv` and the decision records under `adr/`; the same plan gives the same text."""
    records = decision_records(content)
    page = plan_page(content, {path: title for path, (title, _) in records.items()})
    return {"plan.md": page, "cost.csv": cost_csv(content.cost_estimate)} | {
        path: text for path, (_, text) in records.items()
    }
