"""Says why two statements of one request may both hold: a correction, another time, owner or part of the system."""

from __future__ import annotations

import re
from functools import cache

from decisionworks.projects.extract.corrections import CORRECTION
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_pattern

CORRECTION_REACH = 60
CORRECTS = "corrects"
# One of the two says that it is not about this system, not now, not always, or not so.
_EITHER = ("others", "hedge", "condition", "exception", "past", "future", "stage", "untrue")
# Both say what they are about, and it is not the same.
_OPPOSED = (("training", "serving"), ("atnight", "atday"), ("average", "worst"), ("now", "willbe"))
_LISTED = re.compile(r"^\s*(?:[-+•・*>]\s*)?(?P<label>[^:=\n]{1,32}?)\s*[:=](?=\s|\S)")
# Whose model it is: of vision, for prices, a stock model.
_MODEL_OF = re.compile(
    r"(?:\bthe|\bour|\ban?) (?!same|new|whole|final|current|trained|frozen|own|first|large|small|language|ml|ai|machine"
    r"|existing|deployed|best|entire)([a-z]{4,})[- ]models?\b"
    r"|\b(?!sprach|grund|basis|haupt|gesamt|transformer)([a-zäöü]{4,})modell(?:s|e|en)?\b"
    r"|\bmod[eè]l[eo]s? (?:de |d'|du |des |del |do |da |para |pour )(?:la |le |les |l'|el |los |las |o |a )?"
    r"(?!langage|langue|lenguaje|linguagem|base|machine|ia\b|machine)([a-zà-ÿ]{4,})"
    r"|(?!言語|基盤|学習|機械学習)([\u4e00-\u9fff\u30a1-\u30fa]{2,6})(?:の)?モデル"
)
_PERCENTILE = re.compile(
    r"p ?-?(50|75|90|95|99)(?!\d)|(\d{2})(?:th|e|\.)? ?(?:percentile|perzentil|centile|percentil)|(median|médian)"
)


def may_both_hold(reading: Reading, left: Place, right: Place, *, despite: frozenset[str] = frozenset()) -> bool:
    """Whether something in their sentences sets two statements apart; `despite` names what does not count."""
    first, second = sorted((left, right))
    if CORRECTS not in despite and is_corrected(reading, second):
        return True
    sentences = (reading.sentence(first[0]), reading.sentence(second[0]))
    if any(one.rstrip().endswith("?") for one in sentences):
        return True
    if any(_has(group, one, reading) for group in _EITHER if group not in despite for one in sentences):
        return True
    home = reading.sentence_at(first[0])
    if home != reading.sentence_at(second[0]):
        return _are_opposed(reading, *sentences, despite=despite)
    if home[0] > first[0] or first[1] > second[0]:
        return False
    # “Today they are kept for a year, but the new system deletes them”: each half has its time.
    halves = (reading.folded[home[0] : first[1]], reading.folded[first[1] : home[1]])
    return _has("now", halves[0], reading) and _has("willbe", halves[1], reading) and "now" not in despite


def _are_opposed(reading: Reading, one: str, other: str, *, despite: frozenset[str]) -> bool:
    for here, there in _OPPOSED:
        if {here, there} & despite:
            continue
        if (_has(here, one, reading) and _has(there, other, reading)) or (
            _has(there, one, reading) and _has(here, other, reading)
        ):
            return True
    return _have_other_percentiles(one, other) or _name_other_models(one, other)


def _name_other_models(one: str, other: str) -> bool:
    """“The vision model is frozen. The stock model is retrained.”"""
    named = [{next(filter(None, found))[:5] for found in _MODEL_OF.findall(text)} for text in (one, other)]
    return all(named) and not named[0] & named[1]


def _have_other_percentiles(one: str, other: str) -> bool:
    named = [{"".join(filter(None, found)) for found in _PERCENTILE.findall(text)} for text in (one, other)]
    return all(named) and not named[0] & named[1]


def is_about_another(reading: Reading, place: Place) -> bool:
    """Whether a statement is about a pilot or a test system, or somebody else's."""
    return any(_has(group, reading.sentence(place[0]), reading) for group in ("stage", "others"))


def is_corrected(reading: Reading, later: Place) -> bool:
    """Whether words of correction lead up to the later of two statements."""
    begin = max(0, later[0] - CORRECTION_REACH)
    cue = CORRECTION.search(reading.folded[begin : later[0]])
    return cue is not None or _has(CORRECTS, reading.sentence(later[0]), reading)


def share_a_subject(reading: Reading, left: Place, right: Place) -> bool:
    """Whether two sentences name something in common, or one of them hardly names anything."""
    labels = [_LISTED.match(reading.sentence(place[0])) for place in (left, right)]
    if labels[0] and labels[1] and reading.sentence_at(left[0]) != reading.sentence_at(right[0]):
        return labels[0]["label"].strip() == labels[1]["label"].strip()
    if any(_has("elsewhere", reading.sentence(place[0]), reading) for place in (left, right)):
        # A contract and the wish beside it are about the same system.
        return True
    named = [_names(reading, place) for place in (left, right)]
    return min(map(len, named)) < 2 or bool(named[0] & named[1])


def _names(reading: Reading, place: Place) -> frozenset[str]:
    """The stems of what a sentence speaks of, numbers, units and words that fit everywhere aside."""
    return _stems(reading.sentence(place[0]), reading.language)


@cache
def _stems(sentence: str, language: str) -> frozenset[str]:
    if language == "ja":
        words = re.findall(r"[\u30a1-\u30fa\u30fc]{2,}|[\u4e00-\u9fff]{2,}|[a-z]{3,}", sentence)
        plain = group_pattern("everywhere", language)
        return frozenset(word for word in words if plain is None or not plain.fullmatch(word))
    plain = group_pattern("everywhere", language)
    words = re.findall(r"[^\W\d_]{4,}", sentence)
    return frozenset(word[:5] for word in words if plain is None or not plain.fullmatch(word))


def _has(group: str, sentence: str, reading: Reading) -> bool:
    pattern = group_pattern(group, reading.language)
    return pattern is not None and pattern.search(sentence) is not None
