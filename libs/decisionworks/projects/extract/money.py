"""Reads the monthly budget, in any of the common currencies.

Source: exchange rates are round reference rates of the date in RATES_AS_OF, shown in every reason that uses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from decisionworks.projects.extract.corrections import CORRECTION
from decisionworks.projects.extract.finding import FAIR, STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.numbers import ABOUT, DIGITS, WORD_NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import ValueState

BROUGHT_TO_A_MONTH = "brought to a month"
RATES_AS_OF = "2026-11-01"
USD_PER: dict[str, float] = {
    "USD": 1.0, "EUR": 1.15, "GBP": 1.31, "JPY": 0.0065, "CHF": 1.24, "BRL": 0.185,
    "INR": 0.0113, "CAD": 0.71, "AUD": 0.65,
    "SEK": 0.105, "PLN": 0.27, "MXN": 0.054, "NOK": 0.099, "DKK": 0.154, "CZK": 0.047, "NZD": 0.58, "SGD": 0.77,
    "CNY": 0.14, "KRW": 0.0007,
}  # fmt: skip
_SIGNS = r"us\$|r\$|c\$|a\$|\$|€|£|¥|₹"
_WORDS = (
    r"us dollars?|usd|us-dollar|dollars?|dollar|bucks|dólares?|dolares|dollars us|euros?|eur"
    r"|pounds?(?: sterling)?|gbp|yen|jpy|円|ドル|ユーロ|"
    r"swiss francs?|francs?|franken|chf|brl|reais|real|inr|rupees?|cad|aud|sek|kronor|pln|złoty|mxn|pesos mexicanos"
    r"|nok|dkk|czk|nzd|sgd|cny|krw|yuan|won|元|ウォン|libras(?: esterlinas)?|livres sterling|francs? suisses?"
    r"|francos suizos"
    r"|britische pfund|pfund|schweizer franken|francos suíços|yenes|ienes|ポンド|k€|k\$|k£|smackers|quid"
)
_CODE_BEFORE = "us\\$|usd|eur|gbp|jpy|chf|brl|inr|cad|aud|sek|pln|mxn|nok|dkk|czk|nzd|sgd|cny|krw|sfr\\.?|euros?"
_CODES = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "円": "JPY", "₹": "INR", "r$": "BRL", "c$": "CAD", "a$": "AUD", "ユーロ": "EUR",
    "franken":
    "CHF",
    "kronor": "SEK", "złoty": "PLN", "reais": "BRL", "real": "BRL", "yen": "JPY", "yuan": "CNY", "元": "CNY",
    "won": "KRW", "ウォン": "KRW", "yenes": "JPY", "ienes": "JPY", "ポンド": "GBP", "quid": "GBP",
    "k€": "EUR", "k£": "GBP", "sfr": "CHF", "sfr.": "CHF",
}  # fmt: skip
_MONTHS_IN = (
    (12.0, "a year",
    r"(?:per|a|each|/|pro|im|par|al|por|ao)\s?(?:year|yr|annum|jahr|an|año|ano)(?!\w)|yearly|annually|annual"
    r"|p\.?a\.?(?!\w)|jährlich|"
                     r"par an|al año|anuales?|por ano|年間|/年|年額|毎年"),
    (3.0, "a quarter", r"(?:per|a|each|/|pro|im|par|al|por|ao)\s?"
     r"(?:quarter|quartal|trimestre)(?!\w)|四半期(?:で|あたり)"),
    (1 / 4.345, "a week", r"(?:per|a|each|/|pro|par|por)\s?(?:week|woche|semaine|semana)(?!\w)|weekly|wöchentlich"),
    (1 / 30.4, "a day", r"(?:per|a|each|/|pro|par|al|por)\s?(?:day|tag|jour|día|dia)(?!\w)|daily"),
    (1.0, "a month",
    r"(?:per|a|each|every|/|pro|im|par|al|por|ao|chaque|cada|jeden|toda)\s?(?:calendar )?"
     r"(?:month|mo|monat|mois|mes|mês)(?!\w)|monthly"
    r"|/mo(?!\w)|pcm|pm(?!\w)"
    r"|monatlich|mensuels?|"
                     r"mensuales?|mensual|mensais|mensal|月額|[/／]?月|ヶ月|か月|毎月|每月"),
)  # fmt: skip
# A range stays on its line: “us-east-1”, then “- $2,800” in the next item of a list.
_RANGE = r"[^\S\n]?(?:-|to|and|or|bis|und|à|et|a|y|e|até|~|から)[^\S\n]?"
_AMOUNT = re.compile(
    rf"(?P<sign>{_SIGNS}"
    rf"|(?<![a-z])(?:{_CODE_BEFORE})(?=\s?\d))?[^\S\n]?(?P<low>{DIGITS})(?:{_RANGE}(?:{_SIGNS})?\s?(?P<high>{DIGITS}))?"
    rf"[^\S\n]?(?P<word>(?:{_WORDS}|{_SIGNS})(?![a-zà-ÿ]))?"
)
# “Forty bucks”: a number in words is money only where a currency follows.
_IN_WORDS = re.compile(rf"(?P<sign>)(?P<low>(?<!\w)(?:{WORD_NUMBER}))(?P<high>)\s(?P<word>(?:{_WORDS})(?![a-zà-ÿ]))")
_PERIODS = tuple((months, name, re.compile(pattern)) for months, name, pattern in _MONTHS_IN)
_PERIODS_OF_BUDGETS = tuple(
    (
        months,
        name,
        re.compile(
            rf"(?:{pattern})[^.;\n]{{0,30}}(?:budget|cost|spend|予算|presupuesto|orçamento|kosten"
            rf"|コスト|ausgaben|支出)[^.;\n]{{0,60}}$"
            rf"|(?:gasto|dépense|despesa|coste|custo)s? (?:{pattern})[^.;\n]{{0,60}}$"
        ),
    )
    for months, name, pattern in _MONTHS_IN
)
_LONG_PERIODS_BEFORE = {
    name: re.compile(rf"(?:{pattern})(?:[^.;,\n]|[.,]\d){{0,30}}$")
    for months, name, pattern in _MONTHS_IN
    if months > 1.0
}
_MONTHLY_BEFORE = re.compile(
    r"(?:monthly|monatlich\w{0,24}|mensuel\w{0,24}|mensual(?:mente)?|mensalmente|mensal|月額|月々"
    r"|月)\W*(?:\w{1,24}\W+){0,8}\S*$"
)
_IN_BETWEEN = re.compile(r"\d|[,;.(]\s")
_BUDGET_WORDS = re.compile(
    r"budget|spend|cost|cap(?:ped)?\b|ceiling|stay under|keep it under|afford|pay (?:up to|at most|no more)"
    r"|dépens\w{1,6}|ausgaben|aufwand|gastos|despesas?|outlay|expenses?|支出|経費"
    r"|limit|presupuesto|gastar|orçamento|gasto|kosten|"
    r"ausgeben|coût|dépenser|予算|費用|上限|コスト"
)
# A figure that is called the budget counts as one even where its month is said elsewhere, as in the head of a table.
_THE_BUDGET = re.compile(r"(?:budgets?|presupuesto|orçamento|予算)(?![\w-])[^.;\n]{0,40}$")
# “600 dollars a month of that is for GPUs”.
_A_PART = re.compile(
    r"\s?(?:of (?:that|it|this|which|those)|davon|thereof|dont|de eso|de ello|disso"
    r"|deste valor)(?!\w)"
)
# “9k a month EUR”.
# “1 dollar at 150 yen”, “1.10 USD per euro”: what one is worth in the other.
_EXCHANGED = re.compile(
    r"(?<![\d.,])1 ?(?:ドル|ユーロ|usd|eur|us\$|\$|€|dollars?|euros?|d[oó]lar) ?(?:=|at|zu|à|a|は|が)? ?\d"
    r"|\d ?(?:usd|eur|dollars?|euros?|francs?|franken|reais|yen|円) ?(?:=|per|je|par|por|pro|a|für) ?(?:1 )?(?:usd"
    r"|eur|gbp"
    r"|euro|dollar|d[oó]lar|pound|pfund|ドル|ユーロ)"
)
_LATE_MARK = re.compile(r"\s?\(?(?P<mark>eur|usd|gbp|chf|euros?|dollars?|pounds?|€|\$|£)(?!\w)")
# “We have 36k a year for it.”
_ENTITLED = re.compile(
    r"(?:we (?:have|get|got|can spend)|there (?:is|are)|i (?:have|get))\s?(?:about |around |some |roughly )?$"
)
_ONCE = re.compile(
    r"one[- ](?:off|time)|project budget|set-?up|initial|capex|einmalig|projektbudget|ponctuel|unique|puntual|inicial"
    r"|único|初期|一括"
)
_NOT_A_BUDGET = Sought(
    r"(?:revenue|turnover|sales of|\blost|\bloses?\b|\blosing|\blosses|worth|salary|salaries|priced at"
    r"|currently pay\w{0,24}|today (?:we )?(?:pay|spend)|raised|funding|"
    r"of which|thereof|davon|dont|de (?:los|las) cuales|d[oa]s quais|average (?:order|basket|ticket)|orders? of"
    r"|fine of|fines|would (?:be|cost)|penalt\w{1,24}|umsatz"
    r"|chiffre d'affaires|facturación|faturamento|売上|save\w{0,24}|saving)"
    r"[^.;\n]{0,40}$"
)
# No currency has three decimals: “EUR 1.200” is twelve hundred in every language.
_THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")
_PER_ITEM = re.compile(
    r"^\s?(?:per|a|each|/|pro|par|por)\s(?!month|mo\b|year|week|day|annum|monat|jahr|mois|mes\b|mês|ano\b|an\b"
    r"|año)[a-z0-9]"
)


CORRECTION_REACH = 160
# What can be planned at all begins here. Units: USD/month.
LEAST_BUDGET = 1
_NO_MONEY = re.compile(
    r"(?<!\w)(?:(?:zero|0|nil) (?:budget|money|dollars?|euros?|usd|eur)|budget(?: is| of|:)? (?:zero|nil|0"
    r"|nothing|none at all)"
    r"(?![\d.,]|\w)|no (?:budget|money|funds?|funding)(?= at all| whatsoever| for (?:this|it)|[,.;]"
    r"|$)(?! (?:limit|yet))"
    r"|(?:nothing|not a (?:cent|penny)|no money) (?:can|may|will|shall|must) be spent"
    r"|must (?:not )?cost (?:nothing|anything)"
    r"|(?:kein(?:erlei)?|null) (?:budget|geld)(?= |[,.;]|$)(?! (?:limit|festgelegt|bekannt|genannt))"
    r"|(?:aucun budget|budget (?:nul|zéro)|pas d'argent|zéro euro)(?= |[,.;]|$)(?! (?:fixé|défini|limite))"
    r"|(?:sin presupuesto|presupuesto (?:cero|nulo)|cero (?:euros|presupuesto)|no hay (?:dinero"
    r"|presupuesto))(?= |[,.;]|$)"
    r"(?! (?:fijado|definido|límite))"
    r"|(?:sem orçamento|orçamento zero|zero (?:reais|orçamento)|não há (?:dinheiro|verba|orçamento))(?= |[,.;]|$)"
    r"(?! (?:fixo|definido|limite)))"
    r"|予算(?:は|が)?(?:ゼロ|0円|なし|ありません)|お金は?(?:一切)?(?:使え|かけられ)(?:ません|ない)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    months: float
    name: str
    end: int


_BARE_START = re.compile(rf"(?:^|[.;|\n])\s*{ABOUT}$")
# Fewer a month may be anything. Units: USD/month.
LEAST_BARE_USD = 100


def find_budget(reading: Reading) -> Iterator[Finding]:
    """Amounts that a budget word or a period marks as running cost. Units: USD per month."""
    found = list(_budgets(reading))
    yield from found or _only_amount(reading)
    nothing = _NO_MONEY.search(reading.folded)
    if nothing is not None:
        start, end = nothing.span()
        reason = f"“{nothing.group()}”: read as {LEAST_BUDGET} USD a month, the least that can be planned with"
        yield stated("budget_usd_month", LEAST_BUDGET, start, end, reason=reason, confidence=0.8, strength=STRONG + 10)
        yield stated("budget_hardness", "hard", start, end, confidence=0.85)


def _only_amount(reading: Reading) -> Iterator[Finding]:
    """“EUR 35k.” in a line of its own is the budget where nothing else is."""
    for match in _AMOUNT.finditer(reading.folded):
        mark = match["sign"] or match["word"]
        before, after = reading.before(match.start(), chars=90), reading.after(match.end(), chars=20)
        period = _period_after(reading, match.end()) if mark is None else None
        if period is not None and period.months == 1.0 and _BARE_START.search(before):
            # “About 7,500 a month.” with a sentence of its own.
            finding = _converted(match, reading, mark=None, period=period, is_named=False)
            ends = re.match(r"\s*(?:$|[.;|\n])", reading.folded[period.end : period.end + 3])
            if (
                finding is not None
                and ends
                and isinstance(finding.value, int | float)
                and finding.value >= LEAST_BARE_USD
            ):
                yield finding
                return
        stands_alone = re.search(r"(?:^|[.,;|\n])\s*$", before) and re.match(r"\s*(?:$|[.,;|\n])", after)
        if mark is None or not stands_alone or _NOT_A_BUDGET.search(before):
            continue
        finding = _converted(match, reading, mark=mark, period=None, is_named=False)
        if finding is not None:
            yield replace(finding, state=ValueState.INFERRED, confidence=0.5)
            return


def _budgets(reading: Reading) -> Iterator[Finding]:
    last: int | None = None
    for match in sorted(
        (*_AMOUNT.finditer(reading.folded), *_IN_WORDS.finditer(reading.folded)), key=lambda one: one.start("low")
    ):
        finding = _budget(match, reading)
        if finding is None and last is not None and match.start() - last < CORRECTION_REACH:
            finding = _corrected(match, reading)
        if finding is not None:
            last = finding.end
            yield finding


def _corrected(match: re.Match[str], reading: Reading) -> Finding | None:
    """“Budget is 500 dollars a month. Actually make that 800.”"""
    lead = reading.folded[max(0, match.start() - 40) : match.start()]
    unit = re.match(r"\s?[a-zà-ÿ%]", reading.after(match.end(), chars=3))
    mark = match["sign"] or match["word"]
    if not CORRECTION.search(lead) or (mark is None and unit):
        return None
    return _converted(match, reading, mark=mark or "usd", period=_period_after(reading, match.end()), is_named=True)


def _budget(match: re.Match[str], reading: Reading) -> Finding | None:
    mark = match["sign"] or match["word"]
    period = _period_after(reading, match.end())
    if mark is None and period is not None and (late := _LATE_MARK.match(reading.folded, period.end)):
        mark = late["mark"]
    before = reading.before(match.start(), chars=90)
    is_named = bool(_BUDGET_WORDS.search(before)) or bool(
        re.search(
            r"budget|予算|cap\b|kosten|cost\b|ausgeben|coûter|dépenser|costar|gastar|custar|spend\b",
            reading.after(match.end(), chars=25),
        )
    )
    after = reading.after(match.end(), chars=12)
    bare = re.search(r"[k]$", match["high"] or match["low"]) is not None or is_named
    if (
        mark is None
        and not (period is not None and (bare or _ENTITLED.search(before)) and period.months == 1.0)
        and not (
            period is not None and _ENTITLED.search(before) and re.match(r"k?\s?(?:a|per|/) ?(?:year|annum|yr)", after)
        )
        and not (
            is_named
            and re.search(rf"(?:budget|presupuesto|orçamento|予算)\W*(?:is|of|:|von|de|は)?\s*{ABOUT}$", before)
        )
    ):
        return None
    if not (is_named or period) or _NOT_A_BUDGET.search(before):
        return None
    if _EXCHANGED.search(
        reading.before(match.start(), chars=12) + match.group() + reading.after(match.end(), chars=16)
    ):
        return None
    if _A_PART.match(reading.folded, period.end if period else match.end()):
        return None
    if period is None and _PER_ITEM.match(reading.after(match.end(), chars=20)):
        return None
    is_total = _THE_BUDGET.search(before) is not None and not _ONCE.search(before)
    return _converted(match, reading, mark=mark, period=period, is_named=is_named, is_total=is_total)


def _converted(
    match: re.Match[str],
    reading: Reading,
    *,
    mark: str | None,
    period: _Period | None,
    is_named: bool,
    is_total: bool = False,
) -> Finding | None:
    low = parse_number(_THOUSANDS.sub("", match["low"]), language=reading.language)
    high = parse_number(_THOUSANDS.sub("", match["high"]), language=reading.language) if match["high"] else None
    if low is None:
        return None
    if low == 0:
        # Noted, and asked about: no plan costs nothing.
        return stated("budget_usd_month", 0, match.start(), match.end()) if period and mark and is_named else None
    if high is not None and high > low and re.search(r"k$", match["high"]) and not re.search(r"k$", match["low"]):
        low *= 1000
    if mark is not None and mark.startswith("k") and mark[1:] in ("€", "$", "£"):
        low *= 1000
    currency = currency_of(mark)
    months = period.months if period else 1.0
    usd = low * USD_PER[currency] / months
    reasons = []
    if high is not None:
        reasons.append(f"range {low:,.10g} to {high:,.10g} {currency}: the stricter end counts")
    if currency != "USD":
        reasons.append(f"{low:,.10g} {currency} at {USD_PER[currency]:g} USD per {currency} ({RATES_AS_OF})")
    if months != 1.0 and period is not None:
        reasons.append(f"{period.name}, {BROUGHT_TO_A_MONTH}")
    if mark is None:
        reasons.append("no currency named: read as USD")
    if period is None:
        reasons.append("no period named: read as per month")
    end = period.end if period else match.end()
    value = _rounded(usd)
    reason = "; ".join(reasons) or None
    if mark is None or (months != 1.0):
        return inferred("budget_usd_month", value, match.start(), end, reason=reason or "", confidence=0.75,
                        strength=STRONG if is_named or mark else FAIR)  # fmt: skip
    confidence = 0.95 if period and currency == "USD" else 0.85 if period else 0.75
    more = 10 if is_named and period else 5 if period or is_total else -WEAK // 2
    return stated("budget_usd_month", value, match.start(), end, reason=reason, confidence=confidence,
                  strength=STRONG + more)  # fmt: skip


def currency_of(mark: str | None) -> str:
    """The three-letter code of a currency word or sign; US dollars where nothing is said."""
    if mark is None:
        return "USD"
    word = mark.strip().lower()
    if word in _CODES:
        return _CODES[word]
    if word.upper() in USD_PER:
        return word.upper()
    for start, code in (
        ("euro", "EUR"),
        ("pound", "GBP"),
        ("swiss", "CHF"),
        ("schweizer", "CHF"),
        ("franc", "CHF"),
        ("libra", "GBP"),
        ("livre", "GBP"),
        ("pfund", "GBP"),
        ("britische", "GBP"),
        ("rupee", "INR"),
        ("pesos", "MXN"),
    ):
        if word.startswith(start):
            return code
    return "USD"


def _period_after(reading: Reading, end: int) -> _Period | None:
    after = reading.after(end, chars=40)
    best: _Period | None = None
    for months, name, pattern in _PERIODS:
        found = pattern.search(after)
        gap = after[: found.start()] if found else ""
        if found is None or _IN_BETWEEN.search(gap) or len(gap.split()) > 3:
            continue
        if best is None or end + found.start() < best.end - 1:
            best = _Period(months=months, name=name, end=end + found.end())
    if best is not None:
        return best
    before = reading.before(max(end - 1, 0), chars=110)
    for months, name, pattern in _PERIODS_OF_BUDGETS:
        if pattern.search(before) or (months == 1.0 and _MONTHLY_BEFORE.search(before)):
            return _Period(months=months, name=name, end=end)
        if months > 1.0 and _LONG_PERIODS_BEFORE[name].search(before):
            # “Pro Jahr sind 8.400 Euro bewilligt.”
            return _Period(months=months, name=name, end=end)
    return None


def _rounded(usd: float) -> int | float:
    value = round(usd, 2) if usd < 100 else round(usd)
    return int(value) if float(value).is_integer() else value
