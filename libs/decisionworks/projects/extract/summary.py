"""Takes the one sentence out of a request that says what the model is for."""

from __future__ import annotations

import re

from decisionworks.projects.extract.finding import STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.reading import Reading

MAX_CHARS = 160
MIN_LETTERS = 8
_WISH = re.compile(
    r"\b(?:want|need|should|must|would like|build|predict|detect|forecast|recommend|score|classif\w{1,24}|sort"
    r"|extract|flag|train|decides?|answer|ask|help|rank|wollen|möchten|brauchen|soll\w{0,24}|"
    r"vorhersag\w{1,24}|erkenn\w{1,24}|voulons|souhait\w{1,24}|besoin|prédire|détecter|queremos|necesit\w{1,24}"
    r"|predecir|detectar|precisamos|prever|quero)\b|たい|必要|予測|検知|分類|推薦"
)
_LIMITS_ONLY = re.compile(
    r"\b(?:usd|dollars?|euros?|budget|engineers?|developers?|team of|presupuesto|orçamento)\b|[$€£]|予算"
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|hallo|bonjour|hola|olá|dear \w{1,24}|good (?:morning|day))[ ,!.:-]+", re.IGNORECASE
)
_LAST_CELL = re.compile(r"^\s*\|[^\n]{0,400}\|\s*(?P<cell>[^|\n]{3,400})\|\s*$")
_MARKUP = re.compile(r"^\s*(?:[#>*•-]+|\d{1,2}[.)])\s")


def find_summary(reading: Reading, *, purpose: Finding | None) -> Finding | None:
    """A short sentence of the request that says what is wanted, or None when it says nothing of the kind."""
    best: tuple[int, int, int] | None = None
    for index, start in enumerate(reading.starts[:200]):
        end = reading.starts[index + 1] if index + 1 < len(reading.starts) else len(reading.folded)
        sentence = reading.folded[start:end]
        if sum(map(str.isalpha, sentence)) < MIN_LETTERS:
            continue
        score = 2 * bool(_WISH.search(sentence)) - bool(_LIMITS_ONLY.search(sentence)) - index // 4
        if purpose is not None and start <= purpose.start < end:
            score += 3 if purpose.strength >= STRONG - 5 else 1
        if best is None or score > best[0]:
            best = (score, start, end)
    if best is None or (best[0] < 1 and purpose is None and len(reading.folded.split()) < 6):
        return None
    return _summary(reading, best, purpose=purpose)


def _summary(reading: Reading, best: tuple[int, int, int], *, purpose: Finding | None) -> Finding:
    score, start, end = best
    raw = reading.text[start:end]
    lead = _MARKUP.match(raw) or re.match(r"\s*", raw)
    start += lead.end() if lead else 0
    cell = _LAST_CELL.search(reading.text[start:end])
    start += cell.start("cell") if cell else 0
    greeting = _GREETING.match(reading.text[start:end])
    start += greeting.end() if greeting else 0
    span = reading.span(start, end)
    words = " ".join(span.text.split()).strip("| ").rstrip(".;!")
    if len(words) > MAX_CHARS:
        words = words[:MAX_CHARS].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    if score >= 2 or purpose is not None:
        return stated("use_case_summary", words, span.start, span.end, confidence=0.8, strength=STRONG)
    reason = "the sentence that comes nearest to a purpose"
    return inferred("use_case_summary", words, span.start, span.end, reason=reason, confidence=0.4, strength=WEAK)
