"""Which constraint fields decide what a policy says."""

from __future__ import annotations

from decisionworks.policy.model import PolicyBook
from decisionworks.projects.conditions import fields_of


def constraint_fields_read(book: PolicyBook) -> frozenset[str]:
    """The fields that some rule reads by name; facts of plans and requests have a dot in theirs."""
    return frozenset(name for policy in book.policies for name in fields_of(policy.fires_when) if "." not in name)
