"""What may be done to a decision set now, and why the rest may not."""

from __future__ import annotations

from decisionworks.decisions.model import REVISABLE, TERMINAL, DecisionSet, Status, blocking_rules


def actions_of(decision_set: DecisionSet) -> dict[str, object]:
    """The `actions` of a decision set: a yes or no for each verb, and `why_not` with a sentence for each no."""
    refusals = {
        "answer": why_not_answer(decision_set),
        "approve": why_not_approve(decision_set),
        "reject": why_not_reject(decision_set),
        "cancel": why_not_cancel(decision_set),
        "revise": why_not_revise(decision_set),
    }
    shown: dict[str, object] = {f"can_{verb}": reason is None for verb, reason in refusals.items()}
    shown["why_not"] = {verb: reason for verb, reason in refusals.items() if reason is not None}
    return shown


def why_not_answer(decision_set: DecisionSet) -> str | None:
    """None when it waits for answers."""
    if decision_set.status is Status.NEEDS_INPUT:
        return None
    return f"it is {decision_set.status.value} and waits for no answer"


def why_not_approve(decision_set: DecisionSet) -> str | None:
    """None when the plan at the gate may be approved."""
    if decision_set.status is not Status.GATE_WAITING:
        return _not_at_gate(decision_set)
    if decision_set.is_blocked_by_policy:
        return f"blocked by policy: {', '.join(blocking_rules(decision_set.policy_results)) or 'see policy_results'}"
    if decision_set.missing_patterns:
        return f"no code can be generated yet for: {', '.join(decision_set.missing_patterns)}"
    return None


def why_not_reject(decision_set: DecisionSet) -> str | None:
    """None when it waits at its gate."""
    return None if decision_set.status is Status.GATE_WAITING else _not_at_gate(decision_set)


def why_not_cancel(decision_set: DecisionSet) -> str | None:
    """None when there is something left to cancel."""
    return f"it is {decision_set.status.value} already" if decision_set.status in TERMINAL else None


def why_not_revise(decision_set: DecisionSet) -> str | None:
    """None from the gate on."""
    if decision_set.status in REVISABLE:
        return None
    return f"it is {decision_set.status.value}; it can be revised from its gate on"


def _not_at_gate(decision_set: DecisionSet) -> str:
    return f"it is {decision_set.status.value}, not at its gate"
