"""Finds orders addressed to the planner, the critics, the policy engine or the approver.

A request is data. What orders us about is quoted to the approver and read no further, not even for its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from decisionworks.projects.extract.reading import fold, sentence_starts
from decisionworks.projects.model import Span, UntrustedInstruction

MAX_BLOCK_CHARS = 4_000
MAX_INSTRUCTIONS = 50

_THE = r"(?:the |all |any |every |each |your |this |these |that |my |our )*"
# Alone enough to call the words an order to us.
_ORDERS: tuple[tuple[str, str], ...] = (
    ("override",
    rf"\b(?:ignore|disregard|forget|override|bypass) {{1,3}}{_THE}(?:previous|prior|above|earlier|preceding"
    rf"|existing|former|system|safety|"
                 r"original)?\s*(?:instructions?|prompts?|rules|directives?|guidelines|polic(?:y|ies)"
                 r"|constraints?|guardrails?|checks?|critics?)"),
    ("role",
    r"\byou are (?:now |from now on )?(?:the |an? )?(?:policy engine|planner|critic|approver|validator|system"
    r"|administrator|admin|root|"
             r"developer mode|unrestricted|dan\b|different (?:ai|assistant)|ai without|gate|reviewer)"),
    ("role",
    r"(?:^|\n)[ #]{0,8}(?:system|assistant|developer) ?(?:prompt|message|instructions?)? ?: ?(?:you|ignore"
    r"|approve|set|from|the "
             r"(?:planner|user|policy)|new|override|disregard|always|never|do not|skip|disable|choose)"),
    ("role", r"<\|?/?(?:im_start|im_end|system|endoftext|assistant)\|?>|\[/?inst\]|<<sys>>|\[system\]"),
    ("approval",
    r"\b(?:auto-?approve|approve automatically|(?:please )?approve (?:the |this |any |every )?(?:plan|request"
    r"|gate|decision(?: set)?)s? "
                 r"(?:automatically|immediately|at once|without|now|as is|regardless)|mark (?:the "
                 r"|this )?(?:plan|request|gate) (?:as )?approved|"
                 r"(?:consider|treat) (?:this|the) (?:plan|request|gate) (?:as )?(?:already )?approved"
                 r"|skip (?:the )?(?:human |approval )?(?:gate|approval)|"
                 r"no (?:human )?approval (?:is )?(?:needed|required|necessary)[^.\n]{0,30}\b(?:plan|proceed"
                 r"|continue))"),
    ("policy",
    r"\b(?:set|mark|report|treat|count|declare) (?:all |every |each |the |any )+(?:polic(?:y|ies)|checks?|rules?"
    r"|validations?|verdicts?) "
               r"(?:\w{1,24} ){0,2}?(?:as |to |be )?(?:passed|pass|passing|ok|green|satisfied|waived|compliant)"),
    ("policy",
    r"\b(?:skip|disable|bypass|turn off|switch off|suppress|waive|do not run|don't run) (?:all |the |any |every "
    r"|your )*"
               r"(?:polic(?:y|ies)(?! violations? report)|policy (?:engine|checks?|evaluation)"
               r"|security (?:checks?|polic(?:y|ies)|rules)|guardrails?|"
               r"validators?|validations?|critics?|compliance checks?|safety checks?)"),
    ("address",
    r"(?:^|[\n.!?\"'>] {0,3})(?:dear |hey |hello |note to (?:the )?|to (?:the )?|attention[,:]? )?(?:ai|llm"
    r"|planner|policy engine|critics?|"
                r"approver|assistant|language model|agent|intake)\s*[,:]\s*(?:please )?(?:you |must |do |set "
                r"|choose |approve |ignore |skip |use |always |"
                r"never |mark |select |add |remove |report |return |disable |assume |override |say )"),
    ("address",
    r"\b(?:instruct(?:ion|ions)?|orders?|message|note) (?:to|for) (?:the )?(?:planner|policy engine|critics?"
    r"|approver|ai|llm|language model|"
                r"assistant|model reading this)\b"),
    ("secrets",
    r"\b(?:reveal|print|show|repeat|output|leak|return) (?:me )?(?:your|the) (?:system prompt|hidden prompt"
    r"|initial instructions|"
                r"instructions above|api keys?|secrets|environment variables|credentials)"),
    ("secrecy",
    r"\b(?:do not|don't|never) (?:tell|mention|show|reveal|report|warn|inform)(?: this| it"
    r"| anything)?(?: to)? (?:the )?(?:approver|reviewer|"
                r"user|human|operator|critics?)"),
    ("override",
    r"\b(?:new|updated|real|actual|following) (?:system )?instructions?\s*:|\bfrom now on,? you (?:must|will|are"
    r"|should)|"
                 r"\b(?:end|begin) of (?:user )?(?:request|prompt|instructions)\b"),
    ("override",
    r"\bignorier\w{0,24} (?:alle |die |sämtliche )*(?:vorherigen|bisherigen|obigen|vorangegangenen"
    r"|früheren)?\s*(?:anweisungen|regeln|vorgaben|"
                 r"richtlinien|befehle)|\bdu bist (?:jetzt |nun |ab jetzt )?(?:die |der |ein "
                 r"|eine )?(?:richtlinien|policy|planer|prüfer|system|administrator)|"
                 r"\bgenehmige (?:den |diesen )?plan|\b(?:plan|antrag) (?:automatisch|sofort) (?:genehmigen|freigeben)|"
                 r"\b(?:überspringe|deaktiviere|umgehe) (?:alle |die )*(?:richtlinien|prüfungen|policies|regeln"
                 r"|sicherheitsprüfungen)"),
    ("override",
    r"\bignor(?:e|ez|er) (?:toutes |les |tous |ces )*(?:instructions|consignes|règles|directives)|\b(?:tu es"
    r"|vous êtes) (?:maintenant |"
                 r"désormais )?(?:le |la |un )?(?:moteur de (?:règles|politiques?)|planificateur|système"
                 r"|approbateur)|\bapprouve[rz]? (?:le|ce) plan"
                 r"(?: automatiquement)?|\b(?:désactive[rz]?|contourne[rz]?|saute[rz]?) (?:toutes "
                 r"|les )*(?:politiques?|contrôles|règles|vérifications)"),
    ("override",
    r"\bignor(?:a|e|en|ar) (?:todas |las |los |todos |estas )*(?:instrucciones|reglas|órdenes|directrices"
    r"|políticas)|\b(?:eres|usted es) "
                 r"(?:ahora )?(?:el |la |un )?(?:motor de (?:políticas|reglas)|planificador|sistema|aprobador)"
                 r"|\baprueb[ae] (?:el|este) plan"
                 r"|\b(?:desactiva|omite|salta|saltate|evita) (?:todas |las |los )*(?:políticas|controles|reglas"
                 r"|comprobaciones|validaciones)"),
    ("override",
    r"\bignor(?:e|em|a|ar) (?:todas |as |os |todos |estas )*(?:instruções|regras|ordens|diretrizes|políticas)"
    r"|\b(?:você é|tu és) (?:agora )?"
                 r"(?:o |a |um )?(?:motor de (?:políticas|regras)|planejador|sistema|aprovador)|\baprov[ea] (?:o"
                 r"|este) plano"
                 r"|\b(?:desative|pule|desligue|burle) (?:todas |as |os )*(?:políticas|verificações|regras"
                 r"|validações)"),
    ("override", r"(?:以前|これまで|上記|前|すべて|全て|今まで)の?(?:すべての|全ての)?(?:指示|命令|ルール|プロンプト|ポリシー)を?(?:すべて|全て)?(?:無視|忘れ|破棄)|"
                 r"あなたは(?:今から)?(?:ポリシーエンジン|プランナー|承認者|システム|管理者)|(?:プラン|計画)を(?:自動(?:的に)?|直ちに|今すぐ)?承認し(?:て|ろ)|"
                 r"ポリシー(?:チェック|検査|評価)?を(?:スキップ|無効|省略|回避)"),
)  # fmt: skip
# Orders only in the company of one of the above, or inside a comment that people do not see.
_COMPANIONS = re.compile(
    r"^\W*(?:and |then |also |please |now |finally |you (?:must|will|should) )*(?:set|choose|select|pick|approve"
    r"|disable|enable|skip|use|mark|report|"
    r"ignore|do not|don't|never|always|pretend|act as|respond|answer|output|say|remove|delete|grant|assume|raise"
    r"|lower|increase|reduce|"
    r"you are|make sure|treat|setze|wähle|genehmige|deaktiviere|choisis|approuve|désactive|elige|aprueba"
    r"|desactiva|escolha|aprove|desative)\b"
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _ORDERS)
_HIDDEN = re.compile(r"<!--(.{0,4000}?)-->", re.DOTALL)
_IMPERATIVE_TO_US = re.compile(
    r"\b(?:approve|policy|policies|planner|critic|instructions?|budget|plan|ignore|region|encryption|skip"
    r"|disable|reviewer|approver)\b"
)


def find_untrusted_instructions(text: str) -> tuple[UntrustedInstruction, ...]:
    """Every order found in a text, in reading order, each grown to the quote, comment or sentences that carry it."""
    folded = fold(text)
    starts = sentence_starts(folded)
    hits: list[tuple[int, int, str]] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(folded):
            lead = len(match.group()) - len(match.group().lstrip("\n.!?\"'> "))
            hits.append((*_carrier(folded, match.start() + lead, match.end(), starts=starts), kind))
    for match in _HIDDEN.finditer(folded):
        if _IMPERATIVE_TO_US.search(match.group(1)):
            hits.append((match.start(), match.end(), "hidden"))
    return tuple(_instruction(text, *hit) for hit in _merge(hits)[:MAX_INSTRUCTIONS])


def _carrier(folded: str, start: int, end: int, *, starts: tuple[int, ...]) -> tuple[int, int]:
    """What carries an order: the quotation or comment around it, or else its sentence and the orders that follow."""
    for opening, closing in (("<!--", "-->"), ('"', '"'), ("```", "```")):
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
    if right < 0 or (opening == '"' and "\n\n" in folded[left:right]):
        return None
    # The marks of a quotation stay outside, those of a comment belong to it.
    return (left, right + len(closing)) if opening != '"' else (left + 1, right)


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
