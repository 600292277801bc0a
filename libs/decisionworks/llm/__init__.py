"""Models behind one port: structured questions in, checked answers out."""

from decisionworks.llm.model import OrchestrationProvider, StructuredAnswer, StructuredQuestion
from decisionworks.llm.offline import OfflineProvider

__all__ = ["OfflineProvider", "OrchestrationProvider", "StructuredAnswer", "StructuredQuestion"]
