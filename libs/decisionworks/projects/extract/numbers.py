"""Reads numbers as people write them: 1,500 · 3.000 · 40k · 2 million · nine · zwei · 12万."""

from __future__ import annotations

import re

# Thousands, then decimals; at most five groups, so that no run of digits can make matching slow.
_MYRIADS = r"\d{1,4}万\d{1,4}千?"
_DIGITS = _MYRIADS + r"|\d{1,3}(?:[.,' ]\d{3}(?!\d)){1,5}(?:[.,]\d{1,6}(?!\d))?|\d{1,48}(?:[.,]\d{1,6})?"
_SCALE = (
    r"(?:k|tsd\.?|thousand|tausend|mille|mil millones|mil milhões|mil|mio\.?|mn|million(?:s|en)?|millones|millón"
    r"|milhões"
    r"|milhão|billion(?:s)?|bn|trillions?|bilhões|bilhão|biliões|"
    r"milliarden?|milliards?)(?!\w)|m(?![\w/²³])|[千万億兆]"
)
_WORDS_OF: dict[str, dict[str, float]] = {
    "en": {
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18,
        "twenty": 20,
        "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100, "half a dozen": 6,
        "a dozen": 12, "a handful": 5, "two dozen": 24, "three dozen": 36, "a few dozen": 36,
        "dozen": 12, "a hundred": 100, "a couple of": 2, "a couple": 2, "a thousand": 1000, "a million": 1e6,
    },
    "de": {
        "ein": 1, "eine": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
        "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwölf": 12, "zwanzig": 20, "dreißig": 30, "hundert": 100,
        "tausend": 1000, "ein dutzend": 12, "ein halbes dutzend": 6, "zwei dutzend": 24, "eine handvoll": 5,
    },
    "fr": {
        "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
        "dix": 10,
        "douze": 12, "quinze": 15, "vingt": 20, "trente": 30, "cent": 100, "une douzaine": 12, "une demi-douzaine": 6,
        "deux douzaines": 24,
        "une dizaine": 10, "une poignée": 5, "une quinzaine": 15, "une vingtaine": 20, "une trentaine": 30,
        "une quarantaine": 40, "une cinquantaine": 50, "une soixantaine": 60, "une centaine": 100, "un millier": 1000,
    },
    "es": {
        "un": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
        "nueve": 9, "diez": 10, "doce": 12, "quince": 15, "veinte": 20, "treinta": 30, "cien": 100,
        "una docena": 12, "dos docenas": 24, "tres docenas": 36, "media docena": 6, "una decena": 10, "un puñado": 5,
        "una veintena": 20, "una treintena": 30, "una cincuentena": 50, "un centenar": 100, "un millar": 1000,
    },
    "pt": {
        "um": 1, "uma": 1, "dois": 2, "duas": 2, "três": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8,
        "nove": 9, "dez": 10, "doze": 12, "quinze": 15, "vinte": 20, "trinta": 30, "cem": 100,
        "uma dúzia": 12, "duas dúzias": 24, "três dúzias": 36, "meia dúzia": 6, "uma dezena": 10, "um punhado": 5,
        "uma vintena": 20, "uma trintena": 30, "uma centena": 100, "um milhar": 1000,
    },
}  # fmt: skip
_WORDS = {word: value for words in _WORDS_OF.values() for word, value in words.items()}
#: Words that the number pattern reads as they stand.
SMALL_NUMBER_WORDS = frozenset(word for word in _WORDS if " " not in word)
_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_SCALES: dict[str, float] = {
    "k": 1e3, "tsd": 1e3, "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3, "mio": 1e6, "mn": 1e6, "m": 1e6,
    "million": 1e6, "millions": 1e6, "millionen": 1e6, "millones": 1e6, "millón": 1e6, "milhões": 1e6, "milhão": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "milliarde": 1e9, "milliarden": 1e9, "milliard": 1e9, "milliards": 1e9,
    "bilhões": 1e9, "bilhão": 1e9, "mil millones": 1e9, "mil milhões": 1e9, "biliões": 1e12, "trillion": 1e12,
    "trillions": 1e12, "千": 1e3, "万": 1e4, "億": 1e8, "兆": 1e12,
}  # fmt: skip
# Languages that write a thousand as 1.000 and a half as 0,5.
_DOT_GROUPS = frozenset({"de", "es", "pt", "it", "nl", "fr"})

_WORD_CHOICE = "|".join(sorted(_WORDS, key=lambda word: (-len(word), word)))
#: Number words alone, for places where something must follow them.
WORD_NUMBER = "|".join(
    sorted((word for word, value in _WORDS.items() if value >= 10), key=lambda word: (-len(word), word))
)
#: A pattern fragment without groups, to be embedded in larger patterns.
# A number ends where its digits end: “99.9 %” is never 99.
NUMBER = (
    rf"(?:(?<![a-zà-ÿ0-9_.,])(?:{_DIGITS})(?![.,]?\d)(?:[ -]?(?:{_SCALE}))?|(?<!\w)(?:{_WORD_CHOICE})(?:[ -](?:{_SCALE}"
    rf"|hundred))?(?!\w)|[一二三四五六七八九十](?=[人名台つ]))"
)
_ARTICLES = frozenset({"un", "una", "une", "um", "uma", "ein", "eine", "einer", "einem"})
#: A number that is no article: “so um die 300”.
COUNT = NUMBER.replace(_WORD_CHOICE, "|".join(word for word in _WORD_CHOICE.split("|") if word not in _ARTICLES))
#: Only written in digits, for places where a number word would be an article.
DIGITS = rf"(?:(?<![a-zà-ÿ0-9_.,])(?:{_DIGITS})(?![.,]?\d)(?:[ -]?(?:{_SCALE}))?)"
#: Optional words of approximation before a number.
ABOUT = (
    r"(?:(?:about|around|approximately|approx\.?|roughly|some|circa|ca\.?|maybe|perhaps|nearly|almost|up to"
    r"|at most|max\.?|"
    r"etwa|rund|ungefähr|environ|unos|unas|alrededor de|aproximadamente|cerca de|约|約|およそ|~)\s?)?"
)
_SPLIT = re.compile(rf"^({_DIGITS})[ -]?({_SCALE})?$")


def parse_number(text: str, *, language: str) -> float | None:
    """The value of a matched number, or None when it is not one."""
    word = text.strip()
    if word in _KANJI:
        return float(_KANJI[word])
    words = _WORDS_OF["en"] | _WORDS_OF.get(language, {})
    if word in words:
        return float(words[word])
    myriads = re.fullmatch(r"(\d{1,4})万(\d{1,4})(千?)", word)
    if myriads:
        return int(myriads[1]) * 1e4 + int(myriads[2]) * (1e3 if myriads[3] else 1)
    split = _SPLIT.match(word)
    if split:
        scale = (split.group(2) or "").rstrip(".")
        return _digits(split.group(1), language=language) * _SCALES.get(scale, 1.0)
    head, _, tail = word.replace("-", " ").rpartition(" ")
    if head in words and (tail in _SCALES or tail == "hundred"):
        return words[head] * (100 if tail == "hundred" else _SCALES[tail])
    return None


def _digits(text: str, *, language: str) -> float:
    compact = text.replace(" ", "").replace("'", "")
    marks = [char for char in compact if char in ".,"]
    if not marks:
        return float(compact)
    last = compact.rfind(marks[-1])
    if len(set(marks)) == 2:
        return float(compact[:last].replace(",", "").replace(".", "") + "." + compact[last + 1 :])
    if len(marks) > 1 or _groups_thousands(compact, marks[0], language=language):
        return float(compact.replace(marks[0], ""))
    return float(compact.replace(marks[0], "."))


def _groups_thousands(compact: str, mark: str, *, language: str) -> bool:
    head, _, tail = compact.partition(mark)
    if len(tail) != 3 or head == "0":
        return False
    return mark == "," or language in _DOT_GROUPS
