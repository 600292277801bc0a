"""Pure rules: facts in, verdict out."""

from decisionworks.policy.errors import PolicyBookBroken, RefusedWaiver
from decisionworks.policy.evaluate import check_waiver, evaluate_policies, fired_rules, is_blocking
from decisionworks.policy.fields_read import constraint_fields_read
from decisionworks.policy.findings import with_conflicts
from decisionworks.policy.load_policies import load_policies, parse_policies
from decisionworks.policy.model import Outcome, Policy, PolicyBook, Severity, Waiver
from decisionworks.policy.plan_facts import plan_facts

__all__ = [
    "Outcome",
    "Policy",
    "PolicyBook",
    "PolicyBookBroken",
    "RefusedWaiver",
    "Severity",
    "Waiver",
    "check_waiver",
    "constraint_fields_read",
    "evaluate_policies",
    "fired_rules",
    "is_blocking",
    "load_policies",
    "parse_policies",
    "plan_facts",
    "with_conflicts",
]
