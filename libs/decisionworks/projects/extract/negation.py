"""Says whether a phrase was denied: "no Kubernetes", "without SageMaker", "kein Spark", "personal data: none"."""

from __future__ import annotations

import re

from decisionworks.projects.extract.reading import Reading

_WORDS = r"(?:[\w#'-]{1,24},?\s+){0,3}"
_BEFORE = (
    r"(?:(?<!\w)(?:(?:nobody|no\s+one|noone|niemand|keiner|nadie|ninguém|personne\s+ne|personne\s+n'\w{1,16})(?:\s+\w{1,16})?"
    r"|not(?!\s+only)|without|never|none|neither|nor|avoid(?:ing)?|except|instead\s+of|rather\s+than|zero|free\s+of|"
    r"(?:spare|sell)\s+(?:me|us)|don't\s+sell\s+us|verkauft?\s+uns\s+kein\w{0,2}|épargnez[- ]nous|ne\s+nous\s+vendez"
    r"|ahórren(?:nos|me)|no\s+nos\s+vendan?|poupem?[- ](?:nos|me)|não\s+nos\s+venda\w?|"
    r"don't\s+(?:use|have|want|need|know|like)|do\s+not\s+(?:use|have|want|need|know|like)|isn't|aren't|cannot|can't|"
    r"kein|keine|keinen|keiner|keines|keinem|keinerlei|nicht(?!\s+nur)|ohne|weder|niemals|frei\s+von|"
    r"pas\s+de|pas\s+d'|pas\s+les?|pas|sans|aucun|aucune|jamais|ni|ne\s+contien\w{1,4}\s+(?:pas|aucun\w?)|"
    r"migrat\w{1,24}\s+(?:away\s+)?from|mov(?:e|ing)\s+(?:away\s+)?from|away\s+from|sin|ning[uú]n|ninguna"
    r"|nunca|tampoco"
    r"|nada\s+de|nada|rien\s+de|rien|nichts|nix|nüscht|no\s+(?:hay|usamos|tenemos|queremos|contienen?|incluyen?"
    r"|manejamos|tratamos|son)|nothing\s+(?:about|to\s+do\s+with|on)|nichts\s+(?:über|von|zu)|sem|nenhum|nenhuma"
    r"|não\s+(?:há|temos|usamos|queremos|contém|contêm|tem|têm|envolve\w?|inclui|incluem|são|usar|existem?))(?:\s+"
    r"|(?<=')))"
    rf"{_WORDS}$"
)
_DENIAL = re.compile(_BEFORE)
# In Portuguese “no” means “in the”.
_ENGLISH_NO = re.compile(rf"(?<!\w)no\s+{_WORDS}$")
_AFTER = re.compile(
    r"^\s*(?:[\w-]{1,24}\s+)?(?:is|are|was)?\s*(?:not|never|n't)\s+(?:needed|required|necessary|involved|used|wanted"
    r"|an\s+option|allowed|apply|present|included|stored|touched|contained)|"
    r"^\s*(?:does|do)\s+not\s+apply|^\s*(?:gibt\s+es|haben\s+wir|werden|fallen"
    r"|kommen)\s+(?:\w{1,12}\s+){0,2}?(?:nicht|keine)(?!\w)|"
    r"^\s*(?:besteht|bestehen|liegt|liegen|existier\w{1,2})\s+(?:hier\s+)?(?:nicht|keine?r?)(?!\w)"
    r"|^\s*(?:n'existent?|ne\s+sont)\s+pas(?!\w)|^\s*(?:il\s+n'y\s+en\s+a|nous\s+n'en\s+avons|no\s+los?\s+hay"
    r"|no\s+aparecen?|não\s+há|não\s+aparecem?)(?!\w)"
    r"|^(?:などの[^\s。]{1,8}?)?[^\s。]{0,4}(?:は|が|も|を)?(?:一切|全く)?(?:である必要は(?:ない|なく"
    r"|ありません)|の必要は(?:ない|なく|ありません)|ではなく|でなくて"
    r"|不要|なし|無し|ありません|ない"
    r"|使わない|使いません|なく(?!て(?:は)?(?:なら|いけ|困))"
    r"|[写映]りません|[写映]らない|[写映]っていません|残りません|残らない|出ません|登場しません"
    r"|含まれ?ません|入力しません|入力しない|入れません|保存しません|見ません|含まれ?ない|含まない"
    r"|含みません|含んで(?:い)?(?:ません|ない)|扱いません|扱わない|持ちません|存在しません|対象外)|"
    r"^\s*(?:ist|sind|wird|werden|kommen|fallen)?\s*(?:hier\s+)?(?:nicht|keine)\s*(?:nötig|erforderlich|gewünscht"
    r"|betroffen"
    r"|enthalten|vorhanden|vor|an|dabei|im\s+spiel|verarbeitet|gespeichert)|"
    # “Personal data: none”, as lists and tables have it.
    r"^\s*[?,:=-]+\s*(?:none|no|nil|n/a|nothing|nein|keine?r?|aucune?s?|non|néant|ningun[oa]s?|nada"
    r"|nenhuma?s?|nenhuns|não|なし"
    r"|無し|無)(?=\s*(?:$|[,.;)\n(]))|"
    r"^,?\s*(?:(?:are|is|get|were|being|have\s+been|werden|wurden|sind|sont|están|son|são"
    r"|foram)\s+)?(?:\w{2,24}\s+)?(?:blurred|masked"
    r"|removed|redacted|anonymi[sz]ed|stripped|deleted|cut\s+out|unkenntlich|geschwärzt|anonymisiert|entfernt"
    r"|verpixelt|gelöscht"
    r"|flouté\w{0,3}|anonymisé\w{0,3}|supprimé\w{0,3}|masqué\w{0,3}|difuminad\w{1,3}|anonimizad\w{1,3}"
    r"|eliminad\w{1,3}|borrad\w{1,3}"
    r"|removid\w{1,3}|desfocad\w{1,3}|apagad\w{1,3})(?!\w)|^(?:は|を|が)?(?:すべて)?(?:匿名化|ぼかし|除去|削除|マスク)"
)
# “Nightly batches are no use”, “a managed Kafka is overkill”: what is said of a thing may turn it down.
_TURNED_DOWN = re.compile(
    r"^\s*(?:\w{1,16}\s+){0,2}?(?:(?:is|are|would be)\s+(?:no\s+(?:use|good|help|option)|useless|pointless|too\s+late)"
    r"|won't\s+(?:do|help)|will\s+not\s+(?:do|help)|(?:hilft|helfen|nützt|nützen|taugt|taugen|bringt|bringen)"
    r"\s+(?:uns\s+|hier\s+)?(?:nichts?|wenig)|(?:ne\s+)?(?:nous\s+)?ser(?:t|vent)\s+à\s+rien|ne\s+conviennen?t?\s+pas"
    r"|no\s+(?:nos\s+|me\s+)?(?:sirven?|valen?)|não\s+(?:nos\s+)?(?:servem?|adiantam?))(?!\w)"
    r"|^(?:では|じゃ)(?:意味が|間に合|役に立|足り)"
    r"|^[^.;\n]{0,44}?(?:overkill|sledgehammer|kanonen\s+auf\s+spatzen|mit\s+kanonen|überdimensioniert|usine\s+à\s+gaz"
    r"|surdimensionné|moscas?\s+a\s+cañonazos|desproporcionad|exagerad|matar\s+moscas?|canhão|大げさ|過剰|大袈裟)"
)
# “Not wanted: Kafka, an endpoint that is always on.”
_UNWANTED_LIST = re.compile(
    r"(?:^|[\n.;({,])\s*[\"'*-]*\s?(?:not\s+(?:wanted|desired|needed)|unwanted|no-?gos?|out\s+of\s+scope|excluded|exclusions"
    r"|what\s+(?:i|we)\s+(?:don't|do\s+not)\s+(?:want|need)|nicht\s+(?:gewünscht|gewollt|erwünscht)"
    r"|unerwünscht|ausgeschlossen|was\s+wir\s+nicht\s+(?:wollen|brauchen)|non\s+(?:souhaité|voulu)s?|pas\s+(?:voulu|souhaité)s?"
    r"|exclus|à\s+éviter|ce\s+(?:que\s+nous\s+ne\s+voulons|qu'on\s+ne\s+veut)\s+pas|no\s+deseados?|no\s+queremos|descartad[oa]s?"
    r"|lo\s+que\s+no\s+queremos|não\s+(?:queremos|desejados?)|descartad[oa]s?|o\s+que\s+não\s+queremos|不要|使わないもの|避けたいもの)"
    r"[\"']?\s?[:=]\s*[^.;\n:]{0,120}$"
)
# “BigQuery? No, Redshift.” The answer stands in a sentence of its own.
_ASKED_AND_DENIED = re.compile(r"\s*\?\s*(?:no|nope|nein|non|não|いいえ|いや)(?!\w)")
_CLAUSE_END = re.compile(r"[,:(]\s|\sbut\s|\saber\s|\ssondern\s|\smais\s|\spero\s|\ssino\s|\smas\s")
REACH_CHARS = 48
LIST_CHARS = 170


def is_denied(reading: Reading, start: int, end: int) -> bool:
    """Whether the words just before or after deny what stands between two places."""
    before = reading.before(start, chars=REACH_CHARS)
    # A full clause between the denial and the phrase ends its reach.
    clause = _CLAUSE_END.split(before)[-1]
    if _DENIAL.search(clause) or (reading.language != "pt" and _ENGLISH_NO.search(clause)):
        return True
    if _ASKED_AND_DENIED.match(reading.folded, end) or _is_unwanted(reading, start):
        return True
    after = reading.after(end, chars=REACH_CHARS)
    return bool(_AFTER.search(after)) or bool(_TURNED_DOWN.search(after))


def _is_unwanted(reading: Reading, start: int) -> bool:
    """Whether a place stands in a list of what nobody wants."""
    return _UNWANTED_LIST.search(reading.before(start, chars=LIST_CHARS)) is not None
