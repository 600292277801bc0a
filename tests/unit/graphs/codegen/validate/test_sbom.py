from __future__ import annotations

import json
from typing import Any

import pytest

from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.render.sbom import SBOM_PATH
from decisionworks.graphs.codegen.validate.checks.sbom import is_allowed, judge
from tests.unit.graphs.codegen.plans import PLANS, render_input

FILES = {path: file.content.decode() for path, file in render_repository(render_input(PLANS["weekly batch"])).items()}
BILL: dict[str, Any] = json.loads(FILES[SBOM_PATH])
TEXTS = {
    path: text
    for path, text in FILES.items()
    if path.startswith(("requirements", ".github/workflows/")) or "/Dockerfile" in path
}


def rules(bill: object, texts: dict[str, str] | None = None) -> set[str]:
    return {finding.rule for finding in judge(bill, texts or TEXTS)}


def test_the_bill_of_a_generated_repository_holds_all_that_it_takes_and_nothing_else() -> None:
    names = {one["name"] for one in BILL["components"]}

    assert rules(BILL) == set()
    assert {"numpy", "pluggy", "botocore", "python", "actions/checkout", "hashicorp/aws"} <= names


def test_what_is_left_out_is_named_with_the_file_that_takes_it() -> None:
    bill = BILL | {"components": [one for one in BILL["components"] if one["name"] != "numpy"]}

    found = [finding for finding in judge(bill, TEXTS) if finding.rule == "sbom-incomplete"]

    assert [(one.file, "numpy" in one.message) for one in found] == [("requirements.txt", True)]


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0-only AND MIT", "unknown", ""])
def test_a_licence_that_binds_others_or_says_nothing_is_refused(licence: str) -> None:
    changed = [one | ({"licenses": [{"expression": licence}]} if one["name"] == "numpy" else {})
               for one in BILL["components"]]  # fmt: skip

    assert rules(BILL | {"components": changed}) == {"licence"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("MIT", True), ("GPL-2.0-only OR MIT", True), ("MIT AND GPL-2.0-only", False), ("BSD-3-Clause AND 0BSD", True)],
)
def test_one_side_of_or_is_enough_and_both_of_and_are_needed(expression: str, expected: bool) -> None:
    assert is_allowed(expression) is expected


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("requirements.txt", "leftpad==1.0", "sbom-incomplete"),
        ("requirements.txt", "leftpad", "sbom-incomplete"),
        ("services/x/Dockerfile", "FROM alpine:3.20", "sbom-incomplete"),
        (".github/workflows/x.yml", "      - uses: someone/action@" + "a" * 40, "sbom-incomplete"),
    ],
)
def test_what_is_added_without_being_declared_is_found(path: str, line: str, expected: str) -> None:
    assert rules(BILL, TEXTS | {path: TEXTS.get(path, "") + line + "\n"}) == {expected}


def test_what_is_declared_and_nowhere_used_is_found() -> None:
    extra = {"name": "x", "purl": "pkg:pypi/x@1", "licenses": [{"expression": "MIT"}]}

    assert rules(BILL | {"components": [*BILL["components"], extra]}) == {"sbom-unused"}


@pytest.mark.parametrize("bill", [None, [], {"bomFormat": "other"}])
def test_a_missing_bill_fails_where_something_is_taken(bill: object) -> None:
    assert rules(bill) == {"sbom-missing"}


def test_the_jars_of_a_stream_application_are_in_its_bill() -> None:
    files = {path: file.content.decode() for path, file in render_repository(render_input(PLANS["kafka"])).items()}
    bill = json.loads(files[SBOM_PATH])
    path = "pipelines/flink/connectors.json"

    jars = {one["purl"] for one in bill["components"] if one["purl"].startswith("pkg:maven/")}
    without = bill | {"components": [one for one in bill["components"] if one["purl"] not in jars]}
    missing = [finding.file for finding in judge(without, {path: files[path]}) if finding.rule == "sbom-incomplete"]

    assert "pkg:maven/org.apache.flink/flink-connector-kafka@3.4.0-1.20" in jars
    assert missing == [path] * 3
    assert not [one for one in judge(bill, {path: files[path]}) if "pkg:maven" in one.message]
