"""Capability patterns: the catalogue, matching, and the plan composed from them.

`compose_plan` is imported from its own module, because it loads the solver, which the API must never load.
"""

from decisionworks.patterns.catalogue import load_pattern_catalogue, parse_pattern_catalogue
from decisionworks.patterns.critics import review_cost, review_technically, settle_critiques
from decisionworks.patterns.errors import InvalidObjection, NoPlanAtAll, PatternCatalogueBroken
from decisionworks.patterns.gate import gate
from decisionworks.patterns.model import Composition, Pattern, PatternCatalogue
from decisionworks.patterns.plan_hash import plan_hash
from decisionworks.patterns.question_effects import question_effects
from decisionworks.patterns.score import score

__all__ = [
    "Composition",
    "InvalidObjection",
    "NoPlanAtAll",
    "Pattern",
    "PatternCatalogue",
    "PatternCatalogueBroken",
    "gate",
    "load_pattern_catalogue",
    "parse_pattern_catalogue",
    "plan_hash",
    "question_effects",
    "review_cost",
    "review_technically",
    "score",
    "settle_critiques",
]
