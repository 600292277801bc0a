"""What fails a check, or a policy on generated code, ends the run and publishes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from langgraph.graph import END

from decisionworks.artifacts import DiskStore, GeneratedFile, read_archive
from decisionworks.graphs.codegen import graph
from decisionworks.graphs.codegen.nodes import validators
from decisionworks.graphs.codegen.tools import CodegenTools, keep, kept, kept_files, pack
from decisionworks.graphs.codegen.validate import CheckReport, CheckStatus, ValidationReport, Verdict
from decisionworks.graphs.decision_document import DecisionDocument

PROJECT = UUID(int=1)
CLEAN = {"public_bucket": False, "wildcard_iam": False, "unencrypted_store": False, "plaintext_secret": False}


@pytest.fixture
def tools(tmp_path: Path) -> CodegenTools:
    return CodegenTools(
        store=DiskStore(tmp_path / "artifacts"),
        open_sandbox=lambda: None,  # type: ignore[arg-type, return-value]
        data_dir=tmp_path,
        scratch_dir=tmp_path,
        catalogue_version="1",
    )


async def _validated(
    tools: CodegenTools, monkeypatch: pytest.MonkeyPatch, *, status: CheckStatus, facts: dict[str, bool | None]
) -> Any:
    verdict = Verdict(status=status, reason="as the test says", tool="test")
    report = ValidationReport(
        checks=(CheckReport(id="ruff", verdict=verdict, duration_ms=1),),
        gen_facts=facts,
        sandbox_level="namespaces",
        duration_ms=1,
    )
    monkeypatch.setattr(validators, "validate_repository", lambda files, **_: report)
    row = SimpleNamespace(
        id=UUID(int=2), project_id=PROJECT, plan={"patterns": []}, plan_hash="0" * 64, constraints={}, cost_estimate={},
        findings={},
    )  # fmt: skip
    attempt: Any = SimpleNamespace(document=DecisionDocument(row=row))  # type: ignore[arg-type]
    files = {"a.py": GeneratedFile(content=b"x = 1\n", pattern="sec-baseline")}
    digest = await keep(tools, pack(files), project_id=PROJECT)
    return await validators.validators_node(tools).work({"files_digest": digest, "plan_hash": "0" * 64}, attempt)


async def test_a_failed_check_ends_the_run_and_names_itself(
    tools: CodegenTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await _validated(tools, monkeypatch, status=CheckStatus.FAILED, facts=dict(CLEAN))

    assert result.update["outcome"] == "failed"
    assert result.update["failed_checks"][0] == "ruff: as the test says"
    assert graph._after_validators(dict(result.update)) == END


async def test_what_failed_is_put_aside_with_its_report_and_the_record_of_the_run(
    tools: CodegenTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await _validated(tools, monkeypatch, status=CheckStatus.FAILED, facts=dict(CLEAN))

    aside, log = (draft.payload for draft in result.drafts if draft.type == "artifact-created")
    archive = await kept(tools, aside["sha256"], project_id=PROJECT, kind="quarantine")
    record = json.loads(await kept(tools, log["sha256"], project_id=PROJECT, kind="validation-run"))
    assert (aside["kind"], log["kind"]) == ("quarantine", "validation-run")
    assert {"a.py", "manifest.json", "reports/summary.md", "reports/validation.json"} == read_archive(archive).keys()
    assert record["sandbox_level"] == "namespaces"


async def test_what_passed_is_not_put_aside(tools: CodegenTools, monkeypatch: pytest.MonkeyPatch) -> None:
    # The plan of these tests holds nothing, which some policy about plans blocks.
    monkeypatch.setattr(validators, "fired_rules", lambda results, severity: [])

    result = await _validated(tools, monkeypatch, status=CheckStatus.PASSED, facts=dict(CLEAN))

    assert [draft.type for draft in result.drafts] == ["policy-update"]
    assert result.card.because[-1] == "all of it in the sandbox at level namespaces"


async def test_a_fired_block_on_generated_code_ends_the_run(
    tools: CodegenTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts: dict[str, bool | None] = {**CLEAN, "public_bucket": True}

    result = await _validated(tools, monkeypatch, status=CheckStatus.PASSED, facts=facts)

    assert result.update["outcome"] == "failed"
    assert "sec-no-public-bucket" in result.update["failed_checks"]
    assert graph._after_validators(dict(result.update)) == END


async def test_files_come_out_of_the_store_as_they_went_in(tools: CodegenTools) -> None:
    files = {
        "run.sh": GeneratedFile(content=b"\x00\xff", mode=0o755, pattern="orch-ci-cron"),
        "ä.md": GeneratedFile(content=b"", pattern="sec-baseline"),
    }

    digest = await keep(tools, pack(files), project_id=PROJECT)

    assert await kept_files(tools, digest, project_id=PROJECT) == files
    assert await keep(tools, pack(dict(reversed(files.items()))), project_id=PROJECT) == digest
