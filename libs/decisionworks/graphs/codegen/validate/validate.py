"""Run every check on a generated repository."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from decisionworks.artifacts.model import GeneratedFile
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.graphs.codegen.validate.model import Check, CheckStatus, Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.remedies import explained
from decisionworks.graphs.codegen.validate.report import CheckReport, ValidationReport
from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.sandbox import ExecutionRefused, OutputRefused, Sandbox, remove_tree

OnProgress = Callable[[CheckReport], None]

_AT_ONCE = 2
_FACTS = ("gen.public_bucket", "gen.wildcard_iam", "gen.unencrypted_store", "gen.plaintext_secret")
_TERRAFORM_CHECKS = ("hcl-syntax", "terraform-fmt", "terraform-validate")
# The slowest first, so that the others run beside them and none is left alone at the end.
_SLOWEST = (
    "checkov", "terraform-plan", "generated-tests", "terraform-test", "secrets", "hcl-syntax", "mypy",
    "terraform-validate",
)  # fmt: skip


def validate_repository(
    files: Mapping[str, GeneratedFile],
    *,
    sandbox: Sandbox,
    scratch_dir: Path,
    on_progress: OnProgress | None = None,
    provider_mirror: Path | None = None,
    checks: Sequence[Check] | None = None,
) -> ValidationReport:
    """Check the files with every check, two at a time; `on_progress` is told of each as it ends, from its thread.

    Blocks: on an event loop, call it in a thread.

    Raises: UnsafePath; SandboxFailed, the machine is in trouble and the same call may work later.
    """
    started = time.monotonic()
    scratch_dir.mkdir(parents=True, exist_ok=True)
    chosen = tuple(all_checks() if checks is None else checks)
    own = Path(tempfile.mkdtemp(prefix="validation-", dir=scratch_dir))
    own.chmod(0o755)
    try:
        workspace = Workspace.unpack(files, sandbox=sandbox, scratch_dir=own, provider_mirror=provider_mirror)
        reports = _run_all(chosen, workspace, on_progress)
    finally:
        remove_tree(own)
    return ValidationReport(
        checks=reports,
        gen_facts=_facts(reports),
        sandbox_level=str(sandbox.level),
        duration_ms=round((time.monotonic() - started) * 1000),
        is_overridden=sandbox.is_overridden,
    )


def _run_all(checks: Sequence[Check], workspace: Workspace, on_progress: OnProgress | None) -> tuple[CheckReport, ...]:
    by_weight = sorted(checks, key=lambda check: _SLOWEST.index(check.id) if check.id in _SLOWEST else len(_SLOWEST))
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="validate") as pool:
        running = {check.id: pool.submit(_run_one, check, workspace, on_progress) for check in by_weight}
        return tuple(running[check.id].result() for check in checks)


def _run_one(check: Check, workspace: Workspace, on_progress: OnProgress | None) -> CheckReport:
    started = time.monotonic()
    try:
        verdict = check.run(workspace)
    except ExecutionRefused as error:
        verdict = skipped(error.message, tool=check.id)
    except (OutputRefused, ValueError, KeyError, TypeError) as error:
        # A tool that answers nonsense has not passed anything.
        finding = Finding(file="", rule="unreadable-result", message=f"the tool's answer cannot be read: {error}")
        verdict = judged([finding], passed="", tool=check.id, version=None)
    report = CheckReport(
        id=check.id, verdict=explained(check.id, verdict), duration_ms=round((time.monotonic() - started) * 1000)
    )
    if on_progress is not None:
        on_progress(report)
    return report


def _facts(reports: Sequence[CheckReport]) -> dict[str, bool | None]:
    """What policies look at: true when any check saw it, false when all that could look did not, else unknown."""
    facts: dict[str, bool | None] = {}
    for name in _FACTS:
        seen = [report.verdict.facts[name] for report in reports if name in report.verdict.facts]
        facts[name] = any(seen) if seen else None
    facts["gen.tf_validate_ok"] = _terraform_fact({report.id: report.verdict for report in reports})
    return facts


def _terraform_fact(verdicts: Mapping[str, Verdict]) -> bool | None:
    statuses = [verdicts[name].status for name in _TERRAFORM_CHECKS if name in verdicts]
    if CheckStatus.FAILED in statuses:
        return False
    validated = verdicts.get("terraform-validate")
    return True if validated is not None and validated.status is CheckStatus.PASSED else None
