"""Reads constraints out of free text by rules, each value with the words it came from."""

from decisionworks.projects.extract.extract_constraints import extract_constraints
from decisionworks.projects.extract.warm_up import warming_steps

__all__ = ["extract_constraints", "warming_steps"]
