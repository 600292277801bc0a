"""What the planning nodes are given: a provider, the catalogues, and what can be rendered."""

from __future__ import annotations

from dataclasses import dataclass

from decisionworks.artifacts import ContentStore
from decisionworks.costs import load_prices
from decisionworks.costs.model import PriceBook
from decisionworks.llm import ModelDesk, OfflineProvider
from decisionworks.patterns import PatternCatalogue, load_pattern_catalogue
from decisionworks.policy import PolicyBook, load_policies
from decisionworks.projects import ConstraintCatalogue, load_constraint_catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningTools:
    """The dependencies of the planning nodes; `renderable` are the patterns that code can be generated for.

    `rules` are the written rules, `desk` knows which models are asked beside them, `store` keeps unusable answers.
    """

    rules: OfflineProvider
    desk: ModelDesk
    store: ContentStore
    fields: ConstraintCatalogue
    patterns: PatternCatalogue
    prices: PriceBook
    policies: PolicyBook
    renderable: frozenset[str]

    @property
    def catalogue_versions(self) -> dict[str, str]:
        """What a plan depends on besides its constraints."""
        return {
            "fields": self.fields.version,
            "patterns": self.patterns.version,
            "prices": self.prices.version,
            "policies": self.policies.version,
        }


def planning_tools(
    *, rules: OfflineProvider, desk: ModelDesk, store: ContentStore, renderable: frozenset[str]
) -> PlanningTools:
    """The tools with the catalogues of this installation."""
    return PlanningTools(
        rules=rules,
        desk=desk,
        store=store,
        fields=load_constraint_catalogue(),
        patterns=load_pattern_catalogue(),
        prices=load_prices(),
        policies=load_policies(),
        renderable=renderable,
    )
