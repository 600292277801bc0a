"""The state of generation: digests of what is kept in the content store."""

from __future__ import annotations

from typing import Any, TypedDict


class CodegenState(TypedDict, total=False):
    """What generation reads from planning (plan_hash, guidance) and adds."""

    plan_hash: str
    guidance: str
    files_digest: str
    code_model: dict[str, Any]
    report_digest: str
    run_log_digest: str
    validation_status: str
    failed_checks: list[str]
    repository_digest: str
    git_commit: str
    outcome: str
