"""The plan as documents that people read: committed to the project's git and put into the generated repository."""

from decisionworks.decisions.documents.content import content_of
from decisionworks.decisions.documents.plan_documents import PlanContent, plan_documents
from decisionworks.decisions.documents.summary import summary_of

__all__ = ["PlanContent", "content_of", "plan_documents", "summary_of"]
