"""Secrets are named by their kind, and ordinary words stay."""

from __future__ import annotations

import pytest

from decisionworks.kit.redact import redact, redact_json
from tests.factories.secrets import SECRETS


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items())
def test_a_secret_is_taken_out_of_a_sentence(kind: str, secret: str) -> None:
    text = redact(f"We log in with {secret} and go on.")

    assert secret not in text
    assert "[redacted " in text
    assert text.startswith("We log in with ")


@pytest.mark.parametrize(
    "text",
    [
        "The answer needs 4000 tokens: about 3,000 words.",
        "max_tokens: 100000",
        "A secret is kept by whoever knows it.",
        "https://example.com/path?x=1",
        "We need tokens per second and a password policy.",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


def test_every_text_in_a_json_value_is_redacted() -> None:
    secret = SECRETS["aws-key-id"]

    assert secret not in str(redact_json({"a": [{"b": f"x {secret}"}], "n": 1}))
