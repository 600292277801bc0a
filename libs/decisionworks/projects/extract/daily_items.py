"""Reads what comes by the day, the hour or the minute: questions to a model, or an average rate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import FAIR, STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.numbers import COUNT, DIGITS, NUMBER, parse_number
from decisionworks.projects.extract.per_person import people_behind, shifts_a_day
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.scale import ARTICLES, PEAK, tidy
from decisionworks.projects.extract.sieve import Sought

# Below this a service stands idle nearly all the time. Units: requests/day.
RARE_PER_DAY = 200
_PER_LONG = (
    (
        86_400.0,
        r"on an? (?:\w{1,12} )?day(?!\w)|(?:per|a|each|every|/|pro|am|par|al|por|ao|cada)\s?(?:day|tag|jour|día"
        r"|dia)(?!\w)|daily|täglich"
        r"|diari\w{1,24}|(?:/|１?一?)日|毎日|1日",
    ),
    (
        3_600.0,
        r"(?:per|an|a|each|every|/|pro|in der|je|par|por|la|cada)\s?(?:hour|stunde|heure|hora)(?!\w)|hourly|stündlich"
        r"|時間あたり|/時間?|毎時|[1１一]時間(?:あたり|に)",
    ),
    (
        60.0,
        r"(?:per|a|each|every|/|pro|in der|je|par|por|cada)\s?(?:minute|min|minuto)(?!\w)|毎分|/分"
        r"|[1１一]分(?:あたり|間?に)",
    ),
    # One shift a day, unless more are told.
    (86_400.0, r"(?:per|a|each|every|pro|je|par|por|cada)\s?(?:shift|schicht|poste|turno)(?!\w)"),
)
_ITEMS = re.compile(
    rf"(?P<n>{COUNT})\s(?P<what>(?:[\w'-]{{1,24}}(?:\s|(?=/))){{0,4}}?)(?P<per>"
    + "|".join(p for _, p in _PER_LONG)
    + ")"
)
# “30,000 generations a night” is what a model is asked for, and no rate of calls.
_NIGHTLY = Sought(
    rf"(?P<n>{NUMBER})\s(?P<what>(?:[\w'-]{{1,24}}\s){{1,4}}?)(?:(?:per|an?|each|every|pro|jede|in der|par"
    rf"|por|cada|chaque|à)\s(?:night|nacht|nuit|noche|noite)|nightly|overnight)(?!\w)|(?:毎晩|一晩に)(?:約|およそ)?(?P<k>{DIGITS})\s?(?P<ja>[件回本])"
)
# “9,000 receipts a month”: what a model reads or writes comes by the month as well.
_MONTHLY = re.compile(
    rf"(?P<n>{NUMBER})\s(?P<what>(?:[\w'-]{{1,24}}\s){{1,4}}?)(?:(?:per|an?|each|every|im|pro|in der|die|par|al"
    rf"|a la|por|ao|na|cada"
    r"|chaque)\s(?P<unit>month|monat|mois|mes|mês|week|woche|semaine|semana)|monthly|monatlich|mensuels?"
    r"|mensual(?:es)?|mensais)(?!\w)"
    rf"|(?:月に?|毎月|月間)(?:約|およそ)?(?P<k>{DIGITS})\s?(?P<ja>[件枚通本冊]|ページ)"
)
_WEEK = frozenset(("week", "woche", "semaine", "semana"))
_PAPERS = re.compile(
    r"receipts?|invoices?|documents?|pages?|letters?|forms?|contracts?|reports?|scans?|pdfs?|claims?|e-?mails?|texts?"
    r"|belege?n?|rechnungen|dokumente?n?|seiten|briefe?n?|formulare?n?|verträge?n?|berichte?n?|schreiben|texte?n?"
    r"|factures?|reçus?|courriers?|lettres?|formulaires?|contrats?|rapports?|textes?|facturas?|recibos?|documentos?"
    r"|páginas?|cartas?|formularios?|contratos?|informes?|textos?|faturas?|notas fiscais|formulários?|relatórios?"
    r"|[件枚通本冊]|ページ"
)
_ITEMS_JA = re.compile(
    rf"(?:1日(?:あたり|に)?|毎日|一日)(?:約|およそ|最大|だいたい|大体|ざっと|ほぼ)?(?P<n>{DIGITS})\s?(?P<what>[件回枚通人])"
)
_OFTEN_JA = re.compile(
    rf"(?P<per>毎分|[1１一]分(?:あたり|間?に)|毎時|[1１一]時間(?:あたり|に))(?:約|およそ|最大|だいたい|大体|ざっと)?(?P<n>{DIGITS})\s?"
    r"(?P<what>[件回枚通人])"
)
_ITEMS_BEFORE = re.compile(
    r"(?:täglich|pro tag|am tag|daily|every day|each day|chaque jour|par jour|al día|cada día|diariamente"
    r"|todos los días|por dia|todos os dias|todo dia|cada dia)"
    r"\s(?:(?:landen|kommen|gibt es|sind es|arrivent|llegan|entran|chegam"
    r"|entram|come"
    r"|arrive) ){0,1}(?:grob |im schnitt )?"
    rf"(?:about |around |some |roughly |ungefähr |etwa |rund |um die |so um die |ca\.? |environ |dans les |unos |unas "
    rf"|cerca de |umas |uns )?(?P<n>{NUMBER})(?:\s(?P<what>[\w'-]{{2,24}})|(?=\s?[.;)]|\s?$))"
)
# “Questions per day | 500”: a row of a table, or a line of a list.
_ITEMS_ROW = re.compile(
    rf"(?:^|[\n,{{(;])\s{{0,8}}[\"'-]?\s?(?P<what>(?:[\w'-]{{1,20}}\s){{1,4}}?)(?P<per>{_PER_LONG[0][1]})"
    rf"[\"']?\s{{0,12}}[:=,]\s{{0,12}}[\"']?(?:about |around |rund |etwa |environ |unos |unas |cerca de |umas )?"
    rf"(?P<n>{NUMBER})"
    r"(?=[\"']?\s{0,12}(?:[,;.(\n}]|$))"
)
_LLM_ITEM = re.compile(
    r"questions?|sessions?|requests?|queries|prompts?|calls?|conversations?|chats?|messages?|suggestions?|repl(?:y"
    r"|ies)|answers?|drafts?|summaries|completions?|generations?|turns?"
    r"|vorschläge|antworten|entwürfe|réponses|brouillons|respuestas|borradores|respostas|rascunhos|fragen|anfragen"
    r"|questions"
    r"|requêtes|demandes|preguntas|consultas|peticiones|perguntas|件|回"
)
# Calls and messages may go to any service; these go to something that answers.
_ASKED = re.compile(r"questions?|prompts?|conversations?|chats?|fragen|preguntas|consultas|perguntas|件|回")
_NOT_TRAFFIC = re.compile(
    r"veces|vezes|fois|mal$|hours?|horas|heures|stunden|gb|tb|mb|dollars?|usd|eur|minutes?|seconds?|times?|employees|users?$"
    r"|documents? (?:added|change)"
)


def find_daily_items(reading: Reading) -> Iterator[Finding]:
    """Things that come per day, hour or minute: LLM requests, or an average rate. Units: requests/day, requests/s."""
    for pattern in (_ITEMS, _ITEMS_JA, _OFTEN_JA, _ITEMS_BEFORE, _ITEMS_ROW):
        for match in pattern.finditer(reading.folded):
            what = (match["what"] or "").strip()
            number = parse_number(match["n"], language=reading.language)
            if (
                number is None
                or match["n"] in ARTICLES
                or (number == 1 and what == "回")
                or _NOT_TRAFFIC.search(what)
                or re.search(r"[$€£¥]\s?$", reading.before(match.start(), chars=3))
            ):
                continue
            seconds = _seconds(match["per"]) if "per" in match.groupdict() else 86_400.0
            after = re.split(r"[,;.(]", reading.after(match.end(), chars=24))[0]
            is_peak = bool(PEAK.search(after) or PEAK.search(reading.before(match.start(), chars=12)))
            number *= people_behind(match, reading) or shifts_a_day(match, reading)
            yield from _daily(match, number * 86_400.0 / seconds, what=what, is_peak=is_peak)


def find_nightly_calls(reading: Reading) -> Iterator[Finding]:
    """Texts that a language model writes or reads in a night's run. Units: requests/day."""
    for match in _NIGHTLY.finditer(reading.folded):
        what = (match["what"] or match["ja"]).strip()
        number = parse_number(match["n"] or match["k"], language=reading.language)
        if number is None or match["n"] in ARTICLES or _NOT_TRAFFIC.search(what):
            continue
        strength = WEAK if _LLM_ITEM.search(what) else WEAK - 5
        yield stated(
            "llm_requests_per_day", tidy(number), match.start(), match.end(), confidence=0.8, strength=strength
        )


def find_monthly_papers(reading: Reading) -> Iterator[Finding]:
    """Papers and texts that come by the month or week, where a model reads or writes each. Units: requests/day."""
    for match in _MONTHLY.finditer(reading.folded):
        what = (match["what"] or match["ja"]).strip()
        number = parse_number(match["n"] or match["k"], language=reading.language)
        if number is None or match["n"] in ARTICLES or _NOT_TRAFFIC.search(what):
            continue
        is_asked = match["n"] is not None and _ASKED.search(what) is not None
        if not is_asked and not _PAPERS.search(what):
            continue
        days = 7.0 if match["unit"] in _WEEK else 30.4
        reason = f"“{match.group().strip()}” on average"
        yield inferred(
            "llm_requests_per_day", tidy(number / days), match.start(), match.end(), reason=reason, confidence=0.65,
            strength=FAIR if is_asked else WEAK - 5,
        )  # fmt: skip


def _daily(match: re.Match[str], per_day: float, *, what: str, is_peak: bool) -> Iterator[Finding]:
    rate = per_day / 86_400.0
    # Essays or letters a day are requests too, where a language model reads them.
    strength = STRONG if _ASKED.search(what) else WEAK if not what or _LLM_ITEM.search(what) else WEAK - 5
    yield stated("llm_requests_per_day", tidy(per_day), match.start(), match.end(), confidence=0.85, strength=strength)
    reason = f"“{match.group().strip()}” is {rate:.3g} a second on average"
    if is_peak and rate >= 0.05:
        yield inferred("throughput_rps_peak", tidy(rate), match.start(), match.end(), reason=reason, confidence=0.75)
    elif per_day > RARE_PER_DAY:
        yield inferred(
            "throughput_rps_avg", tidy(rate), match.start(), match.end(), reason=reason, confidence=0.7, strength=FAIR
        )
    else:
        yield inferred(
            "traffic_pattern", "intermittent", match.start(), match.end(), reason=reason, confidence=0.6, strength=FAIR
        )


def _seconds(per: str) -> float:
    return next((seconds for seconds, pattern in _PER_LONG if re.fullmatch(pattern, per)), 86_400.0)
