"""Writes spelled-out numbers as digits of the same length: “three and a half thousand” as 3500 behind zeros.

Length is kept so that places in the folded text stay places in the request. Small single words stay words, because
they also stand in names and idioms (“two-tower”, “four nines”); the number pattern reads them by itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache

from decisionworks.projects.extract.numbers import SMALL_NUMBER_WORDS

_UNITS: dict[str, str] = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
          "eighteen nineteen",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
          "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
          "veintiocho veintinueve",
    "pt": "um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete "
          "dezoito dezenove",
}  # fmt: skip
_ALSO: dict[str, dict[str, float]] = {
    "en": {},
    "fr": {"une": 1, "vingts": 20},
    "es": {"una": 1, "uno": 1, "veintiún": 21, "veintiuna": 21, "quinientos": 500, "quinientas": 500,
           "setecientos": 700, "setecientas": 700, "novecientos": 900, "novecientas": 900, "ciento": 100},
    "pt": {"uma": 1, "duas": 2, "quatorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19, "cento": 100,
           "cem": 100, "duzentos": 200, "duzentas": 200, "trezentos": 300, "trezentas": 300, "quinhentos": 500,
           "quinhentas": 500},
}  # fmt: skip
_TENS: dict[str, str] = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "fr": "vingt trente quarante cinquante soixante septante - nonante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
}
# “ocho” and “cientos” are written together in Spanish, as are the Portuguese ones.
_JOINED_HUNDREDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "es": ("dos tres cuatro seis ocho", ("cientos", "cientas")),
    "pt": ("quatro seis sete oito nove", ("centos", "centas")),
}
_HUNDRED: dict[str, tuple[str, ...]] = {"en": ("hundred",), "fr": ("cent", "cents"), "es": ("cien",), "pt": ()}
_SCALE: dict[str, dict[str, float]] = {
    "en": {"thousand": 1e3, "million": 1e6, "billion": 1e9},
    "fr": {"mille": 1e3, "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9},
    "es": {"mil": 1e3, "millón": 1e6, "millones": 1e6},
    "pt": {"mil": 1e3, "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9, "bilhões": 1e9},
    "de": {"tausend": 1e3, "million": 1e6, "millionen": 1e6, "milliarde": 1e9, "milliarden": 1e9},
}
_AND = {"en": "and", "fr": "et", "es": "y", "pt": "e", "de": "und"}
_HALF = {"en": "and a half", "fr": "et demi", "es": "y medio", "pt": "e meio", "de": ""}
_HALF_A = {
    "en": "half an? ", "fr": "un demi[ -]", "es": "medio ", "pt": "meio ", "de": "(?:eine )?halbe ",
}  # fmt: skip
_POINT = {"en": "point", "fr": "virgule", "es": "coma|punto", "pt": "vírgula|ponto", "de": "komma"}
_GERMAN: dict[str, float] = {
    "einhalb": 0.5, "anderthalb": 1.5, "eins": 1, "ein": 1, "eine": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4,
    "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "sechzehn": 16,
    "siebzehn": 17, "zwanzig": 20, "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60,
    "siebzig": 70, "achtzig": 80, "neunzig": 90, "hundert": 100, "tausend": 1000, "und": 0,
}  # fmt: skip
_GERMAN_PARTS = "|".join(sorted(_GERMAN, key=lambda word: (-len(word), word)))
_GERMAN_PART = re.compile(_GERMAN_PARTS)
_DIGITS_BEFORE = re.compile(r"\d(?:[\d.,]*\d)?\s?$")
_KANJI = {"〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_KANJI_NUMBER = re.compile(
    r"[〇一二三四五六七八九十百千]{1,9}(?=[万億]|[人名件円台秒分社店枚個本箇ヶか回%]|時間|ギガ|テラ|[ヶか]月|種類|週間|営業)"
)

_WHO = re.compile(r"(?:エンジニア|メンバー|担当者?|社員|スタッフ|チーム|開発者)(?:は|が|を)?$")
# “1ダースのエンジニア”, “半ダース”. People are counted in another word than things.
_DOZENS = re.compile(
    r"(?P<n>\d{1,4}|[半一二三四五六七八九十])ダース(?=(?P<whose>の(?:エンジニア|人|メンバー|開発|社員|スタッフ|担当))?)"
)


def digits_for_words(folded: str, *, language: str) -> str:
    """The same text with spelled-out numbers of its language as digits; length kept."""
    if language == "ja":
        return _KANJI_NUMBER.sub(_kanji_written, _DOZENS.sub(_dozens_written, folded))
    if language not in _SCALE:
        return folded
    pattern = _pattern(language)

    def written(match: re.Match[str]) -> str:
        if _DIGITS_BEFORE.search(folded[max(0, match.start() - 16) : match.start()]):
            return match.group()
        words, conjunction = match.group(), f" {_AND[language]} "
        value = _value(words, language=language)
        if value is None and conjunction in words:
            # “Between two thousand and three thousand”: two numbers.
            return conjunction.join(_padded(_value(part, language=language), part) for part in words.split(conjunction))
        return _padded(value, words)

    return pattern.sub(written, folded)


def _padded(value: float | None, words: str) -> str:
    if value is None or words in SMALL_NUMBER_WORDS:
        return words
    digits = f"{value:.12g}"
    return digits.rjust(len(words), "0") if len(digits) <= len(words) and "e" not in digits else words


@cache
def _words(language: str) -> dict[str, tuple[str, float]]:
    words: dict[str, tuple[str, float]] = {name: ("scale", size) for name, size in _SCALE[language].items()}
    if language == "de":
        return words
    words |= {name: ("add", index + 1.0) for index, name in enumerate(_UNITS[language].split())}
    words |= {name: ("add", 20.0 + 10 * index) for index, name in enumerate(_TENS[language].split()) if name != "-"}
    words |= {name: ("add", value) for name, value in _ALSO[language].items()}
    starts, ends = _JOINED_HUNDREDS.get(language, ("", ()))
    for start in starts.split():
        words |= {start + end: ("add", words[start][1] * 100) for end in ends}
    return words | dict.fromkeys(_HUNDRED[language], ("hundred", 100.0))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = _words(language)
    choice = "|".join(sorted(words, key=lambda word: (-len(word), word)))
    if language == "de":
        one = rf"(?:(?:{_GERMAN_PARTS}){{1,9}})(?: (?:{choice}))?"
    else:
        one = rf"(?:{choice})(?:(?:[ -]| (?:{_AND[language]}) )(?:{choice}))*"
        one += rf"(?: {_HALF[language]}(?: (?:{choice}))?)?"
    small = _GERMAN_PARTS if language == "de" else choice
    scale = "|".join(sorted(_SCALE[language], key=lambda word: (-len(word), word)))
    half = rf"(?:{_HALF_A[language]})(?:{scale})"
    article = "(?:a (?=hundred|thousand|million|billion))?" if language == "en" else ""
    return re.compile(rf"(?<!\w)(?:{half}|{article}{one})(?: (?:{_POINT[language]})(?: (?:{small})){{1,3}})?(?!\w)")


def _value(words: str, *, language: str) -> float | None:
    if half := re.fullmatch(rf"(?:{_HALF_A[language]})(.+)", words):
        return _SCALE[language].get(half.group(1), 0.0) / 2 or None
    whole, *decimals = re.split(rf" (?:{_POINT[language]}) ", words)
    value = _german(whole) if language == "de" else _sum(whole, language=language)
    if value is None or not decimals:
        return value
    table = _GERMAN if language == "de" else {name: size for name, (_, size) in _words(language).items()}
    digits = [table[word] for word in decimals[0].split()]
    if any(digit > 9 for digit in digits):
        return None
    return float(f"{value:g}." + "".join(f"{digit:g}" for digit in digits))


def _sum(text: str, *, language: str) -> float | None:
    """Units onto tens, tens onto hundreds, all of it times a thousand; None for anything else, as two numbers."""
    words = _words(language)
    half = _HALF[language]
    total, current, last_scale, seen = 0.0, 0.0, math.inf, False
    for word in _tokens(text, half=half, conjunction=_AND[language]):
        if word == "a":
            continue
        if word == half:
            current += 0.5
            continue
        kind, size = words[word]
        if kind == "scale":
            if size >= last_scale:
                return None
            total, current, last_scale = total + (current or 1.0) * size, 0.0, size
        elif kind == "hundred":
            current = (current or 1.0) * 100
        elif word == "vingts" or (language == "fr" and word == "vingt" and current == 4):
            current *= 20
        elif not current or _adds(current, size, language=language):
            current += size
        else:
            return None
        seen = seen or word not in ("a", "un", "une", "una", "um", "uma", "uno")
    return total + current if seen else None


def _tokens(text: str, *, half: str, conjunction: str) -> Iterator[str]:
    for index, part in enumerate(re.split(rf"\b{half}\b", text)):
        if index:
            yield half
        yield from (word for word in re.split(r"[ -]", part.strip()) if word and word != conjunction)


def _adds(current: float, size: float, *, language: str) -> bool:
    if current % 100 == 0:
        return size < 100
    # “soixante-dix” and “quatre-vingt-quinze” go on to nineteen.
    return current % 10 == 0 and current % 100 >= 20 and size < (20 if language == "fr" else 10)


def _german(text: str) -> float | None:
    compound, _, scale = text.partition(" ")
    total, current, seen = 0.0, 0.0, False
    for part in _GERMAN_PART.findall(compound):
        size = _GERMAN[part]
        if part == "tausend":
            total, current = total + (current or 1.0) * 1000, 0.0
        elif part == "hundert":
            current = (current or 1.0) * 100
        else:
            # “zweieinhalb”: two and a half.
            current += size
        seen = seen or part not in ("und", "ein", "eine")
    value = (total + current) * (_SCALE["de"][scale] if scale else 1.0)
    return value if seen or scale else None


def _dozens_written(match: re.Match[str]) -> str:
    words = match["n"]
    is_people = match["whose"] or _WHO.search(match.string[max(0, match.start() - 6) : match.start()])
    count = 0.5 if words == "半" else 10 if words == "十" else _KANJI.get(words) or int(words)
    return f"{count * 12:g}".rjust(len(words) + 2, "0") + ("人" if is_people else "個")


def _kanji_written(match: re.Match[str]) -> str:
    words = match.group()
    if len(words) == 2 and words[1] == "千" and words[0] in _KANJI:
        return f"{_KANJI[words[0]]}千"
    return _padded(_kanji_value(words), words)


def _kanji_value(text: str) -> float | None:
    total, current = 0, 0
    for char in text:
        if char in _KANJI:
            current = current * 10 + _KANJI[char]
        else:
            total, current = total + max(current, 1) * {"十": 10, "百": 100, "千": 1000}[char], 0
    return float(total + current) or None
