"""Gates: points where a person must answer. A gate closes once."""

from decisionworks.gates.answer_questions import answer_questions
from decisionworks.gates.approve import approve
from decisionworks.gates.cancel import cancel
from decisionworks.gates.errors import (
    AlreadyDecided,
    AnotherGateOpen,
    CannotApprove,
    CannotCancel,
    NotAtGate,
    StalePlan,
)
from decisionworks.gates.model import Gate, GateKind, GateState
from decisionworks.gates.open_gate import answer_of, open_gate
from decisionworks.gates.reject import reject
from decisionworks.gates.store import newest_gate

__all__ = [
    "AlreadyDecided",
    "AnotherGateOpen",
    "CannotApprove",
    "CannotCancel",
    "Gate",
    "GateKind",
    "GateState",
    "NotAtGate",
    "StalePlan",
    "answer_of",
    "answer_questions",
    "approve",
    "cancel",
    "newest_gate",
    "open_gate",
    "reject",
]
