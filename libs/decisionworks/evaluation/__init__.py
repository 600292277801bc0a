"""Golden scenarios: requests with what a good answer holds, and how far an answer is from it."""

from decisionworks.evaluation.load import SETS, InvalidScenarios, Scenario, load_scenarios, packaged_scenarios
from decisionworks.evaluation.measures import FieldScore, Measure, field_scores, measures
from decisionworks.evaluation.score import ScenarioScore, Totals, score, totals

__all__ = [
    "SETS",
    "FieldScore",
    "InvalidScenarios",
    "Measure",
    "Scenario",
    "ScenarioScore",
    "Totals",
    "field_scores",
    "load_scenarios",
    "measures",
    "packaged_scenarios",
    "score",
    "totals",
]
