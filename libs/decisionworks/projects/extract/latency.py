"""Reads response times, deadlines of batches and queued work, and recovery times."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.clock import find_clock_deadlines
from decisionworks.projects.extract.finding import EXPLICIT, FAIR, STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought

_MS_PER: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"^(?:ms|milli|msec|ミリ)"), 1.0),
    (re.compile(r"^(?:s$|sec|sek|seg|秒)"), 1_000.0),
    (re.compile(r"^(?:m$|min|分)"), 60_000.0),
    (re.compile(r"^(?:h$|hour|hr|std|stunde|heure|hora|時間)"), 3_600_000.0),
    (re.compile(r"^(?:day|tag|jour|día|dia|日)"), 86_400_000.0),
)
_UNIT = (
    r"(?:ms|msec|milliseconds?|millisekunden?|millisecondes?|milisegundos?|milissegundos?|ミリ秒|s|secs?|seconds?"
    r"|sekunden?|secondes?|segundos?|秒|"
    r"mins?|minutes?|minuten?|minutos?|分(?!析|類|布)|h|hrs?|hours?|stunden?|std|heures?|horas?|時間)(?![\w²])"
)
_TIME = re.compile(
    rf"(?P<low>{NUMBER})(?:[^\S\n]?(?P<joint>-|to|bis|à|a|or|oder"
    rf"|ou|o|and|und|et|y|e|~)[^\S\n]?(?P<high>{NUMBER}))?[ -]?(?P<unit>{_UNIT}"
    rf"|(?:ミリ秒|秒|分|時間))"
)
_AND = frozenset({"and", "und", "et", "y", "e"})
_OR = frozenset({"or", "oder", "ou", "o"})
_BETWEEN = re.compile(r"(?:between|zwischen|entre)\s?$")
_QUANTILE = re.compile(
    r"p ?-?(?:50|90|95|99)|percentile|95 ?%|latenc\w{1,24}|response time|antwortzeit\w{0,24}|latenz\w{0,24}"
    r"|temps de réponse|latence|tiempo de respuesta|"
                       r"latencia|tempo de resposta|latência|応答時間|レイテンシ|応答")  # fmt: skip
_BOUND_BEFORE = re.compile(
    r"(?:within|en dessous de|au-dessous de|unterhalb(?: von)?|(?:not|no) longer than|no later than|not later than"
    r"|by at most|spätestens(?: nach)?"
    r"|au plus tard|a más tardar|au bout de|al cabo de|ao fim de"
    r"|(?:\b(?:no|not|never|cannot|can't|nicht|pas|não)\b)[^.;\n]{0,20}\b(?:more than|longer than|mehr als|länger als"
    r"|plus de|más de|mais (?:do que|de))"
    r"|no máximo(?: em)?"
    r"|como (?:máximo|mucho)|darf (?:höchstens )?|en máximo|within, let's say,|let's say,?|under|below|in|between"
    r"|less than|<=?|≤|max(?:imum)?\.?|at most|up to|no more than|faster than"
    r"|not more than|in under|inside|after|binnen|innerhalb"
    r"(?: von)?|unter|höchstens|maximal|weniger als|en moins d[e']|moins d[e']|sous|sous les|dans les|en|au plus"
    r"|en menos de|menos de|dentro de|em até|em menos de|em|"
    r"até|abaixo de|por debajo de|of|is|:|be|takes?)\s?(?:about |around |roughly |etwa |unos |environ |cerca de "
    r"|a |the )?$"
)
_BOUND_AFTER = re.compile(
    r"^\s?(?:p ?9[059]|latenc\w{1,24}|response|(?:at )?(?:the )?p9\d|max\b|or less|or faster"
    r"|(?:or two )?(?:per \w{1,24} )?(?:is|are) (?:ok|okay|fine|enough|good|acceptable)|"
    r"(?:for|pour|für|para) (?:an? |the |each |une? |la |eine? |una? |uma? )?\w{1,24} (?:\w{1,24} ){0,2}?(?:is|are"
    r"|would|will|sind|ist|wäre|est|serait|está|é|seria|sería)\s"
    r"(?:be )?(?:perfectly )?(?:ok|okay|fine|all right|alright|enough|good|acceptable|in ordnung|genug|bien"
    r"|suffisant|aceptable"
    r"|aceitável|bom|suficiente)|"
    r"(?:de délai|d'attente|de retard|de demora|de atraso|wartezeit) (?:convien|suffi|est|sont|va|bast|reich|genüg|é "
    r"|es )\w{0,6}|"
    r"(?:per|pro|par|por) \w{1,24} (?:\w{1,24} ){0,2}?(?:is|are|sind|ist|est|está|é|ok|bon|bom|bien|suffi|basta|reich)"
    r"|(?:is|are|would be|will be) (?:all right|alright|plenty|no problem|the (?:window|limit|time)|our (?:window"
    r"|limit)"
    r"|(?:all|what) we have)|haben wir(?: dafür)?(?!\w)|bleiben uns|nous avons|tenemos|temos para"
    r"|(?:is|are|would be|will do|sind|ist|wäre|wären|est|serait|sont|es|está|están|é|são|seria)?\s?(?:perfectly "
    r"|völlig |tout à fait "
    r"|muito )?(?:ok|okay|fine|enough|good|acceptable|sufficient|in ordnung|akzeptabel|ausreichend|genug"
    r"|acceptable|convien\w{1,24}"
    r"|suffi\w{1,24}|va bien|suficiente|aceptable|bien|aceitável|bom|basta\w{0,3}|tudo bem|reich\w{1,24}|genüg\w{1,24}"
    r"|darf|dürfen)(?!\w)"
    r"|(?:at (?:the )?(?:very )?(?:most|latest)|tops|höchstens|maximal|spätestens|au (?:plus|maximum)|como (?:máximo"
    r"|mucho)"
    r"|no máximo)(?!\w)"
    r"|(?:later|afterwards|danach|später|plus tard|après|después|más tarde|depois|mais tarde)(?![\w-])"
    r"|(?:after|from|following|nach|après|después del?|tras|depois d[eoa]|após)\s"
    r"|(?:wait(?:ing time)?|wartezeit|d'attente|de espera)\s?(?:is|are|sind|ist|est|sont|es|son|é"
    r"|são)?\s?(?:fine|ok|okay|in ordnung|acceptables?|aceptables?|aceitáve\w{1,3}|suffi\w{0,6}|bien|bom)|以内|未満"
    r"|以下|で|ほど|程度|あれば|まで|latencia|latência|latenz|de latence|de latencia|de latência)"
)
_MAY_TAKE = re.compile(
    r"(?:may|can|could|might|is allowed to|darf|dürfen|kann|können|peut|peuvent|puede|pueden|con que|pode"
    r"|podem|if|wenn|falls|si|se)\s(?:\w{1,24}\s){0,3}?"
    r"(?:take|takes|need|needs|wait|tarde|tarda|tardar|esperar|dauern|dauert|brauchen|braucht|warten|prendre|prend"
    r"|durer|dure|attendre"
    r"|demorar|demora|levar|leva|aguardar)\s(?:up to |bis zu |jusqu'à |hasta "
    r"|até |about |etwa )?$"
)
_SOFT_BOUND = re.compile(r"(?:slow is (?:ok|fine)|ok|fine)[, ]+$")
_NOT_A_RESPONSE = re.compile(
    r"(?:every|each|per|window of|windows? |all|alle|toutes les|cada|每|毎|history|retention|keep|kept|runs?"
    r"|takes?|training|train\w{0,24}|(?:clips?|recordings?|videos?|films?|matches"
    r"|calls|aufnahmen|enregistrements|grabaciones|gravações) (?:of|von|à|de)|down(?:time)?|lose|"
    r"(?:ausschnitt|mitschnitt|clip|sequenz)\w{0,2} von (?:je |jeweils )?(?:eine[rm] )?|extraits? d(?:'une|e)"
    r"|(?:fragmentos?|trechos?|cortes?) de(?: un[oa]?| uma?)?|"
    r"loss of|rto|rpo|recover\w{0,24}|restored?|back up|budget|fine-?tun\w{0,24}|uses?|for about"
    r"|last \w{0,24}|offline for|drops? for|next|coming|nächsten?|kommenden?|prochaine?s?|próxim[oa]s?"
    r"|horizon(?: of)?)\s?(?:about |of |at most |up to |"
    r"within |in )?$"
)
# “For the next six hours”, “six hours ahead”: how far a forecast looks.
_AHEAD = re.compile(
    r"^\s?(?:ahead|in advance|im voraus|à l'avance|à venir|suivantes?|siguientes?|seguintes?|(?:of|de) (?:history"
    r"|audio|video|recordings?)|先)"
)
# “60 hours a month” is an amount.
_A_MONTH = re.compile(
    r"^\s?(?:[\w'-]{1,24}\s){0,3}?(?:(?:per|a|each|every|/|im|pro|par|al|por|ao)\s?(?:month|week|monat|woche|mois"
    r"|semaine|mes|semana|mês)(?!\w)|monthly|monatlich|mensuel\w*|mensual\w*|mensa(?:l|is))"
)
_MONTH_BEFORE = re.compile(r"(?:月|毎月|月間|週)(?:に|合計|約)?$")
_ABOUT_RECOVERY = re.compile(
    r"rto|recover\w{0,24}|answering again|again within|(?:up|running|reachable|there|online) again|wieder antwort\w*"
    r"|répond\w* (?:de|à) nouveau|de nuevo (?:en marcha|respond\w+)|de novo|no ar em|back (?:up|in|online)"
    r"|restor\w{1,24}|down(?:time)?\b|disaster|ausfall"
    r"|wiederherstell\w{1,24}|wieder (?:da|oben|verfügbar|online|laufen)"
    r"|back within|rétabl\w{1,24}|reprise|caída|recuper\w{1,24}|restablec\w{1,24}|restabelec\w{1,24}|volver a|voltar"
    r"|panne|復旧|復帰|se cae\b|si cae\b|hay que volver|se cair\b|voltar a(?:o ar)?\b|up again"
)
_ABOUT_LOSS = re.compile(
    r"rpo|lose\b|data loss|lost\b|datenverlust|perte de données|pérdida de datos|perda de dados|データ損失|perder"
    r"|verlier\w{1,24}|verlust|perdre|perdendo|perdiendo|en perdant|verloren|perdues?\b|perdid[oa]s?\b"
)
_LOST_AFTER = re.compile(
    r"^\s?(?:of (?:\w{1,12} )?|an |de |d')?(?:data|transactions|daten\w*|données|datos|dados)[^.;\n]{0,20}?"
    rf"(?:{_ABOUT_LOSS.pattern})|^\s?(?:of (?:\w{{1,12}} )?data loss|datenverlust)"
)
# “Back within 100 ms” is an answer, “back within 15 minutes” is a recovery.
SHORTEST_OUTAGE_MS = 30_000
SHORTEST_LOSS_MS = 1_000
_WORDS: tuple[tuple[str, float, str], ...] = (
    (
    r"sub-?second|less than a second|under a second|unter einer sekunde|moins d'une seconde|menos de un segundo"
    r"|menos de um segundo|1秒未満", 1000,
    "sub-second"),
    (
    r"(?:a )?few seconds|ein paar sekunden|wenige(?:n)? sekunden|quelques secondes|unos (?:pocos )?segundos"
    r"|pocos segundos|alguns segundos|poucos segundos|数秒", 3000,
     "a few seconds"),
    (r"a second or two|one or two seconds", 2000, "a second or two"),
    (
        r"(?<!l')instant(?:ly|aneous\w{0,24})?|sofort|instantané\w{0,24}|instantáne\w{1,24}|"
        r"instantâne\w{1,24}|瞬時",
        100,
        "instant",
    ),
    (r"snappy|flott|réactif", 300, "snappy"),
    (r"few minutes|wenige minuten|quelques minutes|pocos minutos|poucos minutos|数分", 300_000, "a few minutes"),
)  # fmt: skip
_WORD_PATTERNS = tuple((re.compile(rf"(?<!\w)(?:{p})(?!\w)"), value, name) for p, value, name in _WORDS)
_CLOCK = Sought(
    r"(?:ready |done |finished |available |complete[d]? |there )?(?:before|by|until|vor|bis|avant"
    r"|antes de(?: las)?|antes das)\s"
    r"(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d{2}))?\s?(?P<half>am|a\.m\.|pm|p\.m\.|o'clock|in the morning|uhr"
    r"|h(?:eures)?(?!\w)|de la mañana|da manhã|(?<=[:h]\d\d)(?=\s?(?:$|[,.;)]|every|each|daily|sharp|on\b|in\b"
    r"|local|cet|utc)))"
    r"|(?<=um )(?P<de>\d{1,2})(?:[:.]\d\d)? uhr(?= (?:früh |morgens |nachts )?(?:muss|müssen|fertig|soll|bereit))"
    r"|(?:朝|午前|早朝|翌朝|毎朝)(?P<ja>\d{1,2})時(?:まで|前)"
)
_DATA_AT = re.compile(
    r"(?:starts?|begins?|kicks off|beginnt|startet|läuft an|commence|démarre|empieza|comienza|começa|inicia"
    r"|export\w*|arriv\w+|land(?:s|ed)?|available|comes? in|delivered|loaded|uploaded|every (?:evening|night"
    r"|day)|kommen|exportiert"
    r"|arrivent|llegan|chegam)(?: \w+){0,4} (?:at|um|à|a las?|às) "
    r"(?:(?P<hour>\d{1,2})(?::\d\d)?\s?(?P<half>am|a\.m\.|pm|p\.m\.|o'clock|uhr|h(?!\w)"
    r"|(?=and|in the|und|et|y\s|e\s|[,.;]))|midnight|mitternacht|minuit"
    r"|medianoche|meia-noite)"
)
# “From 8 to 18 o'clock” is when people work.
_RANGE_BEFORE = re.compile(r"\d{1,2}(?::\d{2})?\s?(?:uhr|h|am)?\s?$")


_ARTICLE_TIME = re.compile(
    r"(?:in (?=eine[rm] )|within|inside|in under|under|less than|in less than|in (?:about |around "
    r"|roughly )?(?=an? (?:second|minute))"
    r"|binnen|innerhalb|en moins d'|dans l'|en menos de"
    r"|em menos de|dentro de)\s?(?P<n>an?|the|l'|la|eine[rs]?|une?|una?|uma?)?\s?(?P<unit>second|minute|hour|"
    r"sekunde|stunde|seconde|heure|segundo|minuto|hora|day(?! and)|tage?s?|jour(?:née)?|día|dia)(?! or)(?!\w)"
)
# “A second is plenty.”
_ARTICLE_ENOUGH = re.compile(
    r"(?<!\w)(?:an?|one|0{0,40}1|eine?|une?|una?|uma?) (?P<unit>second|minute|sekunde|seconde|segundo"
    r"|minuto)(?= (?:is|are"
    r"|would|will|ist|reicht|genügt|wäre|est|suffit|convient|serait|es|basta|está|é|seria|sería)(?!\w))"
)
_NEXT_DAY = Sought(
    r"(?:may|can|could|by|until|arrive|ready|come|is fine|ok(?:ay)?|enough|there|reicht?|genügt|darf|bis|liegt?"
    r"|spätestens|peu\w+|arriver|pour|avant"
    r"|pueden?|puede llegar|hasta|para|basta|podem?|até|chegar)\s(?:\w{1,16}\s){0,3}?(?:the )?"
    r"(?:next (?:business )?day|following day|(?:am|zum) (?:nächsten|folgenden) tag"
    r"|(?:le )?lendemain|(?:el |al )?día siguiente|(?:o |no |ao )?dia seguinte)(?!\w)"
    r"|翌日(?:まで|に(?:出|届|結果|間に合))"
)


# “It may take a whole day.”
_WHOLE_DAY = Sought(
    r"(?:take|takes|need|needs|have|dauern|dauert|brauchen|braucht|prendre|prend|durer|tardar|tarde|tarda|llevar|levar"
    r"|leva|demorar|demora)\s(?:up to |bis zu |jusqu'à |hasta |até )?(?:an?|one|einen?|une?|un|una|um|uma)?\s?"
    r"(?:whole |full |entire |ganzen? |vollen? )?(?:day|tag|journée|jour|día|dia)(?: entero| inteiro"
    r"| entière| completo"
    r"| completo)?(?!\w)"
    r"|(?:the )?same (?:working )?day(?! delivery)|noch am selben tag|am gleichen tag|dans la journée|le jour même"
    r"|el mismo día|no mesmo dia|1日(?:かか|あれば|で(?:十分|よい|いい))|当日中|その日のうち"
)
# Where somebody waits or is told, a short time is how long that takes.
_WAITED = re.compile(
    r"wait\w*|answer\w*|respon\w*|repl(?:y|ies)|delay\w*|tolera\w*|patien(?:t|ce)(?!s)|back|shows?|shown"
    r"|sees?|alert\w*"
    r"|alarm\w*|messages?|notif\w*|told|tell|nobody minds|enough|fast|quick\w*|slow\w*|result\w*|score\w*|react\w*"
    r"|wart\w*|antwort\w*|rückmeldung|meldung\w*|ergebnis\w*|reicht|reichen|genüg\w*|stör\w*|schnell\w*|zeig\w*|alarm"
    r"|attend\w*|attente|répon\w*|délai\w*|alert\w*|avert\w*|résultat\w*|suffi\w*|gên\w*|rapid\w*|affich\w*"
    r"|esper\w*|respuest\w*|respond\w*|avis\w*|resultado\w*|basta\w*|molest\w*|tard\w*|rápid\w*|muestr\w*"
    r"|respost\w*|demor\w*|incomod\w*|aparec\w*|mostr\w*|待|応答|回答|返|結果|通知|知らせ|表示|判定"
)
_NOT_WAITED = re.compile(
    r"^\s?(?:each|long|apiece|of (?:audio|video|speech|footage|talk|history)|jeweils|lang|chacun\w*|de long|cada un\w*"
    r"|cada|window|clips?|readings?|intervals?|video|audio|steps?|calls?|recordings?|gespräch\w*|ごと|おき"
    r"|毎|の(?:音声|動画"
    r"|通話|録音|映像))"
)


_PART_OF = re.compile(
    r"(?P<part>half an?|halben?|halbe|halber|demi[- ]?|une demi[- ]|media|meia|meio|medio|half|a quarter of an?"
    r"|quarter of an?|viertel"
    r"|un quart d[e']|un cuarto de|um quarto de)[ -]?(?P<unit>second|minute|hour|sekunde|minute|stunde|seconde"
    r"|heure|segundo|minuto"
    r"|hora)s?n?(?!\w)"
)


def find_times(reading: Reading) -> Iterator[Finding]:
    """Response times, deadlines and recovery times. Units: ms, hours and minutes, as each field has it."""
    for match in _TIME.finditer(reading.folded):
        yield from _time(match, reading)
    for match in _ARTICLE_TIME.finditer(reading.folded):
        around = reading.before(match.start(), chars=40) + " " + reading.after(match.end(), chars=20)
        if _ABOUT_RECOVERY.search(around) and to_ms(1, match["unit"]) >= SHORTEST_OUTAGE_MS:
            yield from _recovery(match, to_ms(1, match["unit"]), is_loss=bool(_ABOUT_LOSS.search(around)))
            continue
        yield from _limit(to_ms(1, match["unit"]), match, reason=None, strength=STRONG - 5)
    for match in _ARTICLE_ENOUGH.finditer(reading.folded):
        yield from _limit(to_ms(1, match["unit"]), match, reason=None, strength=STRONG - 5)
    for match in _PART_OF.finditer(reading.folded):
        part = 0.25 if re.search(r"quart|viertel|cuarto|quarto", match["part"]) else 0.5
        if _ABOUT_RECOVERY.search(reading.before(match.start(), chars=30)):
            yield from _recovery(match, to_ms(part, match["unit"]), is_loss=False)
        elif not _NOT_A_RESPONSE.search(reading.before(match.start(), chars=30)):
            yield from _limit(to_ms(part, match["unit"]), match, reason=None, strength=STRONG - 5)
    for match in _WHOLE_DAY.finditer(reading.folded):
        reason = f"“{match.group().strip()}”: a day"
        yield inferred("batch_deadline_hours", 24, match.start(), match.end(), reason=reason, strength=FAIR)
    for pattern, value, name in _WORD_PATTERNS:
        for match in pattern.finditer(reading.folded):
            reason = f"“{match.group()}” is read as {value:g} ms ({name})"
            yield inferred(
                "latency_p95_ms", value, match.start(), match.end(), reason=reason, confidence=0.6, strength=WEAK + 10
            )
    for match in _NEXT_DAY.finditer(reading.folded):
        reason = f"“{match.group().strip()}”: a day"
        yield inferred(
            "batch_deadline_hours", 24, match.start(), match.end(), reason=reason, confidence=0.55, strength=WEAK
        )
    yield from _clock_deadlines(reading)
    yield from find_clock_deadlines(reading)


def to_ms(number: float, unit: str) -> float:
    """A time in milliseconds."""
    for pattern, factor in _MS_PER:
        if pattern.match(unit.strip()):
            return number * factor
    return number


def _time(match: re.Match[str], reading: Reading) -> Iterator[Finding]:
    before = reading.before(match.start(), chars=75)
    is_pair = match["joint"] in _AND and not _BETWEEN.search(before)
    # “Five people and 2 seconds” is no range; “between 2 and 5 seconds” is.
    low = parse_number(match["high" if is_pair else "low"], language=reading.language)
    if low is None:
        return
    value = to_ms(low, match["unit"])
    before = reading.before(match.start("high"), chars=75) if is_pair else before
    after = re.split(r"[,;]| (?:and|und|et|y|e) ", reading.after(match.end(), chars=20))[0]
    around = re.split(r"\d[^\d]{2,}(?: and| und| et| y| e|,) ", before)[-1][-30:] + after
    # “15 minutes of data may be lost”: what is lost stands behind its length.
    is_loss = bool(_ABOUT_LOSS.search(around) or _LOST_AFTER.match(reading.after(match.end(), chars=48)))
    if (value >= SHORTEST_OUTAGE_MS and _ABOUT_RECOVERY.search(around)) or (value >= SHORTEST_LOSS_MS and is_loss):
        yield from _recovery(match, value, is_loss=is_loss)
        return
    strength = _strength(match, reading, before=before, is_short=value < 3_600_000)
    if strength is None:
        return
    reason = None
    if match["high"] and match["joint"] not in _OR and not is_pair:
        reason = f"range “{match.group()}”: the stricter end counts"
    yield from _limit(value, match, reason=reason, strength=strength)


def _limit(value: float, match: re.Match[str], *, reason: str | None, strength: int) -> Iterator[Finding]:
    """Seconds and minutes are a response time, hours and days a deadline."""
    if value < 3_600_000:
        yield stated("latency_p95_ms", _tidy(value), match.start(), match.end(), reason=reason, strength=strength)
    elif value <= 7 * 24 * 3_600_000:
        hours = _tidy(value / 3_600_000)
        yield stated("batch_deadline_hours", hours, match.start(), match.end(), reason=reason, confidence=0.8,
                     strength=strength)  # fmt: skip


def _strength(match: re.Match[str], reading: Reading, *, before: str, is_short: bool) -> int | None:
    after = reading.after(match.end(), chars=44)
    if _A_MONTH.match(after) or _MONTH_BEFORE.search(before):
        return None
    if _AHEAD.match(after) and not _QUANTILE.search(before[-14:] + after[:8]):
        return None
    if _MAY_TAKE.search(before):
        return STRONG if is_short else FAIR
    if _NOT_A_RESPONSE.search(before) and not _QUANTILE.search(before[-14:] + after[:8]):
        return None
    if is_short and (_QUANTILE.search(_since_number(before[-70:])) or _QUANTILE.search(after[:14])):
        return EXPLICIT
    if _BOUND_AFTER.match(after) or _BOUND_BEFORE.search(before):
        return STRONG if is_short else FAIR
    if _SOFT_BOUND.search(before):
        return STRONG - 5
    # A time that stands alone, as in a list of limits.
    is_listed = re.search(r"(?:^|[,;:|(]\s?)$", before) and re.match(r"\s?(?:$|[,;.|)\n])", after)
    if is_short and (match["unit"].startswith("ms") or is_listed):
        return FAIR - 10
    is_waited = _WAITED.search(reading.sentence(match.start()).replace(match.group(), " ")) is not None
    return FAIR - 15 if is_short and is_waited and not _NOT_WAITED.match(after) else None


def _since_number(before: str) -> str:
    """The words since the last number, a quantile's own digits aside."""
    return re.split(r"(?<![p\d])\d+\s?(?:%|ms|s\b|sec\w{0,8}|sek\w{0,8})", before)[-1]


def _recovery(match: re.Match[str], value_ms: float, *, is_loss: bool) -> Iterator[Finding]:
    field = "rpo_minutes" if is_loss else "rto_minutes"
    yield stated(field, _tidy(value_ms / 60_000), match.start(), match.end(), confidence=0.8)


def _clock_deadlines(reading: Reading) -> Iterator[Finding]:
    for match in _CLOCK.finditer(reading.folded):
        if _RANGE_BEFORE.search(reading.before(match.start(), chars=8)):
            continue
        if match["de"]:
            reason = f"“{match.group()}”: counted from midnight, when the day's data is complete"
            yield inferred(
                "batch_deadline_hours", int(match["de"]), match.start(), match.end(), reason=reason, confidence=0.65
            )
            continue
        if match["ja"]:
            reason = f"“{match.group()}”: counted from midnight, when the day's data is complete"
            yield inferred(
                "batch_deadline_hours", int(match["ja"]), match.start(), match.end(), reason=reason, confidence=0.65
            )
            continue
        hour = int(match["hour"]) + (12 if match["half"].startswith("p") and int(match["hour"]) < 12 else 0)
        if not 0 < hour <= 24:
            continue
        hours = hour + (int(match["minute"]) / 60 if match["minute"] else 0)
        begun = _begun_at(reading)
        if begun is not None and 0 < (hours - begun) % 24 < hours + 24:
            hours = (hours - begun) % 24
        since = "from midnight, when the day's data is complete" if begun is None else f"from {begun:g} o'clock"
        reason = f"“{match.group().strip()}”: counted {since}"
        yield inferred("batch_deadline_hours", _tidy(hours), match.start(), match.end(), reason=reason, confidence=0.65)


def _begun_at(reading: Reading) -> float | None:
    """The hour at which the data are there, where it is said."""
    match = _DATA_AT.search(reading.folded)
    if match is None:
        return None
    if match["hour"] is None:
        return 0.0
    late = (match["half"] or "").startswith("p") and int(match["hour"]) < 12
    return int(match["hour"]) + (12.0 if late else 0.0)


def _tidy(value: float) -> int | float:
    rounded = round(value, 3)
    return int(rounded) if float(rounded).is_integer() else rounded
