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


def test_a_form_that_was_filled_in_below_a_greeting_is_data_and_no_words() -> None:
    text = "Good morning, our form:\nlatency_p95_ms: 250\nbudget_usd_month: 900\nregions: [eu-west-3]\nThank you!"

    document = parse_request_document(text)

    assert document.data == {"latency_p95_ms": 250, "budget_usd_month": 900, "regions": ["eu-west-3"]}
    assert document.text.split() == ["Good", "morning,", "our", "form:", "Thank", "you!"]
    assert len(document.text) == len(text)


def test_an_object_in_the_middle_of_words_is_data() -> None:
    document = parse_request_document('Plan this: {"budget_usd_month": 400, "team_size": 2}, for our bakery.')

    assert document.data == {"budget_usd_month": 400, "team_size": 2}
    assert document.text.startswith("Plan this:")


@pytest.mark.parametrize(
    "text",
    ["cloud: AWS\nregions: Frankfurt\ncompliance: GDPR, nothing else", "budget_usd_month: a lot\nteam_size: some"],
)
def test_a_list_in_everyday_words_or_with_values_we_cannot_hold_stays_words(text: str) -> None:
    assert parse_request_document(f"Please plan.\n{text}").data == {}


def test_own_names_keep_their_unit_before_a_rough_number_and_lose_the_colon_after_in() -> None:
    found = parse_request_document(
        '{"archive_terabytes": 3, "spend_monthly_gbp": "ca. 700", "rows_must_stay_in": "EU"}'
    )

    assert found.text.split("\n") == ["archive: 3 terabytes", "spend monthly: ca. 700 gbp", "rows must stay in EU"]


@pytest.mark.parametrize(
    "text",
    [
        "request:\n  what: rate bills\n  load: {peak_rps: 30}\nbuilders: 3 (python)\nmoney: 900 USD per month\n",
        '{"request": "rate bills", "speed": "30 rps", "builders": "3", "after": "1 d", "money": "900 USD per month"}',
        '{"request": {"what": "rate bills"}, "speed": "30 rps", "builders": "3", "money": "900 USD per month"}',
    ],
)
def test_a_form_in_own_names_with_a_request_in_it_is_read_as_words(text: str) -> None:
    document = parse_request_document(text)

    assert document.data == {}
    assert all(part in document.text for part in ("rate bills", "900 USD per month"))


@pytest.mark.parametrize("around", ["Here is our form.\n\n```yaml\n{}```\nThanks!\n", "---\n{}---\nThanks!\n"])
def test_a_form_in_own_names_within_a_text_is_read_as_words(around: str) -> None:
    form = (
        "aim: rate bills\nspeed: {peak_per_second: 30}\nbuilders: 3\nmoney: 900 USD per month\ncloud: our AWS account\n"
    )

    document = parse_request_document(around.format(form))

    assert document.data == {}
    assert "Thanks!" in document.text
    assert "speed peak: 30 per second" in document.text


def test_one_strange_name_beside_a_request_stays_data_that_an_error_can_name() -> None:
    assert parse_request_document('{"request": "rate bills", "team_sise": 3}').data == {"team_sise": 3}
