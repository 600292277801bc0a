"""Models behind one port: structured questions in, checked answers out (docs/adr/0007)."""

from decisionworks.llm.call_site import CallSite
from decisionworks.llm.code_model import CodeGenProvider, CodeOrder, WrittenCode
from decisionworks.llm.desk import NO_MODELS, ModelDesk, open_desk
from decisionworks.llm.errors import AnswerQuarantined, BudgetExceeded, InvalidModels, ModelRefused, ModelUnavailable
from decisionworks.llm.ledger import forget_answers
from decisionworks.llm.model import StructuredAnswer, StructuredQuestion, Switch, Usage
from decisionworks.llm.offline import OfflineProvider, Rules
from decisionworks.llm.path_rules import PathRules
from decisionworks.llm.prompt_pack import PromptPack, load_prompt_pack
from decisionworks.llm.provider import OrchestrationProvider

__all__ = [
    "NO_MODELS",
    "AnswerQuarantined",
    "BudgetExceeded",
    "CallSite",
    "CodeGenProvider",
    "CodeOrder",
    "InvalidModels",
    "ModelDesk",
    "ModelRefused",
    "ModelUnavailable",
    "OfflineProvider",
    "OrchestrationProvider",
    "PathRules",
    "PromptPack",
    "Rules",
    "StructuredAnswer",
    "StructuredQuestion",
    "Switch",
    "Usage",
    "WrittenCode",
    "forget_answers",
    "load_prompt_pack",
    "open_desk",
]
