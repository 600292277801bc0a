"""Checkov's rules that a repository knowingly breaks: which, on what, and why."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

import yaml

from decisionworks.graphs.codegen.render.load import FRAGMENTS_DIR
from decisionworks.graphs.codegen.render.model import BASE_OWNER

_KIND = re.compile(r'^(?:resource|data) "(\w+)"', re.MULTILINE)
_HEAD = """\
# Rules of Checkov that do not fit this repository, each with its reason; `checkov -d .` reads this file.
# Delete a line to see what the rule finds.
skip-check:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRule:
    """A rule that is broken on purpose on one kind of resource."""

    rule: str
    kind: str
    reason: str
    within: str = ""

    def covers(self, rule: str, kind: str, file: str) -> bool:
        """Say whether a finding is one that was expected."""
        return (rule, kind) == (self.rule, self.kind) and file.startswith(self.within)


@cache
def accepted_rules() -> tuple[AcceptedRule, ...]:
    """Every accepted rule, in the order of its file."""
    text = (FRAGMENTS_DIR / BASE_OWNER / "accepted.yaml").read_text(encoding="utf-8")
    return tuple(AcceptedRule(**entry) for entry in cast("list[Mapping[str, str]]", yaml.safe_load(text)))


def checkov_settings(terraform: Iterable[str]) -> str:
    """Write `.checkov.yaml` for what the Terraform files hold."""
    kinds = {kind for text in terraform for kind in _KIND.findall(text)} | {"workflow"}
    lines = [f"  # {one.reason}\n  - {one.rule}\n" for one in accepted_rules() if one.kind in kinds]
    return _HEAD + "".join(lines)
