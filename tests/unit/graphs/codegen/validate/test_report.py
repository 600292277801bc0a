from __future__ import annotations

import json
from typing import Any

from decisionworks.graphs.codegen.validate import CheckReport, CheckStatus, Finding, ValidationReport, Verdict
from decisionworks.graphs.codegen.validate.model import MOST_FINDINGS, judged, skipped
from decisionworks.graphs.codegen.validate.remedies import explained


def report_of(*verdicts: tuple[str, Verdict], duration_ms: int = 5) -> ValidationReport:
    return ValidationReport(
        checks=tuple(CheckReport(id=name, verdict=verdict, duration_ms=duration_ms) for name, verdict in verdicts),
        gen_facts={"gen.wildcard_iam": None, "gen.public_bucket": False},
        sandbox_level="namespaces",
        duration_ms=duration_ms,
    )


RED = judged(
    [
        Finding(file="b.py", line=2, rule="E1", message="second"),
        Finding(file="a.py", line=9, rule="E1", message="first"),
    ],
    passed="",
    tool="ruff",
    version="1.0",
)
GREEN = judged([], passed="3 files are clean", tool="ruff", version="1.0")
ABSENT = skipped("hadolint is not installed", tool="hadolint")


def test_a_verdict_is_passed_without_errors_even_when_there_are_warnings() -> None:
    warned = judged(
        [Finding(file="a", rule="w", severity="warning", message="m")], passed="looked", tool="t", version=None
    )

    assert warned.status is CheckStatus.PASSED
    assert warned.reason == "looked"


def test_findings_are_ordered_by_place() -> None:
    assert [finding.file for finding in RED.findings] == ["a.py", "b.py"]
    assert RED.reason == "2 findings"


def test_a_report_keeps_as_many_findings_as_a_person_reads_and_counts_all() -> None:
    many = [Finding(file=f"{number:05}.py", rule="E1", message="m") for number in range(1000)]

    verdict = judged(many, passed="", tool="t", version=None)

    assert verdict.reason == "1000 findings"
    assert len(verdict.findings) == MOST_FINDINGS + 1
    assert verdict.findings[-1].message == "800 more findings are left out"


def test_a_skipped_check_does_not_fail_a_report_and_is_named() -> None:
    report = report_of(("ruff", GREEN), ("hadolint", ABSENT))

    assert report.has_passed
    assert report.ids(CheckStatus.SKIPPED) == ["hadolint"]
    assert "| hadolint | skipped | hadolint | hadolint is not installed |" in report.summary()


def test_a_failed_check_fails_a_report() -> None:
    report = report_of(("ruff", RED), ("hadolint", ABSENT))

    assert not report.has_passed
    assert report.to_json()["counts"] == {"passed": 0, "failed": 1, "skipped": 1}


def test_what_is_kept_in_the_artifact_does_not_depend_on_how_long_it_took() -> None:
    quick, slow = report_of(("ruff", RED), duration_ms=1), report_of(("ruff", RED), duration_ms=9999)

    assert quick.files() == slow.files()
    assert quick.run_json() != slow.run_json()


def test_each_check_of_the_report_names_tool_version_status_reason_and_findings() -> None:
    document: Any = json.loads(report_of(("ruff", RED)).files()["reports/validation.json"].content)

    assert document["status"] == "failed"
    assert document["facts"] == {"gen.public_bucket": False, "gen.wildcard_iam": None}
    check = document["checks"][0]
    assert {key: check[key] for key in ("id", "tool", "version", "status", "reason")} == {
        "id": "ruff",
        "tool": "ruff",
        "version": "1.0",
        "status": "failed",
        "reason": "2 findings",
    }
    assert check["findings"][0] == {
        "file": "a.py",
        "line": 9,
        "rule": "E1",
        "severity": "error",
        "message": "first",
        "remedy": None,
    }


def test_text_of_a_tool_brings_no_markup_into_the_summary() -> None:
    hostile = judged(
        [Finding(file="a.md", rule="r", message="x | y\n# Passed\n<img src=x> [click](javascript:1) `code`")],
        passed="",
        tool="t",
        version=None,
    )

    line = next(line for line in report_of(("t", hostile)).summary().splitlines() if line.startswith("- "))

    assert "\\| y # Passed \\<img src=x\\> \\[click\\](javascript:1) \\`code\\`" in line


def test_what_two_checks_say_about_one_place_is_told_once_and_the_graver_wins() -> None:
    def check(name: str, *findings: Finding) -> CheckReport:
        verdict = Verdict(status=CheckStatus.FAILED, reason="x", tool=name, findings=findings)
        return CheckReport(id=name, verdict=verdict, duration_ms=1)

    ours = Finding(file="Dockerfile", line=1, rule="docker-unpinned", message="can change")
    theirs = Finding(file="Dockerfile", line=1, rule="DL3006", severity="warning", message="tag the version")
    elsewhere = Finding(file="other/Dockerfile", line=1, rule="DL3006", severity="warning", message="tag the version")

    for order in ((theirs, ours), (ours, theirs)):
        report = ValidationReport(
            checks=(check("one", order[0], elsewhere), check("two", order[1])),
            gen_facts={},
            sandbox_level="namespaces",
            duration_ms=1,
        )

        assert sorted(report.findings, key=lambda one: one.file) == [ours, elsewhere]
        assert sum(len(one.verdict.findings) for one in report.checks) == 3


def test_sarif_names_each_place_as_a_uri_and_each_rule_with_its_remedy() -> None:
    found = judged([Finding(file="docs/a b.md", rule="r", message="m")], passed="", tool="t", version=None)

    [run] = report_of(("ruff", explained("ruff", found))).sarif()["runs"]  # type: ignore[misc]

    assert run["results"][0]["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "docs/a%20b.md"}}}]
    assert run["tool"]["driver"]["rules"] == [
        {"id": "r", "help": {"text": "correct the line, or run ruff check --fix"}}
    ]


def test_a_finding_keeps_its_own_remedy_and_gets_one_that_fits_where_it_has_none() -> None:
    findings = [
        Finding(file="a.py", rule="a", message="m", remedy="as it says"),
        Finding(file="a.py", rule="not-utf8", message="m"),
        Finding(file="", rule="mypy-failed", message="m"),
    ]

    told = explained("mypy", judged(findings, passed="", tool="mypy", version=None)).findings

    assert {one.rule: one.remedy for one in told} == {
        "a": "as it says",
        "not-utf8": "write the file as UTF-8",
        "mypy-failed": "look at the output in the validation run; the check itself did not end well",
    }
