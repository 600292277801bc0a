from __future__ import annotations

from pathlib import Path

import pytest

from decisionworks.cli.errors import BadInput
from decisionworks.cli.inputs import as_constraints, read_constraints, read_request
from decisionworks.cli.pairs import read_pairs
from decisionworks.projects import MAX_REQUEST_BYTES


def test_words_are_taken_as_they_are() -> None:
    document = read_request("weekly churn scores", None)

    assert (document.text, dict(document.data)) == ("weekly churn scores", {})


def test_a_yaml_file_brings_words_and_constraints(tmp_path: Path) -> None:
    file = tmp_path / "request.yaml"
    file.write_text("request: churn\nconstraints:\n  budget_usd_month: 50\n", encoding="utf-8")

    document = read_request(None, str(file))

    assert (document.text, dict(document.data)) == ("churn", {"budget_usd_month": 50})


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"\x89PNG\x00\x01\xff", "not text"),
        ("a.txt", b"a\x00b", "NUL"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"x" * (MAX_REQUEST_BYTES + 1), f"{MAX_REQUEST_BYTES // 1024} KiB"),
        ("a.yaml", b"request: [", "YAML"),
        ("a.json", b"{", "JSON"),
    ],
)
def test_a_file_that_is_no_request_is_refused_by_name_and_reason(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(BadInput) as refused:
        read_request(None, str(file))

    assert str(file) in refused.value.message
    assert words in f"{refused.value.message} {refused.value.remedy}"


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    for place in (tmp_path / "none.md", tmp_path):
        with pytest.raises(BadInput, match="cannot read"):
            read_request(None, str(place))


def test_words_and_a_file_together_are_refused() -> None:
    with pytest.raises(BadInput, match="not both"):
        read_request("words", "file.md")


def test_pairs_become_values_of_their_fields_type() -> None:
    given = as_constraints(["budget_usd_month=1,500", "inference_mode=batch,real_time", "multi_region=yes"])

    assert given == {"budget_usd_month": 1500, "inference_mode": ["batch", "real_time"], "multi_region": True}


@pytest.mark.parametrize("pair", ["budget", "=5", "budget_usd_month=", "budget_usd_month=cheap", "budgt_usd_month=5"])
def test_a_pair_that_means_nothing_is_refused(pair: str) -> None:
    with pytest.raises(BadInput):
        as_constraints([pair])


def test_a_value_may_hold_an_equals_sign() -> None:
    assert read_pairs(["use_case_summary=a=b"]) == {"use_case_summary": "a=b"}


@pytest.mark.parametrize(
    "content",
    [
        "- 1",
        "a: [",
        "budgt_usd_month: 5",
        "budget_usd_month: cheap",
        "budget_usd_month: 300\nbudget_usd_month: 900",
        "regions: &a [us-east-1]\ncompliance: *a",
        "? [a]\n: 1",
        "[" * 5000,
    ],
)
def test_a_constraints_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "constraints.yaml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(BadInput):
        read_constraints(str(file))


def test_a_json_file_that_gives_a_field_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "constraints.json"
    file.write_text('{"budget_usd_month": 300, "budget_usd_month": 900}', encoding="utf-8")

    with pytest.raises(BadInput, match="budget_usd_month is given twice"):
        read_constraints(str(file))
