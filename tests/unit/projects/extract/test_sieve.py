"""The sieve leaves out only what cannot match."""

from __future__ import annotations

import pytest

from decisionworks.evaluation import load_scenarios, packaged_scenarios
from decisionworks.projects.extract.reading import fold, prepare
from decisionworks.projects.extract.sieve import Sieve, Sought, needed_letters
from decisionworks.projects.extract.vocabulary_file import phrase_sieve, vocabulary
from decisionworks.projects.extract.word_groups import group_names, group_pattern, groups_left


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("nightly", {"nightly"}),
        ("on[- ]prem(?:ise)?s?", {"on-prem", "on prem"}),
        (r"(?<!\w)(?:kafka|kinesis)(?!\w)", {"kafka", "kinesis"}),
        (r"\w{1,9} by (?:night|day)", {" by night", " by day"}),
        (r"\d{1,3} (?:ms|millis)", {" ms", " millis"}),
        (r"(?:very )?fast", {"fast", "very fast"}),
        (r"(?:abc){2,3}", {"abc"}),
        (r"a(?=b)c", {"ac"}),
        (r"a.c{3}", {"a"}),
    ],
)
def test_a_pattern_needs_letters_that_all_of_its_spellings_have(pattern: str, letters: set[str]) -> None:
    assert needed_letters(pattern) == letters


@pytest.mark.parametrize("pattern", [r"\d+", r"(?:kafka)?", r"kafka|\w+", "(?i)kafka", r"[^a]", r"(?:kafka){0,2}"])
def test_a_pattern_that_can_do_without_certain_letters_is_always_tried(pattern: str) -> None:
    assert needed_letters(pattern) is None
    assert Sieve([pattern]).left("nothing of the kind") == [0]


def test_patterns_whose_letters_are_missing_are_left_out_and_the_others_keep_their_order() -> None:
    sieve = Sieve(["kafka", r"\d+", "every (?:day|night)", "s3"])

    assert sieve.left("every night into s3") == [1, 2, 3]
    assert sieve.left("") == [1]


def test_no_phrase_and_no_group_of_words_that_a_request_has_is_left_out() -> None:
    requests = [(one.language, one.request) for one in load_scenarios(packaged_scenarios("dev"))][::15]

    for language, request in requests:
        reading = prepare(request, language=language)
        phrases, left = vocabulary(language), phrase_sieve(language).left(reading.folded)
        said = [index for index, phrase in enumerate(phrases) if phrase.pattern.search(reading.folded)]
        assert set(said) <= set(left)
        patterns = {name: group_pattern(name, language) for name in group_names()}
        heard = {name for name, pattern in patterns.items() if pattern and pattern.search(reading.folded)}
        assert heard <= groups_left(reading.folded, language)
        # Or nothing was saved.
        assert len(left) < len(phrases) / 3


def test_folding_keeps_the_length_of_a_text_whatever_its_letters() -> None:
    text = "İstanbul ẞ Größe ＡＢＣ １２ “x” – 東京、大阪"

    assert len(fold(text)) == len(text)
    assert fold(text).endswith('abc 12 "x" - 東京 大阪')


def test_a_pattern_that_is_sought_finds_what_it_finds_alone() -> None:
    sought = Sought(r"(?P<n>\d+) (?:pumps|trucks)")

    assert [match["n"] for match in sought.finditer("4 pumps and 12 trucks")] == ["4", "12"]
    assert sought.search("4 pump houses") is None
    assert sought.search("nothing of the kind") is None
