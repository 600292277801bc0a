"""The plan as documents that people read: committed to the project's git and put into the generated repository."""

from decisionworks.decisions.documents.plan_documents import PlanContent, plan_documents

__all__ = ["PlanContent", "plan_documents"]
