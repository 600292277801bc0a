"""The policy file, checked and turned into a policy book once per process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from decisionworks.kit.canonical import sha256_hex
from decisionworks.policy.errors import PolicyBookBroken
from decisionworks.policy.model import Policy, PolicyBook, Severity, Threshold
from decisionworks.policy.thresholds import thresholds_of
from decisionworks.projects.conditions import check_condition, fields_of
from decisionworks.projects.errors import InvalidCondition


class _PolicyRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    category: str
    severity: Severity
    title: str
    fires_when: dict[str, object]
    rationale: str
    remediation: str
    source: str


class _FactRow(BaseModel):
    name: str
    type: str


class _PolicyFile(BaseModel):
    thresholds: list[Threshold] = []
    facts: list[_FactRow]
    never_waivable: list[str]
    policies: list[_PolicyRow]


@cache
def load_policies() -> PolicyBook:
    """Read the rules that ship with the product.

    Raises: PolicyBookBroken, a rule is malformed, named twice or reads an undeclared fact.
    """
    return parse_policies(files("decisionworks.policy").joinpath("policies.yaml").read_bytes())


def parse_policies(raw: bytes) -> PolicyBook:
    """Read rules from the bytes of a policy file.

    Raises: PolicyBookBroken
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = _PolicyFile.model_validate(yaml.load(raw, Loader=loader))  # noqa: S506, both loaders are the safe ones
        for row in document.policies:
            check_condition(row.fires_when)
    except (ValidationError, yaml.YAMLError, InvalidCondition) as cause:
        raise PolicyBookBroken(f"policies.yaml cannot be read: {cause}") from cause
    rules = {row.id: Policy(**row.model_dump()) for row in document.policies}
    facts = tuple(fact.name for fact in document.facts)
    if len(rules) != len(document.policies):
        raise PolicyBookBroken("policies.yaml names a rule twice")
    undeclared = sorted(
        {name for rule in rules.values() for name in fields_of(rule.fires_when) if "." in name and name not in facts}
    )
    strangers = sorted(name for name in document.never_waivable if name not in rules)
    if undeclared or strangers:
        raise PolicyBookBroken(
            f"policies.yaml reads undeclared facts {undeclared} or protects unknown rules {strangers}"
        )
    thresholds = {one.name: one for one in document.thresholds}
    named = {name for rule in rules.values() for name in thresholds_of(rule)}
    if named != set(thresholds) or len(thresholds) != len(document.thresholds):
        raise PolicyBookBroken(
            f"thresholds that are not there, not read or named twice: {sorted(named ^ set(thresholds))}"
        )
    return PolicyBook(
        policies=tuple(rules.values()),
        thresholds=thresholds,
        by_id=rules,
        never_waivable=frozenset(document.never_waivable),
        fact_names=facts,
        version=sha256_hex(raw),
    )
