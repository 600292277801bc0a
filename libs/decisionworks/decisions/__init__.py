"""Decision sets: the versioned bundle of choices for a request."""

from decisionworks.decisions.actions import (
    actions_of,
    why_not_answer,
    why_not_approve,
    why_not_cancel,
    why_not_reject,
    why_not_revise,
)
from decisionworks.decisions.ask_again import ask_again
from decisionworks.decisions.errors import (
    CannotRevise,
    DecisionSetNotFound,
    IdempotencyKeyReused,
    IllegalStatusChange,
    StaleDecisionSet,
)
from decisionworks.decisions.finish import finish
from decisionworks.decisions.load import list_newest, load, project_of_decision_set
from decisionworks.decisions.model import (
    IN_INTAKE,
    REVISABLE,
    TERMINAL,
    DecisionSet,
    OnMissing,
    Status,
    blocking_rules,
    can_become,
)
from decisionworks.decisions.note_abandoned import note_abandoned
from decisionworks.decisions.request_plan import JOB_KIND, REPLAN_KIND, Idempotency, request_plan
from decisionworks.decisions.revise import revise, revised_request
from decisionworks.decisions.to_document import instant, to_document, to_summary
from decisionworks.decisions.update import update

__all__ = [
    "IN_INTAKE",
    "JOB_KIND",
    "REPLAN_KIND",
    "REVISABLE",
    "TERMINAL",
    "CannotRevise",
    "DecisionSet",
    "DecisionSetNotFound",
    "Idempotency",
    "IdempotencyKeyReused",
    "IllegalStatusChange",
    "OnMissing",
    "StaleDecisionSet",
    "Status",
    "actions_of",
    "ask_again",
    "blocking_rules",
    "can_become",
    "finish",
    "instant",
    "list_newest",
    "load",
    "note_abandoned",
    "project_of_decision_set",
    "request_plan",
    "revise",
    "revised_request",
    "to_document",
    "to_summary",
    "update",
    "why_not_answer",
    "why_not_approve",
    "why_not_cancel",
    "why_not_reject",
    "why_not_revise",
]
