"""What the words of a request name: uses that the law forbids, and children.

Plain phrases in the languages that requests come in. A phrase says only that somebody has to look: the rule that reads
it quotes what was found, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# use -> phrases; narrow on purpose, because a rule that blocks must not fire on a hotel's guest scores.
PROHIBITED: Mapping[str, str] = {
    "social_scoring": (
        r"social[- ]scor(?:e|ing)|social credit|sozialkredit|soziale[sn]? scoring|notation sociale|crédit social"
        r"|puntuación social|crédito social|pontuação social|社会信用スコア|ソーシャルスコア"
    ),
    "emotion_at_work": (
        r"(?:emotion|mood)s?(?: recognition| detection)?[^.;]{0,30} of (?:our |the )?"
        r"(?:employees|staff|workers|students|pupils)"
        r"|(?:detect|recogni[sz]e|read|infer)\w* (?:the )?emotions? (?:of|from|in) (?:our |the )?"
        r"(?:employees|staff|workers|students|pupils)"
        r"|emotionserkennung[^.;]{0,30}(?:mitarbeiter|schüler|beschäftigt)"
        r"|émotions des (?:employés|salariés|élèves)|emociones de (?:los )?(?:empleados|alumnos)"
        r"|emoções dos (?:funcionários|alunos)|(?:従業員|生徒)の感情"
    ),
    "face_scraping": (
        r"(?:scrap|crawl|harvest)\w* (?:\w+ ){0,3}(?:faces|facial images|face images)"
        r"|gesichter (?:aus dem|im) internet sammeln|aspirer des visages|顔画像を(?:ウェブ|インターネット)から収集"
    ),
    "predictive_policing": (
        r"predict\w* (?:\w+ ){0,4}(?:will |likely to )?(?:commit|reoffend|become a criminal|become criminals)"
        r"|straftaten? vorhersagen|prédire qui commettra|predecir quién cometerá|prever quem cometerá"
        r"|犯罪を犯す(?:人|可能性)"
    ),
    "subliminal": r"subliminal|unterschwellige (?:beeinflussung|manipulation)|サブリミナル",
    "biometric_categories": (
        r"(?:infer|deduce|predict|classify|detect)\w* (?:\w+ ){0,3}"
        r"(?:race|ethnicity|religion|sexual orientation|political opinions?)"
        r" (?:\w+ ){0,2}from (?:\w+ ){0,2}(?:faces?|photos?|images?|biometric)"
    ),
}  # fmt: skip
MINORS = (
    r"\b(?:children|minors|pupils|schoolchildren|under[- ]1[368]s?|kids|teenagers)\b|\bK-12\b"
    r"|\b(?:kinder|schüler(?:innen)?|minderjährige[rn]?)\b|\b(?:élèves|mineurs|enfants)\b"
    r"|\b(?:menores(?: de edad)?|niños|niñas)\b|\b(?:crianças|menores de idade)\b|未成年|児童|生徒"
)
_PROHIBITED = {use: re.compile(phrase, re.IGNORECASE) for use, phrase in PROHIBITED.items()}
_MINORS = re.compile(MINORS, re.IGNORECASE)


def prohibited_uses(text: str) -> list[str]:
    """The forbidden uses that a text names, in a fixed order."""
    return [use for use, phrase in _PROHIBITED.items() if phrase.search(text)]


def names_minors(text: str) -> bool:
    """Whether a text names children or pupils."""
    return _MINORS.search(text) is not None


def words_of(constraints: Mapping[str, object]) -> str:
    """The user's own words as far as the constraints quote them: the summary and every span."""
    rows = [row for row in constraints.values() if isinstance(row, Mapping)]
    spans = [row.get("span") for row in rows]
    quoted = [str(span.get("text", "")) for span in spans if isinstance(span, Mapping)]
    summary = constraints.get("use_case_summary")
    value = summary.get("value") if isinstance(summary, Mapping) else None
    return "\n".join([value if isinstance(value, str) else "", *quoted])
