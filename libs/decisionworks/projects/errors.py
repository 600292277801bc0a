"""Errors of requests and constraints."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, Invalid


class InvalidRequest(Invalid):
    """The request document cannot be read: empty, too long, binary, or malformed YAML or JSON."""

    code = "invalid-request"


class InvalidConstraints(Invalid):
    """Constraint values do not fit the catalogue; `problems` points at each bad field."""

    code = "invalid-constraints"

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Each problem as (JSON pointer, what is wrong, what would be right)."""
        return [(problem.pointer, problem.detail, problem.remedy or "") for problem in self.problems]


class InvalidCondition(Broken):
    """A condition of a domain file is not of the condition language."""

    code = "invalid-condition"


class InvalidCatalogue(Broken):
    """The packaged constraint catalogue contradicts itself."""

    code = "invalid-constraint-catalogue"
