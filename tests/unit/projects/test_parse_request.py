"""Requests as text, Markdown, YAML and JSON, and what is refused."""

from __future__ import annotations

import pytest

from decisionworks.projects import MAX_REQUEST_BYTES, InvalidRequest, parse_request_document


def test_plain_text_is_words_without_data() -> None:
    document = parse_request_document("Score every customer: nightly. Budget: 500 dollars a month.")

    assert document.text.startswith("Score every customer")
    assert document.data == {}


def test_front_matter_is_data_and_the_body_is_words() -> None:
    document = parse_request_document("---\nbudget_usd_month: 500\n---\n# Churn\nScore customers.\n", file_name="a.md")

    assert document.data == {"budget_usd_month": 500}
    assert document.text == "# Churn\nScore customers.\n"


def test_a_fenced_block_that_names_our_fields_is_data() -> None:
    document = parse_request_document("Score it.\n```yaml\nconstraints:\n  cloud: aws\n```\nDone.\n")

    assert document.data == {"cloud": "aws"}
    assert "Score it." in document.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("request: Score customers\nconstraints:\n  team_size: 3\n", "a.yaml"),
        ("request: Score customers\nteam_size: 3\n", None),
        ('{"request": "Score customers", "constraints": {"team_size": 3}}', "a.json"),
        ('{"request": "Score customers", "team_size": 3}', None),
    ],
)
def test_yaml_and_json_carry_words_and_data(text: str, name: str | None) -> None:
    document = parse_request_document(text, file_name=name)

    assert document.text == "Score customers"
    assert document.data == {"team_size": 3}


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("", None, "empty"),
        ("  \n\t\ufeff", None, "empty"),
        ("x" * (MAX_REQUEST_BYTES + 1), None, f"at most {MAX_REQUEST_BYTES} bytes"),
        ("x" * 1_048_576, None, "1048576 bytes long"),
        ("PK\x03\x04\x00\x00binary", None, "not text"),
        ("\ufffd" * 40, None, "not text"),
        ("request: [unclosed\nb: c", "a.yaml", "not valid YAML.*line"),
        ("a: &a [x]\nb: [*a, *a]", "a.yaml", "aliases"),
        ("[" * 30 + "]" * 30, "a.yaml", "nested deeper"),
        ("- a\n- b", "a.yaml", "mapping"),
        ('{"request": NaN}', "a.json", "NaN"),
        ('{"request": ', "a.json", "not valid JSON"),
        ("{}", "a.json", "says nothing"),
        ("---\na: [\n---\nbody", "a.md", "front matter is not valid YAML"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_with_the_reason(text: str, name: str | None, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as caught:
        parse_request_document(text, file_name=name)

    assert "\n" not in caught.value.message


def test_emoji_and_windows_line_ends_are_text() -> None:
    document = parse_request_document("Bird photos 🐦\r\nplease\r\n")

    assert document.text == "Bird photos 🐦\nplease\n"


def test_names_that_are_run_together_are_read_with_their_units() -> None:
    found = parse_request_document(
        '{"whatWeWant": "count lice", "maxMsPerFrame": 200, "moneyPerQuarterUSD": 9000, "personalData": "none"}'
    )

    lines = found.text.split("\n")
    assert lines[1:] == ["max: 200 ms per frame", "budget money: 9000 USD per quarter", "personal Data: none"]
