"""Writes the page of the rules: `python -m decisionworks.policy > docs/policies.md`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from decisionworks.policy.examples import load_examples
from decisionworks.policy.load_policies import load_policies
from decisionworks.policy.model import Policy, PolicyBook

_HEAD = """# Policies

Rules are pure functions of facts. Each says of a plan that it `passed`, `fired` (with the evidence and a remedy), is
`not_applicable`, or is `unknown`, and then which fact is missing; unknown is never passed. A fired `block` cannot be
approved; an administrator can waive it for a time, with a reason
(`decisionworks waivers grant RULE --reason … --until DATE`), unless the rule is marked *never waived*.

A number that a rule compares with and that differs between projects is a *threshold*: an administrator sets it within
its bounds (`decisionworks thresholds set NAME=VALUE --reason …`), the report of each rule names the thresholds it was
judged by, and a plan that waits at its gate or is blocked has to be judged again when one of them changed: the answer
names these plans, and `--replan ID` plans one of them again.

Below, each rule stands with facts under which it fires and facts close by under which it does not, as changes to a
healthy plan (`libs/decisionworks/policy/examples.yaml`). This page is written by `python -m decisionworks.policy`, and
a test holds it to the rules.
"""


def page() -> str:
    """The page in Markdown."""
    book, examples = load_policies(), load_examples()
    parts = [_HEAD, _thresholds(book)]
    category = ""
    for policy in book.policies:
        if policy.category != category:
            category = policy.category
            parts.append(f"## {category.capitalize()}\n")
        example = examples.examples[policy.id]
        is_protected = policy.id in book.never_waivable
        parts.append(_section(policy, example.fires, example.passes, is_protected=is_protected))
    return "\n".join(parts)


def _thresholds(book: PolicyBook) -> str:
    lines = ["## Thresholds\n", "| name | product | bounds | unit | what |", "|---|---|---|---|---|"]
    for one in book.thresholds.values():
        bounds = f"{one.minimum:g} to {one.maximum:g}"
        lines.append(f"| `{one.name}` | {one.default:g} | {bounds} | {one.unit} | {one.title} |")
    return "\n".join([*lines, ""])


def _section(policy: Policy, fires: Mapping[str, Any], passes: Mapping[str, Any], *, is_protected: bool) -> str:
    protected = ", never waived" if is_protected else ""
    lines = [
        f"### {policy.title} (`{policy.id}`, {policy.severity.value}{protected})",
        "",
        policy.rationale,
        "",
        f"- fires: {_told(fires)}",
        f"- does not fire: {_told(passes)}",
        f"- remedy: {policy.remediation}",
        f"- source: {policy.source}",
        "",
    ]
    return "\n".join(lines)


def _told(changes: Mapping[str, Any]) -> str:
    if not changes:
        return "the healthy plan"
    return "; ".join(_change(name, value) for name, value in changes.items())


def _change(name: str, value: object) -> str:
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if name in ("with", "without"):
        return f"{name} `{shown}`"
    return f"`{name} = {shown or 'none'}`"


if __name__ == "__main__":
    sys.stdout.write(page())
