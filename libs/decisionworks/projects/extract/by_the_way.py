"""Drops what words say only by the way: a night in which the service sleeps, a sign of wear beside a named purpose."""

from __future__ import annotations

import re
from dataclasses import replace

from decisionworks.projects.extract.finding import STRONG, WEAK, Finding
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.extract.word_groups import group_pattern
from decisionworks.projects.model import ValueState

_SWITCHED_OFF = Sought(
    r"\b(?:switch\w*|turn\w*|shut\w*|power\w*) (?:it |them |everything )?(?:off|down)\b|\b(?:abgeschaltet"
    r"|ausgeschaltet"
    r"|abgestellt|heruntergefahren|abschalten|ausschalten)\b|\b(?:éteint\w*|éteign\w+|mis\w? hors (?:tension"
    r"|service))\b"
    r"|\b(?:apag(?:a|an|ar|ado|ada|ados|adas|amos)|deslig(?:a|am|ar|ado|ada|ados|adas|amos))\b"
    r"|シャットダウン|停止し|止め(?:る|ます)"
)
_AVAILABLE = re.compile(
    r"availab|uptime|reachable|always on|verfügbar|erreichbar|immer an\b|closed|geschlossen|fermé\w?"
    r"|cerrad\w+|fechad\w+|disponib|dispon[ií]|joignable"
    r"|可用性|稼働率|利用でき"
)
_LOADS = re.compile(
    r"\b(?:synchroni\w+|sync(?:s|ed)?|refresh\w*|reload\w*|re-?index\w*|mirror\w*|ingest\w*|import(?:s|ed)?|loaded"
    r"|updated?|abgeglichen|abgleich\w*|eingespielt|nachgeladen|aktualisier\w+|importier\w*|synchronisé\w*"
    r"|mis\w* à jour|mise à jour|actualis\w+|import(?:é|e)\w*|sincroniz\w+|actualiz\w+|atualiz\w+|carga\w*"
    r"|renew(?:s|ed)|renuev\w+|renovad\w+|renouvel\w+|erneuert"
    r"|added|hinzu\w*|dazu|ajout\w+|añad\w+|acrescent\w+|adicionad\w+"
    r"|fraicheur|fraîcheur|frescura|freshness)\b|同期|更新|取り込|追加"
)
_RECOVERS = re.compile(
    r"\b(?:disaster|recover\w*|fail-?over|restor\w+|rto|outage|wiederherst\w+|ausfall\w*|notfall\w*|katastroph\w*"
    r"|sinistre\w*|reprise|restaur\w+|panne|desastre\w*|recuper\w+|restablec\w+|restabelec\w+|queda)\b"
    r"|復旧|災害|障害時"
)
_GOES_IN = re.compile(
    r"\b(?:inputs?|feeds?|incoming|features?|eingang\w*|eingaben?|eingehend\w*|merkmale?|entrées?|alimenté\w*|entradas?"
    r"|alimentad\w+)\b|入力|特徴量"
)
_HOURS = re.compile(r"hour|stünd|stund|heure|horair|hora\b|horári|毎時|時間")
_DAYS = re.compile(
    r"night|da(?:y|ily)|nacht|nächt|täg|tag\b|abend|nuit|jour|quotid|soir|noche|día|diari|noite|dia\b|毎日|毎晩|夜|日次"
)
_NAMES_RUNS = re.compile(r"batch|stapel|lotes?\b|lots?\b|バッチ|nachtlauf|run\b")
_ONLY_HOURS = re.compile(
    r"\W*(?:only |just |mostly |mainly |nur |zu |zu den |während der |uniquement |seulement |pendant les |aux |solo "
    r"|sólo "
    r"|en |durante (?:el |o )?|só |apenas |somente |em )*"
    r"(?:(?:office|business|working|opening) hours|bürozeiten|geschäftszeiten|öffnungszeiten|arbeitszeit(?:en)?"
    r"|heures (?:de bureau|ouvrées|ouvrables|d'ouverture)|horario (?:de oficina|laboral|comercial|de apertura)"
    r"|horário (?:comercial|de expediente|de trabalho)|(?:営業|業務|勤務)時間(?:内|中)?)(?: only)?\W*(?:のみ|だけ)?"
)
# “900 questions a day, office hours only”: the hours belong to the traffic.
_RATE_BEFORE = re.compile(
    r"\d[\d.,]*\s?(?:[\w'-]+ ){0,4}(?:a|an|per|each|pro|am|par|al|por|ao|a la|à la|die|/) ?(?:day|hour|week|tag"
    r"|stunde|woche|jour"
    r"|heure|semaine|día|hora|semana|dia)\b[^.;\n]{0,24}$|(?:1日|毎日|一日)[^。\n]{0,24}$"
)
_AT_ONCE = re.compile(r"リアルタイム|即時|real-?time|echtzeit|temps réel|tiempo real|tempo real")
# What is measured on machines; the purpose is named by other words.
_SIGN_OF_WEAR = re.compile(
    r"vibra\w*|schwingung\w*|振動|turbin\w*|éoliennes?|windr\w+|desgaste|usure|verschleiß\w*|wear|設備保全"
)
_FROM_DAY_TO_DAY = re.compile(
    r"from one day to the next|von einem tag auf den anderen|du jour au lendemain|de un día para otro"
    r"|de um dia para o outro|(?:(?:by|until|for|on) )?(?:the )?(?:next|same|following) (?:day|morning)"
    r"|(?:bis zum|am|noch am|zum) (?:nächsten|selben|folgenden|gleichen) (?:tag|morgen)"
    r"|(?:pour |avant )?le (?:lendemain|jour même)|dans la journée|pour le lendemain(?: matin)?"
    r"|(?:al|el|para el) (?:día siguiente|mismo día)|(?:no|para o) (?:dia seguinte|mesmo dia)"
    r"|翌日(?:まで)?|当日中|同日中"
)
_FILMED_OR_HEARD = frozenset({"video", "audio"})
_QUEUED_USES = frozenset({"speech_to_text", "document_processing", "video_analytics"})
_VENDORS = re.compile(
    r"(?:llm|language models?|claude|openai|gpt\S{0,4}|gemini|bedrock|sprachmodell\w{0,2}|modèle de langage"
    r"|modelo de lenguaje"
    r"|modelo de linguagem|言語モデル|モデル|生成ai)[\s-]*(?:の)?$"
)
_TABLE_OF = re.compile(
    r"(?<!\w)(?:tables?|spreadsheets?|tabellen?|tableaux?|tablas?|tabelas?|planilhas?|columns|spalten|columnas|colunas"
    r"|colonnes|表)(?!\w)[^.;()]{0,60}\([^()]{0,80}$"
)
_A_SECOND = re.compile(
    r"(?:per|a|each|pro|in der|par|por|à la|al) (?:second|sekunde|seconde|segundo)|/s\b|\b[rtq]ps\b|毎秒"
)
# Who speaks of failures wants them foreseen, whatever the score is called.
_BREAKS = re.compile(
    r"\b(?:fail(?:s|ed|ures?)|break ?downs?|ausf(?:all|äll)\w*|defekt\w*|pannes?|défaillan\w+|fallos?|averías?"
    r"|falhas?|quebras?)\b"
    r"|故障"
)
_CALLED = re.compile(r"\bapi\b|endpoint|request|anfrage|requête|petici|requisi|server|cloud|リクエスト")
_OWN_ROOMS = re.compile(
    r"data ?cent|rechenzentr|servers?|servidor|serveur|centre de données|on[- ]prem|オンプレ|サーバ"
)


_LOT = re.compile(r"(?<!\w)(?:a|the|each|every|any|this|bad|of|whole|per|which)\s$")
_ALREADY = re.compile(r"(?:already|bereits|schon|déjà|ya|já|既に|すでに)\s?(?:been )?$")
_BY_HAND = re.compile(
    r"(?:writ|draft|answer|translat|summari|schreib|verfass|beantwort|übersetz|écri|rédig|répond|tradui|escrib|redact"
    r"|respond|traduc|escrev|redig|traduz)\w*"
)
_SOMEBODY = re.compile(
    r"(?:^|\s)(?:i|we|he|she|they|who|ich|wir|er|man|je|nous|on|ils|elles|yo|él|ella|ellos|eu|nós|ele|ela|eles)"
    r"(?: (?:then|still|usually|always|often|dann|immer|puis|toujours|luego|siempre|depois|sempre))?\s$"
)
SHORT_SENTENCE = 45
# Longer than this nobody looks at the screen for an answer. Units: ms.
LONGEST_WAIT_MS = 10_000
# A sentence that only adds to the one before. Units: characters.
LONGEST_RIDER = 80
_MONEY = re.compile(
    r"[$€£¥]|\b(?:usd|eur|gbp|chf|brl|jpy|mxn|dollars?|d[oó]lar\w*|bucks|euros?|pounds?|quid|reais|real|francs?|francos|franken"
    r"|pesos|yen|cents?|centimes?|céntimos?|cêntimos?|centavos?|rappen|budget\w*|presupuest\w+|orçament\w+|kosten\w*"
    r"|kostet|cost\w*|cout\w*|coût\w*|cust[oa]\w*|spend\w*|money|funds?|geld|argent|diner\w*|dinheiro|dépens\w*"
    r"|gast\w*|ausgaben|ausgeben|grant|invoice|bill|rechnung|facture|factura|fatura|price|preis|prix|precio|preço"
    r"|financ\w*|finanz\w*|cfo|\d+ ?k)\b|円|ドル|予算|費用|コスト|料金|金額"
)
_OF_ANOTHER_NUMBER = re.compile(
    r"^\s?(?:of |de |von )?\d[\d.,' ]{0,16}\s?(?!usd|eur|gbp|chf|brl|d[oó]lar|dollar|euro|pound"
    r"|bucks|reais|franc|franken|franco|peso|yen|mil\b|k\b|円|万円|ドル|tausend|mille|thousand)[^\W\d]"
)
_CADENCE = re.compile(
    r"(?:nachts|nachts über|in der nacht|über nacht|nacht|at night|overnight|in the night|de nuit|la nuit|dans la nuit"
    r"|de noche|por la noche|à noite|de madrugada|夜間?に?|毎晩|夜|hourly|stündlich|nightly"
    r"|(?:am|jedes) wochenende|at (?:the )?weekends?|le week-?end|(?:los|el) fin(?:es)? de semana"
    r"|(?:aos|nos) fins de semana"
    r"|(?:every|each|jede[nrs]?|chaque|cada|toda) (?:night|day|week|month|nacht|tag|woche|monat|nuit|jour|semaine|mois"
    r"|noche|día|semana|mes|noite|dia)|(?:once|einmal|une fois|una vez|uma vez) (?:a|per|am|im|pro|die|par"
    r"|al|por) \w+)"
)
_WORK = re.compile(
    r"scor|predict|forecast|calculat|comput|list|report|result|job|process|export|ready|rank|classif|sort|check|analy"
    r"|estimat|vorhersag|prognos|berechn|rechn|list|bericht|ergebnis|lauf|verarbeit|fertig|sortier|prüf|schätz|auswert"
    r"|prévo|prévi|prédi|calcul|rapport|résultat|trait|prêt|class|vérif|estim|analys|note"
    r"|predec|pronost|previ|informe|resultado|proces|list[ao]|clasific|revis|analiz|puntu|nota"
    r"|prever|relatório|pront[ao]|classific|avali|予測|計算|集計|一覧|リスト|結果|処理|判定|分類|評価|推定"
    r"|レポート|報告|スコア|作成|作り|作る|つくり|つくる|計画|表を"
)


def without_by_the_way(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """The findings whose words are about the thing itself."""
    modes = {str(item) for one in findings if one.field == "inference_mode" for item in _items(one)}
    uses = {str(one.value) for one in findings if one.field == "use_case_type"}
    kinds = {item for one in findings if one.field == "data_types" for item in _items(one)} if not uses else set()
    dropped = {
        id(one)
        for one in findings
        if _is_asleep(one, reading=reading)
        or _is_of_availability(one, reading=reading)
        or _is_of_recovery(one, reading=reading)
        or _is_of_no_money(one, findings, reading=reading)
        or _is_when_asked(one, reading=reading)
        or _is_of_a_vendor(one, reading=reading)
        or _is_done_by_people(one, reading=reading)
        or _is_a_column(one, reading=reading)
        or _is_done_before(one, reading=reading)
        or (_is_a_lot(one, reading=reading) and any(two.field == "stream_events_per_sec" for two in findings))
        or _is_on_device(one, findings, reading=reading)
        or _is_when_busy(one, reading=reading)
        or (_is_only_due(one, reading=reading) and (uses & _QUEUED_USES or kinds & _FILMED_OR_HEARD))
        or (_only_denies_haste(one, reading=reading) and "batch" in modes)
    }
    is_asked = _is_asked_for(findings)
    is_called = any(one.field.startswith("throughput_rps") for one in findings)
    is_waited_for = any(_is_short_wait(one) for one in findings)
    kept = []
    for one in findings:
        if is_waited_for and _is_bare_cadence(one, reading=reading):
            # “150 more come each week; whoever looks for one sees it within a second”: what comes in is no run.
            continue
        if is_asked and _is_of_loading(one, reading=reading):
            kept.extend(_how_often_loaded(one, reading=reading))
        elif is_called and _is_of_input(one, reading=reading):
            kept.append(replace(one, field="data_velocity", value="streaming"))
        elif id(one) not in dropped:
            kept.append(_weakened(one, reading=reading))
    return _without_denial_of_public(_without_signs_of_wear(kept, reading=reading))


def _is_short_wait(finding: Finding) -> bool:
    is_time = finding.field == "latency_p95_ms" and isinstance(finding.value, int | float)
    return is_time and finding.strength >= STRONG and float(str(finding.value)) <= LONGEST_WAIT_MS


def _weakened(finding: Finding, *, reading: Reading) -> Finding:
    """No haste is no queue yet, and a night in which nothing is worked out is no run yet."""
    if _only_denies_haste(finding, reading=reading) or _is_bare_cadence(finding, reading=reading):
        return replace(finding, strength=min(finding.strength, WEAK + 4), state=ValueState.INFERRED, confidence=0.5)
    return finding


def _is_bare_cadence(finding: Finding, *, reading: Reading) -> bool:
    """“Früher habe ich nachts nachgeschaut”: a time of day in a sentence of some length that speaks of no result."""
    if finding.field != "inference_mode" or _items(finding) != ["batch"] or finding.strength > STRONG:
        return False
    words, sentence = reading.folded[finding.start : finding.end].strip(), reading.sentence(finding.start)
    if len(sentence) < SHORT_SENTENCE or not _CADENCE.fullmatch(words):
        return False
    groups = (group_pattern(name, reading.language) for name in ("decision", "calls", "batch"))
    rest = sentence.replace(words, " ")
    return not _WORK.search(rest) and not any(one is not None and one.search(rest) for one in groups)


def _is_when_busy(finding: Finding, *, reading: Reading) -> bool:
    """“12 calls a second, 45 at night”: the night goes with a rate."""
    if finding.field not in ("inference_mode", "data_velocity") or "streaming" in _items(finding):
        return False
    is_bare = re.search(r"\d\s?$", reading.before(finding.start, chars=6)) is not None
    return is_bare and _A_SECOND.search(reading.sentence(finding.start)) is not None


def _is_only_due(finding: Finding, *, reading: Reading) -> bool:
    """“From one day to the next” tells when a recording is due, and of no run over all of them."""
    words = reading.folded[finding.start : finding.end]
    return finding.field == "inference_mode" and _FROM_DAY_TO_DAY.fullmatch(words) is not None


def _is_asleep(finding: Finding, *, reading: Reading) -> bool:
    """“It is switched off every night” speaks of no nightly run."""
    is_of_time = finding.field == "data_velocity" or (
        finding.field == "inference_mode" and _items(finding) == ["batch"]
    )
    if not is_of_time or _NAMES_RUNS.search(reading.folded[finding.start : finding.end]):
        return False
    return _SWITCHED_OFF.search(reading.sentence(finding.start)) is not None


def _is_of_availability(finding: Finding, *, reading: Reading) -> bool:
    """“Available at night and at the weekend too” speaks of no nightly run."""
    if finding.field != "inference_mode" or _items(finding) != ["batch"]:
        return False
    words, sentence = reading.folded[finding.start : finding.end].strip(), reading.sentence(finding.start)
    is_time = _CADENCE.fullmatch(words) is not None
    return is_time and _AVAILABLE.search(sentence) is not None and not _WORK.search(sentence)


def _is_of_recovery(finding: Finding, *, reading: Reading) -> bool:
    """“Back within 30 minutes of a disaster” speaks of no queue."""
    is_queue = finding.field == "inference_mode" and _items(finding) == ["async"]
    return is_queue and _RECOVERS.search(reading.sentence(finding.start)) is not None


def _is_of_no_money(finding: Finding, findings: list[Finding], *, reading: Reading) -> bool:
    """“At most 800 ms”, “no exceptions”: how hard something is that is no budget."""
    if finding.field != "budget_hardness" or _MONEY.search(reading.folded[finding.start : finding.end]):
        return False
    if _OF_ANOTHER_NUMBER.match(reading.after(finding.end, chars=32)):
        return True
    start, end = reading.sentence_at(finding.start)
    if start and end - start <= LONGEST_RIDER:
        # “Not a yen more.” stands after the sum.
        start = reading.sentence_at(start - 1)[0]
    is_told = any(one.field == "budget_usd_month" and start <= one.start < end for one in findings)
    return not is_told and not _MONEY.search(reading.folded, start, end)


def _is_of_input(finding: Finding, *, reading: Reading) -> bool:
    """“Inputs: counts from the doors, as a stream” is what goes in; calls a second tell how it is asked for."""
    is_stream = finding.field == "inference_mode" and _items(finding) == ["streaming"]
    return is_stream and _GOES_IN.search(reading.sentence(finding.start)) is not None


def _is_of_loading(finding: Finding, *, reading: Reading) -> bool:
    """“The library is synchronised every night” tells when data come, and of no run over them."""
    if finding.field != "inference_mode" or _items(finding) != ["batch"]:
        return False
    words, sentence = reading.folded[finding.start : finding.end], reading.sentence(finding.start)
    if _NAMES_RUNS.search(words) or _WORK.search(words):
        return False
    loads = _LOADS.search(sentence)
    return loads is not None and not _WORK.search(sentence.replace(loads.group(), " "))


def _how_often_loaded(finding: Finding, *, reading: Reading) -> list[Finding]:
    words = reading.folded[finding.start : finding.end]
    pace = "hourly" if _HOURS.search(words) else "daily" if _DAYS.search(words) else None
    return [] if pace is None else [replace(finding, field="data_velocity", value=pace)]


def _is_asked_for(findings: list[Finding]) -> bool:
    """Whether something else tells that somebody asks and waits."""
    return any(
        one.field in ("latency_p95_ms", "throughput_rps_avg", "throughput_rps_peak")
        or (one.field == "inference_mode" and "batch" not in _items(one))
        for one in findings
    )


def _is_when_asked(finding: Finding, *, reading: Reading) -> bool:
    if finding.field != "ops_coverage" or finding.value != "business_hours":
        return False
    if not _ONLY_HOURS.fullmatch(reading.folded[finding.start : finding.end]):
        return False
    return _RATE_BEFORE.search(reading.before(finding.start, chars=80)) is not None


def _is_of_a_vendor(finding: Finding, *, reading: Reading) -> bool:
    """The API of a language model is what is called, and says nothing about when."""
    words = reading.folded[finding.start : finding.end]
    if finding.field != "inference_mode" or _items(finding) != ["real_time"] or not words.endswith("api"):
        return False
    return _VENDORS.search(reading.before(finding.end - len("api"), chars=24)) is not None


def _is_done_by_people(finding: Finding, *, reading: Reading) -> bool:
    """“Before I write the letters”: what somebody writes is not what the system writes."""
    if finding.value != "llm_generation" or not _BY_HAND.match(reading.folded, finding.start):
        return False
    return _SOMEBODY.search(reading.before(finding.start, chars=24)) is not None


def _is_a_lot(finding: Finding, *, reading: Reading) -> bool:
    """“A batch going rancid” is a lot of goods and no run."""
    if finding.field != "inference_mode" or _items(finding) != ["batch"]:
        return False
    is_named = re.fullmatch(r"batch(?:es)?", reading.folded[finding.start : finding.end].strip()) is not None
    return is_named and _LOT.search(reading.before(finding.start, chars=10)) is not None


def _is_done_before(finding: Finding, *, reading: Reading) -> bool:
    """“The call, already transcribed”: what was done before is not what the system is for."""
    return finding.value == "speech_to_text" and _ALREADY.search(reading.before(finding.start, chars=16)) is not None


def _is_a_column(finding: Finding, *, reading: Reading) -> bool:
    """“A table of values (fat, protein, temperature)”: in the brackets stand its columns."""
    if finding.field != "data_types" or _items(finding) == ["tabular"]:
        return False
    return _TABLE_OF.search(reading.before(finding.start, chars=160)) is not None


def _is_on_device(finding: Finding, findings: list[Finding], *, reading: Reading) -> bool:
    """“On the computer of each crane, not in the cloud” is about the device; what it reports to may be a cloud."""
    if finding.field != "cloud" or finding.value != "on_prem":
        return False
    if _OWN_ROOMS.search(reading.folded[finding.start : finding.end]):
        return False
    start, end = reading.sentence_at(finding.start)
    return any(one.field == "inference_mode" and "edge" in _items(one) and start <= one.start < end for one in findings)


def _only_denies_haste(finding: Finding, *, reading: Reading) -> bool:
    """“It need not be in real time” where runs are spoken of: no queue follows."""
    if finding.field != "inference_mode" or _items(finding) != ["async"]:
        return False
    return _AT_ONCE.search(reading.folded[finding.start : finding.end]) is not None


def _without_signs_of_wear(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """Where anomalies are named as what to find, vibration is what is measured and no purpose of its own."""
    uses = [one for one in findings if one.field == "use_case_type"]
    if not any(one.value == "anomaly_detection" for one in uses) or _BREAKS.search(reading.folded):
        return findings
    wear = [one for one in uses if one.value == "predictive_maintenance"]
    if not all(_SIGN_OF_WEAR.fullmatch(reading.folded[one.start : one.end].strip()) for one in wear):
        return findings
    return [one for one in findings if one not in wear]


def _without_denial_of_public(findings: list[Finding]) -> list[Finding]:
    """“All of it is public, nothing personal”: what is public is not internal as well."""
    kinds = [one for one in findings if one.field == "data_sensitivity"]
    is_public = any(one.value == "public" and one.state is ValueState.STATED for one in kinds)
    if not is_public or any(one.value in ("pii", "phi", "pci") and one.strength >= STRONG for one in kinds):
        return findings
    return [
        one
        for one in findings
        if not (one.field == "data_sensitivity" and one.value == "internal" and one.state is ValueState.INFERRED)
    ]


def without_haste_on_devices(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """What runs on a device answers at once by itself; calls a second or an API are told apart from it."""
    modes = [one for one in findings if one.field == "inference_mode"]
    is_edge = any("edge" in _items(one) and one.strength >= STRONG for one in modes)
    if not is_edge or any(one.field.startswith("throughput_rps") for one in findings):
        return findings
    return [
        one
        for one in findings
        if one.field != "inference_mode"
        or _items(one) != ["real_time"]
        or _CALLED.search(reading.folded[one.start : one.end])
    ]


def _items(finding: Finding) -> list[str]:
    return finding.value if isinstance(finding.value, list) else [str(finding.value)]
