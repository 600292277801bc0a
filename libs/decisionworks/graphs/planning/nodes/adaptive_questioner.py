"""Puts the open questions, the most decisive first, in the language of the request."""

from __future__ import annotations

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import Alternative, ModelUse, ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.graphs.asking import call_site, clearing, use_of
from decisionworks.graphs.decision_document import document_of, writing
from decisionworks.graphs.planning.offline import QUESTION
from decisionworks.graphs.planning.packs import asked_versions, planning_pack
from decisionworks.graphs.planning.put_by_models import put_by_models
from decisionworks.graphs.planning.tools import PlanningTools

FIRST_SHOWN = 3


def adaptive_questioner_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""
    pack = planning_pack(QUESTION)

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        site = call_site(attempt, node="adaptive_questioner", store=tools.store)
        questions, answer = await put_by_models(tools, row, site)
        changes = {"questions": questions}
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
                model=ModelUse() if answer is None else await use_of(answer, site, prompt_pack=pack.label),
            ),
            apply=None if answer is None else clearing(site, [answer], writing(attempt, changes)),
        )

    return NodeSpec(
        name="adaptive_questioner",
        inputs=("constraints_digest", "intake_round", "open_fields"),
        work=work,
        has_outside_effects=tools.desk.ladder(QUESTION) is not None,
        versions=asked_versions(tools, QUESTION, pack),
    )
