"""One posed problem with everything needed to solve and price it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decisionworks.costs import PatternCost, PriceBook, estimate_cost, price_patterns
from decisionworks.patterns.model import Json, PatternCatalogue, Problem, Situation, Weights
from decisionworks.patterns.pose_problem import pose_problem
from decisionworks.patterns.situation import cost_values
from decisionworks.patterns.solve import Solution, solve

RECOMMENDED = Weights(points=1.0, wishes=1.0, cost=10.0, burden=0.3)
LEAN = Weights(points=0.02, wishes=0.02, cost=100.0, burden=0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A situation on the bench: its problem, its prices and the catalogue."""

    situation: Situation
    problem: Problem
    costs: Mapping[str, PatternCost]
    catalogue: PatternCatalogue
    prices: PriceBook

    def solve(self, weights: Weights, *, dropped: frozenset[str] = frozenset()) -> Solution | None:
        """The best choice for these weights, with every demand that does not rest on a dropped constraint."""
        return solve(self.problem, catalogue=self.catalogue, costs=self.costs, weights=weights, dropped=dropped)

    def is_feasible(self, dropped: frozenset[str] = frozenset()) -> bool:
        """Whether any choice satisfies every demand that does not rest on a dropped constraint."""
        found = solve(
            self.problem,
            catalogue=self.catalogue,
            costs=self.costs,
            weights=RECOMMENDED,
            dropped=dropped,
            seeks_optimum=False,
        )
        return found is not None

    def estimate(self, patterns: Sequence[str]) -> Json:
        """The cost estimate of a choice."""
        return estimate_cost(patterns, cost_values(self.situation), region=self.situation.region, prices=self.prices)

    def usd(self, patterns: Sequence[str]) -> float:
        """The expected cost of a choice. Units: United States dollars a month."""
        return expected_usd(self.estimate(patterns))

    def price_without(self, dropped: frozenset[str]) -> float | None:
        """What the best choice without some constraints costs; None where there is none. Units: USD/month."""
        found = self.solve(RECOMMENDED, dropped=dropped)
        return None if found is None else self.usd(found.patterns)


def set_up(
    situation: Situation,
    *,
    objections: Sequence[Mapping[str, str]] = (),
    catalogue: PatternCatalogue,
    prices: PriceBook,
) -> Bench:
    """Pose and price a situation."""
    problem = pose_problem(situation, catalogue=catalogue, objections=objections)
    costs = price_patterns(catalogue.by_id, cost_values(situation), region=situation.region, prices=prices)
    return Bench(situation=situation, problem=problem, costs=costs, catalogue=catalogue, prices=prices)


def expected_usd(cost: Json) -> float:
    """The middle of an estimate. Units: United States dollars a month."""
    monthly = cost["monthly"]
    return float(monthly["expected"]) if isinstance(monthly, dict) else 0.0
