"""Two critics that read a plan with rules and numbers: one for how it will work, one for what it will cost."""

from decisionworks.patterns.critics.cost import COST_RULES, review_cost
from decisionworks.patterns.critics.model import Review, read_review, settle_critiques
from decisionworks.patterns.critics.technical import TECHNICAL_RULES, review_technically

__all__ = [
    "COST_RULES",
    "TECHNICAL_RULES",
    "Review",
    "read_review",
    "review_cost",
    "review_technically",
    "settle_critiques",
]
