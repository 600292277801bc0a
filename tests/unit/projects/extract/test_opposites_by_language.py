"""Contradictions of every kind in each language, and as many texts that only look like one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from decisionworks.projects import extract_constraints, load_constraint_catalogue
from decisionworks.projects.extract.vocabulary_file import VOCABULARIES

TEXTS = Path(__file__).with_name("opposed.yaml")


@cache
def texts() -> dict[str, dict[str, list[str]]]:
    return yaml.safe_load(TEXTS.read_text("utf-8"))


def is_contradicted(text: str) -> bool:
    catalogue = load_constraint_catalogue()
    return bool(extract_constraints(text, data=None, on_missing="assume", catalogue=catalogue).contradictions)


@pytest.mark.parametrize("language", VOCABULARIES)
def test_two_sentences_that_exclude_each_other_are_seen(language: str) -> None:
    overlooked = [text for text in texts()[language]["opposed"] if not is_contradicted(text)]

    assert len(texts()[language]["opposed"]) >= 12
    assert overlooked == []


@pytest.mark.parametrize("language", VOCABULARIES)
def test_two_times_owners_parts_or_exceptions_exclude_nothing(language: str) -> None:
    needless = [text for text in texts()[language]["stand"] if is_contradicted(text)]

    assert len(texts()[language]["stand"]) >= 12
    assert needless == []
