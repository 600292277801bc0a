"""What of an approver's comment changes the plan, and what is guidance for the code."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from decisionworks.graphs.planning.nodes.process_approval_feedback import _facts_in
from decisionworks.graphs.planning.offline import READ, offline_rules
from decisionworks.projects import load_constraint_catalogue


class ReadByRules:
    async def apply(self, task: str, material: Any) -> Any:
        assert task == READ
        return offline_rules(load_constraint_catalogue())[task](material)


async def facts(comment: str) -> dict[str, Any]:
    tools = cast(Any, SimpleNamespace(rules=ReadByRules()))
    found, _ = await _facts_in(tools, comment, "pack")
    return dict(found)


@pytest.mark.parametrize(
    "comment",
    [
        "Good. Please keep the runbook short.",
        "Looks fine; add photos of the dashboards to the manuals.",
        "Ship it, and put the emails of the owners into the README.",
    ],
)
async def test_a_remark_about_the_repository_changes_no_constraint(comment: str) -> None:
    assert await facts(comment) == {}


async def test_a_limit_in_a_comment_changes_the_plan() -> None:
    assert await facts("Fine, but the budget is 90 dollars a month.") == {"budget_usd_month": 90}
