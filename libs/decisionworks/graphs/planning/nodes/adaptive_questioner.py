"""Puts the open questions, the most decisive first, in the language of the request."""

from __future__ import annotations

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import Alternative, ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.graphs.decision_document import document_of

FIRST_SHOWN = 3


def adaptive_questioner_node() -> NodeSpec:
    """The node."""

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        questions = list(row.questions)
        first = questions[:FIRST_SHOWN]
        later = questions[FIRST_SHOWN:]
        return NodeResult(
            update={"intake_round": int(state["intake_round"]) + 1},
            card=ReasonCard(
                agent="intake",
                title="What to ask",
                decision=f"ask for {', '.join(str(question['field']) for question in first)}"
                + (f", then {len(later)} more" if later else ""),
                because=tuple(f"{question['field']}: {question['why']}" for question in first),
                alternatives=tuple(
                    Alternative(
                        id=f"ask-{question['field']}-first",
                        why_not="its answer could change less of the plan"
                        if question.get("effect") is not None
                        else "ranked lower",
                    )
                    for question in later[:3]
                ),
                confidence=0.9,
            ),
        )

    return NodeSpec(name="adaptive_questioner", inputs=("constraints_digest", "intake_round", "open_fields"), work=work)
