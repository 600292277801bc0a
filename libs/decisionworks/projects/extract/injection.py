"""Finds orders addressed to the planner, the critics, the policy engine or the approver.

A request is data. What orders us about is quoted to the approver and read no further, not even for its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.extract.addressed import find_addressed
from decisionworks.projects.extract.reading import fold, sentence_starts
from decisionworks.projects.extract.sieve import Sieve
from decisionworks.projects.model import Span, UntrustedInstruction

MAX_BLOCK_CHARS = 4_000
MAX_INSTRUCTIONS = 50


class _OrderRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    say: list[str]


_THE = r"(?:the |all |any |every |each |your |this |these |that |my |our ){0,6}"
# What reads a request and is no person.
_MACHINE = (
    r"a\.?i\.?|machines?(?=,? (?:which|that|reading|who))|artificial intelligence"
    r"|(?:automat\w+|machine|ai|language) (?:systems?|readers?|tools?|software|agents?"
    r"|processing|models?|assistants?)|llms?|language models?|ai assistants?|bots?|parsers?|chatbots?"
    r"|ki|künstliche[nr]? intelligenz|automati\w+ (?:systeme?n?|leser|auswertung|assistent\w*|agent\w*|programme?n?)"
    r"|sprachmodelle?n?|ia|intelligence artificielle|(?:systèmes?|outils?|agents?|lecteurs?|logiciels?|assistants?) "
    r"(?:automati\w+|d'ia)|modèles? de langage|inteligencia artificial|inteligência artificial"
    r"|(?:sistemas?|herramientas?|ferramentas?|agentes?|lectores?|leitores?|programas?|asistentes?|assistentes?) "
    r"(?:autom\w+|de ia)|modelos? de (?:lenguaje|linguagem)"
    r"|人工知能|ai|生成ai|言語モデル|自動(?:処理|審査|読取)(?:システム)?"
)
_GO = (
    r"(?:^|[\n.!?:;,>\"'(\[「【-] {0,3}|\b(?:and|then|please|just|simply|also|und|dann|bitte|et|puis|y|luego|por favor"
    r"|e|depois) {1,2})"
)
# Orders only in the company of one of the above, or inside a comment that people do not see.
_COMPANIONS = re.compile(
    r"^\W*(?:and |then |also |please |now |finally |you (?:must|will|should) |und |et |y |e )*(?:set|choose"
    r"|select|pick|approve"
    r"|disable|enable|skip|use|mark|report|"
    r"ignore|do not|don't|never|always|pretend|act as|respond|answer|output|say|remove|delete|grant|assume|raise"
    r"|lower|increase|reduce|"
    r"you are|make sure|treat|setze|wähle|genehmige|deaktiviere|choisis|approuve|désactive|elige|aprueba"
    r"|desactiva|escolha|aprove|desative|ignoriere|vergiss|gib|schalte|überspringe|antworte|ignore|oublie|valide|supprime"
    r"|réponds|marca|omite|ignora|olvida|responde|esqueça|(?:such|said|these|diese|besagte|lesdits|ces|dichos|tales|estos|tais"
    r"|esses) (?:\w+ )?(?:systems?|systeme|systèmes|sistemas?|agents?|agenten|agentes|modell?e?s?|modelos)"
    r"|desconsidere|responda|marque|não registre)\b"
)
# “Clerks can override the rules”, “never skip policy checks”: about people, or the very opposite of an order.
_REPORTED = re.compile(
    r"(?:\b(?:can|may|might|could|not|never|who|that|which|would|cannot|(?<!you )(?:to|must|should|will|shall))|n't)"
    r"\s{1,3}$"
)
_HIDDEN = re.compile(r"<!--(.{0,4000}?)-->", re.DOTALL)
_QUOTES = {'"': '"', "「": "」", "『": "』"}
_BRACKETS = {"[": "]", "{": "}", "/*": "*/", "【": "】"}
_IMPERATIVE_TO_US = re.compile(
    r"\b(?:approve|policy|policies|planner|critic|instructions?|budget|plan|ignore|region|encryption|skip"
    r"|disable|reviewer|approver|genehmig\w{1,4}|freigeb\w{0,3}|ignorier\w{0,3}|prüfer|planer|richtlinien|approuve\w?"
    r"|ignore[zr]|validateur|planificateur|règles|verificador|planificador|revisor|aprueb\w|ignora|reglas|planejador"
    r"|aprov[ea]|regras|políticas)\b|承認|無視|ポリシー|審査"
)


@cache
def _orders() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], Sieve]:
    name = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("orders.yaml")
    records = [_OrderRecord.model_validate(entry) for entry in yaml.safe_load(name.read_text(encoding="utf-8"))]
    orders = tuple(
        (
            one.kind,
            re.compile("|".join(one.say).replace("{the}", _THE).replace("{go}", _GO).replace("{machine}", _MACHINE)),
        )
        for one in records
    )
    return orders, Sieve(pattern.pattern for _, pattern in orders)


def find_untrusted_instructions(text: str) -> tuple[UntrustedInstruction, ...]:
    """Every order found in a text, in reading order, each grown to the quote, comment or sentences that carry it."""
    folded = fold(text)
    starts = sentence_starts(folded)
    hits: list[tuple[int, int, str]] = []
    orders, sieve = _orders()
    for kind, pattern in (orders[index] for index in sieve.left(folded)):
        for match in pattern.finditer(folded):
            if _REPORTED.search(folded[max(0, match.start() - 24) : match.start()]):
                continue
            lead = len(match.group()) - len(match.group().lstrip("\n.!?:;,>\"'([「【- "))
            hits.append((*_carrier(folded, match.start() + lead, match.end(), starts=starts), kind))
    for match in _HIDDEN.finditer(folded):
        if _IMPERATIVE_TO_US.search(match.group(1)):
            hits.append((match.start(), match.end(), "hidden"))
    hits += [(*_carrier(folded, *place, starts=starts), "addressed") for place in find_addressed(folded)]
    return tuple(_instruction(text, *hit) for hit in _merge(hits)[:MAX_INSTRUCTIONS])


def _carrier(folded: str, start: int, end: int, *, starts: tuple[int, ...]) -> tuple[int, int]:
    """What carries an order: the quotation or comment around it, or else its sentence and the orders that follow."""
    for opening, closing in (("<!--", "-->"), *_QUOTES.items(), ("```", "```"), *_BRACKETS.items()):
        block = _enclosing(folded, start, end, opening=opening, closing=closing)
        if block is not None:
            return block
    return _sentences(folded, start, end, starts=starts)


def _enclosing(folded: str, start: int, end: int, *, opening: str, closing: str) -> tuple[int, int] | None:
    left = folded.rfind(opening, max(0, start - MAX_BLOCK_CHARS), start)
    if left < 0 or (opening != closing and folded.find(closing, left, start) >= 0):
        return None
    if opening == closing and folded.count(opening, 0, start) % 2 == 0:
        return None
    right = folded.find(closing, end, end + MAX_BLOCK_CHARS)
    if right < 0 or (opening in _QUOTES and "\n\n" in folded[left:right]):
        return None
    # The marks of a quotation stay outside, those of a comment belong to it.
    return (left + 1, right) if opening in _QUOTES else (left, right + len(closing))


def _sentences(folded: str, start: int, end: int, *, starts: tuple[int, ...]) -> tuple[int, int]:
    bounds = [*starts, len(folded)]
    first = max(index for index, bound in enumerate(starts) if bound <= start)
    last = max(index for index, bound in enumerate(starts) if bound <= max(start, end - 1))
    while last + 1 < len(starts) and _COMPANIONS.match(folded[bounds[last + 1] : bounds[last + 2]].strip()):
        last += 1
    return bounds[first], bounds[last + 1]


def _merge(hits: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(hits):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end), merged[-1][2])
        else:
            merged.append((start, end, kind))
    return merged


def _instruction(text: str, start: int, end: int, kind: str) -> UntrustedInstruction:
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    raw = raw.strip()
    return UntrustedInstruction(span=Span(start=start, end=start + len(raw), text=raw), kind=kind)
