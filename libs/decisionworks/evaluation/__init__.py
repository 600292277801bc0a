"""Golden scenarios: requests with what a good answer holds, and how far an answer is from it."""

from decisionworks.evaluation.load import InvalidScenarios, Scenario, load_scenarios, packaged_scenarios
from decisionworks.evaluation.score import ScenarioScore, Totals, score, totals

__all__ = [
    "InvalidScenarios",
    "Scenario",
    "ScenarioScore",
    "Totals",
    "load_scenarios",
    "packaged_scenarios",
    "score",
    "totals",
]
