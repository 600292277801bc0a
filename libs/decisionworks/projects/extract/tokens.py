"""Reads how many tokens a language model takes in and gives out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import Finding, inferred, stated
from decisionworks.projects.extract.numbers import DIGITS, NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought

_TOKENS = Sought(
    rf"(?P<n>{NUMBER})[ -]?(?:input |output |prompt |context )?(?:tokens?(?!\w)|トークン"
    rf"|jetons(?!\w))"
)
_TOKENS_OUT = re.compile(
    rf"tokens? (?:in|rein|hinein|herein|en entrée|de entrada)(?:,| and| und| et| y| e)* (?:about |around |etwa "
    rf"|environ |unos "
    rf"|cerca de )?(?P<n>{NUMBER}) (?:tokens? )?"
    r"(?:out\b|raus\b|heraus\b|hinaus\b|en sortie|de salida|de saída)"
)
# “6,000 tokens with its notes, the new text about 1,000.”
_BARE_OUT = re.compile(
    rf"(?:[^.;\d\n]{{0,24}})[,;]\s(?:[^\W\d][\w'-]{{0,20}}\s){{1,5}}?(?P<n>{DIGITS})(?=\s?(?:[.,;)]|$|each|jeweils"
    rf"|chacun))"
)
# Units: tokens.
LEAST_TOKENS = 20
# “tokens | 3,000 in, 400 out”, “入力4,000、出力500トークン”: one word for both.
_TOKENS_ROW = re.compile(
    rf"tokens?[\"']?\W{{1,5}}(?:about |around |etwa |rund |environ |unos |cerca de )?(?P<n>{NUMBER})"
    rf" (?:in(?:put)?|rein|eingabe|(?:en |de )?(?:entrée|entrada))\W{{1,3}}(?:and |und |et |y |e )?"
    rf"(?P<m>{NUMBER}) (?:out(?:put)?|raus|ausgabe|(?:en |de )?(?:sortie|salida|saída))(?!\w)"
    rf"|入力(?:は|が)?(?:約)?(?P<o>{DIGITS})[\s,、]{{0,2}}(?:で)?出力(?:は|が)?(?:約)?(?P<p>{DIGITS})\s?トークン"
)
_IN_OR_OUT = re.compile(r"(?P<incoming>入力|input|eingabe|entrée|entrada)|出力|output|ausgabe|sortie|salida|saída")
_IN_AFTER = re.compile(r"^\s?(?:in\b|input|rein|eingabe|en entrée|entrada|de entrada|入力)")
_OUT = re.compile(
    r"output|raus|sortie|salida|(?<!\w)out\b|answer|reply|replies|response|generated|completion|ausgabe|antwort|réponse"
    r"|respuesta|saída"
    r"|resposta|出力|回答"
)
# “Tokens: input 4,000, output 800”: the unit stands in the head of the row.
_HEAD = Sought(
    r"(?:(?<![^\W\d_])(?:tokens?|jetons)|トークン(?:数)?)\s?(?:[:=,(]|は|\s(?:per|pro|par|por) \w{2,16}\s?[:=])\s{0,3}"
)
_ROW_CHARS = 60
_GOES = r"入力|input|prompt|in|eingabe|rein|hinein|entrées?|entradas?|entra|de entrada"
_COMES = (
    r"出力|output|answer|out|ausgabe|raus|heraus|antwort|sorties?|réponse|salidas?|sale|respuesta|saídas?|sai|resposta"
)
_WAY = rf"(?:(?P<goes>{_GOES})|(?P<comes>{_COMES}))"
_LABEL_FIRST = re.compile(
    rf"(?<![^\W\d_]){_WAY}(?:は|が)?\s?[:=]?\s?(?:about |etwa |約|environ |unos |cerca de )?(?P<n>{DIGITS})"
)
_NUMBER_FIRST = re.compile(rf"(?P<n>{DIGITS})\s(?:en |de |im |in der )?{_WAY}(?![^\W\d_])")


def find_tokens(reading: Reading) -> Iterator[Finding]:
    """Tokens of a request to a language model. Units: tokens."""
    yield from _tokens(reading)
    for match in _TOKENS_ROW.finditer(reading.folded):
        for field, names in (("llm_tokens_in", ("n", "o")), ("llm_tokens_out", ("m", "p"))):
            name = next(one for one in names if match[one])
            number = parse_number(match[name], language=reading.language)
            if number is not None:
                yield stated(field, int(number), match.start(name), match.end(name), confidence=0.85)
    for match in _TOKENS_OUT.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is not None:
            yield stated("llm_tokens_out", int(number), match.start("n"), match.end("n"), confidence=0.85)
    for head in _HEAD.finditer(reading.folded):
        yield from _row(head.end(), reading)


def _row(start: int, reading: Reading) -> Iterator[Finding]:
    end = min(reading.sentence_at(max(start - 1, 0))[1], start + _ROW_CHARS)
    first, second = (list(one.finditer(reading.folded, start, end)) for one in (_LABEL_FIRST, _NUMBER_FIRST))
    for match in first if len(first) >= len(second) else second:
        number = parse_number(match["n"], language=reading.language)
        if number is not None and number >= LEAST_TOKENS:
            field = "llm_tokens_in" if match["goes"] else "llm_tokens_out"
            yield stated(field, int(number), match.start(), match.end(), confidence=0.85)


def _tokens(reading: Reading) -> Iterator[Finding]:
    """Tokens that go in and come out; of two in one sentence that say neither, the first goes in."""
    before: re.Match[str] | None = None
    for match in _TOKENS.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is None:
            continue
        field = _token_field(match, reading)
        is_second = before is not None and reading.sentence_at(before.start()) == reading.sentence_at(match.start())
        if field == "llm_tokens_in" and is_second and not _says_in(match, reading):
            field = "llm_tokens_out"
        yield stated(field, int(number), match.start(), match.end(), confidence=0.85)
        rest = _BARE_OUT.match(reading.folded, match.end(), reading.sentence_at(match.start())[1])
        told = parse_number(rest["n"], language=reading.language) if rest else None
        if field == "llm_tokens_in" and rest is not None and told is not None and told >= LEAST_TOKENS:
            reason = f"“{rest.group().strip(' ,;')}” after what goes in: what comes out"
            yield inferred("llm_tokens_out", int(told), rest.start("n"), rest.end("n"), reason=reason, confidence=0.7)
        before = match


def _says_in(match: re.Match[str], reading: Reading) -> bool:
    labels = list(_IN_OR_OUT.finditer(reading.before(match.start(), chars=14)))
    return bool(labels and labels[-1]["incoming"]) or _IN_AFTER.match(reading.after(match.end(), chars=8)) is not None


def _token_field(match: re.Match[str], reading: Reading) -> str:
    """Whether tokens go in or come out, by the label that stands nearest before them, else after."""
    labels = list(_IN_OR_OUT.finditer(reading.before(match.start(), chars=14)))
    if labels:
        return "llm_tokens_in" if labels[-1]["incoming"] else "llm_tokens_out"
    words = match.group() + reading.before(match.start(), chars=20) + reading.after(match.end(), chars=8)
    if _IN_AFTER.match(reading.after(match.end(), chars=8)):
        words = match.group()
    return "llm_tokens_out" if _OUT.search(words) and "input" not in match.group() else "llm_tokens_in"
