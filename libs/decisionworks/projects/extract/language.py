"""Guesses the language of a request from its most common small words."""

from __future__ import annotations

import re

_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")
SAMPLE_CHARS = 8_000

_SMALL_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        "the and of to a we in is for our with that on are it must should per need want be not have no at an by "
        "as from do us each all any this which within month week day people team requests second my i "
        "you they was were has".split()
    ),
    "de": frozenset(
        "der die das und wir ein eine mit für ist nicht von zu auf im den unser unsere soll sind pro wollen "
        "brauchen bis sich als auch bei aus wird werden hat haben oder aber alle unserer bitte doch nur jede jeden "
        "jeder kein keine ohne statt stattdessen lieber nacht monat woche".split()
    ),
    "fr": frozenset(
        "le la les des et nous un une avec pour est pas dans sur du au aux notre nos doit sont par voulons qui "
        "que en ce ces il ou mais plus tous tout être chaque nous sans nuit mois semaine plutôt veuillez avant cette "
        "leur leurs si".split()
    ),
    "es": frozenset(
        "el la los las y nosotros un una con para es no en del al nuestro nuestra debe son por queremos que "
        "somos unos se todo todos pero más desde cuando hay tiene nuestros sus lo cada esta está sin noche mes antes "
        "del puede pueden si "
        "mejor presupuesto".split()
    ),
    "pt": frozenset(
        "o a os as e nós um uma com para é não em do da dos das no na nosso nossa deve são por queremos que "
        "somos uns temos tudo umas pelo pela ao aos mas mais já até isso está nossos quando você cada pode sem antes "
        "noite mês melhor orçamento".split()
    ),
    "it": frozenset(
        "il lo gli le e noi un una con per è non di del della nostro nostra deve sono vogliamo che".split()
    ),
    "nl": frozenset("de het een en wij we met voor is niet van op onze moet zijn per willen dat".split()),
}

# Letters and endings of one language, for texts too short for small words.
_MARKS = {
    "en": re.compile(r"(?!)"),
    "de": re.compile(r"[äöüß]|\w(?:ungen|keit)\b"),
    "fr": re.compile(r"[èêœ]|\b(?:[ldjnc]|qu)['’]|\weux\b"),
    "es": re.compile(r"[ñ¿¡]|\wci(?:ón|ones)\b|\bning[uú]n"),
    "pt": re.compile(r"[ãõ]|\wções\b|\bnenhum"),
    "it": re.compile(r"\wzion[ei]\b"),
    "nl": re.compile(r"\bij|\wheid\b"),
}
MOST_MARKS = 3


def detect_language(text: str) -> str:
    """The two-letter code of the language a text is written in; English when nothing tells."""
    sample = text[:SAMPLE_CHARS]
    if len(_KANA.findall(sample)) >= 2:
        return "ja"
    for code, script in (("zh", _HAN), ("ko", _HANGUL), ("ru", _CYRILLIC)):
        if len(script.findall(sample)) >= 4:
            return code
    words = _WORD.findall(sample.lower())
    scores = {
        code: sum(1 for word in words if word in small) + min(MOST_MARKS, len(_MARKS[code].findall(sample.lower())))
        for code, small in _SMALL_WORDS.items()
    }
    best = max(scores, key=lambda code: (scores[code], code == "en"))
    return best if scores[best] > scores["en"] else "en"
