"""Pure rules: facts in, verdict out."""

from decisionworks.policy.errors import PolicyBookBroken, RefusedWaiver, UnfitThreshold
from decisionworks.policy.evaluate import check_waiver, evaluate_policies, fired_rules, is_blocking
from decisionworks.policy.fields_read import constraint_fields_read
from decisionworks.policy.findings import has_plan, with_conflicts
from decisionworks.policy.load_policies import load_policies, parse_policies
from decisionworks.policy.model import Outcome, Policy, PolicyBook, PolicyTerms, Severity, Threshold, Waiver
from decisionworks.policy.plan_facts import plan_facts
from decisionworks.policy.thresholds import check_threshold, threshold_named, thresholds_of

__all__ = [
    "Outcome",
    "Policy",
    "PolicyBook",
    "PolicyBookBroken",
    "PolicyTerms",
    "RefusedWaiver",
    "Severity",
    "Threshold",
    "UnfitThreshold",
    "Waiver",
    "check_threshold",
    "check_waiver",
    "constraint_fields_read",
    "evaluate_policies",
    "fired_rules",
    "has_plan",
    "is_blocking",
    "load_policies",
    "parse_policies",
    "plan_facts",
    "threshold_named",
    "thresholds_of",
    "with_conflicts",
]
