"""Validate a generated repository: checks in a sandbox, each passed, failed or skipped with a reason."""

from decisionworks.graphs.codegen.validate.model import Check, CheckStatus, Finding, Verdict
from decisionworks.graphs.codegen.validate.report import (
    SUMMARY_PATH,
    VALIDATION_PATH,
    CheckReport,
    ValidationReport,
)
from decisionworks.graphs.codegen.validate.validate import validate_repository

__all__ = [
    "SUMMARY_PATH",
    "VALIDATION_PATH",
    "Check",
    "CheckReport",
    "CheckStatus",
    "Finding",
    "ValidationReport",
    "Verdict",
    "validate_repository",
]
