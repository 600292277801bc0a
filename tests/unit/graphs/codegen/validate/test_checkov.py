"""Checkov's answer is read to the letter: what has a reason is a note, what has none fails, and nothing is no pass."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.render.accepted import accepted_rules
from decisionworks.graphs.codegen.validate.checks.checkov import read_answer
from tests.unit.graphs.codegen.plans import PLANS, render_input


def broken(rule: str, resource: str, file: str = "/terraform/modules/x/main.tf", line: int = 3) -> dict[str, Any]:
    return {
        "check_id": rule, "check_name": "Ensure it", "resource": resource, "file_path": file,
        "file_line_range": [line, line + 9], "guideline": None,
    }  # fmt: skip


def answer(*failed: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"summary": {"passed": 7}, "results": {"failed_checks": list(failed), **more}}


def test_what_is_broken_for_a_written_reason_is_a_note_and_what_has_none_is_an_error() -> None:
    known = broken("CKV_AWS_272", "module.a.aws_lambda_function.this")
    elsewhere = broken("CKV_AWS_272", "module.a.aws_sqs_queue.this")
    unknown = broken("CKV_AWS_17", "module.a.aws_db_instance.this")

    findings, passed = read_answer([answer(known), answer(elsewhere, unknown)])

    assert passed == 14
    assert [(one.rule, one.severity) for one in findings] == [
        ("CKV_AWS_272", "note"), ("CKV_AWS_272", "error"), ("CKV_AWS_17", "error"),
    ]  # fmt: skip
    assert "kept so: Code signing exists for zip files" in str(findings[0].remedy)


def test_a_reason_for_one_folder_holds_in_no_other() -> None:
    inside = broken("CKV_AWS_158", "module.edge.aws_cloudwatch_log_group.this", "/terraform/modules/edge/main.tf")
    outside = broken("CKV_AWS_158", "module.jobs.aws_cloudwatch_log_group.this", "/terraform/modules/jobs/main.tf")

    findings, _ = read_answer(answer(inside, outside))

    assert [one.severity for one in findings] == ["note", "error"]


def test_a_module_that_is_called_twice_is_told_once() -> None:
    twice = [broken("CKV_AWS_17", f"module.{name}.aws_db_instance.this") for name in ("a", "b")]

    findings, _ = read_answer(answer(*twice))

    assert len(findings) == 1


def test_what_a_comment_silences_is_judged_like_everything_else() -> None:
    silenced = broken("CKV_AWS_17", "aws_db_instance.this")

    findings, _ = read_answer(answer(skipped_checks=[silenced]))

    assert [(one.rule, one.severity) for one in findings] == [("CKV_AWS_17", "error")]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"passed": 0, "failed": 0}, "checkov-failed"),
        ([], "checkov-failed"),
        (answer(parsing_errors=["/terraform/main.tf"]), "checkov-unreadable"),
    ],
)
def test_an_answer_about_nothing_or_about_what_cannot_be_read_has_not_passed(said: Any, rule: str) -> None:
    findings, _ = read_answer(said)

    assert [(one.rule, one.severity) for one in findings] == [(rule, "error")]


def test_a_repository_carries_the_reasons_of_its_own_resources_and_no_others() -> None:
    files = render_repository(render_input(PLANS["weekly batch"]))
    settings = files[".checkov.yaml"].content.decode()
    terraform = "".join(file.content.decode() for path, file in files.items() if path.endswith(".tf"))

    for one in accepted_rules():
        applies = one.kind == "workflow" or f'"{one.kind}" "' in terraform
        assert (f"  - {one.rule}\n" in settings) is applies, one
        assert one.reason.endswith(".")
