"""Says a note in somebody's own names (`serving: {avg_rps: 2, p95_ms: 400}`) in lines that a reader of words takes in.

Nothing is looked up: names become words, units move behind their numbers, and remarks keep the entry beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_AMOUNT_KEYS = ("amount", "value", "number", "quantity", "n", "count", "betrag", "menge", "montant", "valeur",
                "importe", "valor")  # fmt: skip
_UNIT_KEYS = ("currency", "unit", "units", "währung", "einheit", "devise", "unité", "moneda", "unidad", "moeda",
              "unidade")  # fmt: skip
_PERIOD_KEYS = ("per", "period", "every", "interval", "frequency", "pro", "par", "por", "cada")
_CURRENCIES = frozenset(
    "usd eur gbp chf brl jpy mxn ars clp cop dollars dollar euros euro pounds reais yen pesos francs".split()
)
_RATES = frozenset(("rps", "qps", "tps"))
_UNITS = {
    **{one: one for one in ("ms milliseconds seconds sec secs minutes min mins hours days weeks months years gb tb mb "
                            "tokens people gigabytes terabytes megabytes gigs").split()},
    **dict.fromkeys(("pct", "percent", "prozent", "porcentaje"), "%"),
    **dict.fromkeys(("s", "seg", "sek", "segundos", "secondes", "sekunden"), "s"),
    "minuten": "minutes", "minutos": "minutes", "stunden": "hours", "heures": "hours", "horas": "hours",
    "tage": "days", "jours": "days", "dias": "days", "días": "days", "go": "gb", "to": "tb", "mo": "mb",
}  # fmt: skip
_PER = frozenset(("per", "par", "por", "pro", "al", "je", "a"))
_PERIODS = frozenset(
    "month week day night hour minute second quarter jahr woche tag nacht stunde sekunde monat quartal mes año semana "
    "día dia noche hora segundo mês ano noite trimestre mois an année semaine jour nuit heure seconde".split()
)
_MONTHS = {
    "month": "per month", "mo": "per month", "monat": "pro monat", "mois": "par mois", "mes": "al mes",
    "mês": "por mês",
}  # fmt: skip
_BUDGET_WORDS = frozenset("budget presupuesto orçamento orcamento kosten kostenrahmen".split())
_AVERAGE = re.compile(r"avg|average|mean|moy\w*|promedio|medi[oa]|média|mittel|(?:durch)?schnitt|normal|usual|typical")
_PEAK = re.compile(r"peak|max(?:imum|imo)?|pointe|pic|pico|punta|spitze|burst|top")
# “about 800”, “ca. 1.200”: a number that somebody wrote as text.
_ROUGH_NUMBER = re.compile(
    r"(?:about|around|approx\.?|approximately|roughly|some|up to|max\.?|circa|ca\.?|etwa|rund|ungefähr|environ|unos"
    r"|unas|aprox\.?|cerca de|約|~|<=?|≤)?\s?\d[\d.,' ]{0,20}(?:k|m|tsd|mio)?",
    re.IGNORECASE,
)
# “data_must_stay_in: EU” is said without the colon.
_LEADS_ON = frozenset({"in", "at", "on", "from", "within", "inside", "by"})
# “maxMsPerFrame”, “moneyPerQuarterUSD”.
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLURAL = re.compile(r"[a-z]{3,20}s")
_REMARK = re.compile(r"^(?P<entry>[^#\n]{0,400}?)(?:^|[ \t])#+[ \t]*(?P<remark>[^\n]{1,2000})$", re.MULTILINE)
_ENTRY = re.compile(r"\s*(?:-\s)?(?P<key>[\w .()-]{1,40}):\s*(?P<value>[^{\[\n]{1,80}?)\s*$")


def lines_of(record: Mapping[str, object], *, remarks: Sequence[str] = ()) -> list[str]:
    """A record as lines to be read: “team people: 3”, “serving: 2 rps on average”; then its remarks."""
    return [*_lines(record, ""), *remarks]


def remarks_in(text: str) -> list[str]:
    """The remarks of a YAML note, which are no data: each with the entry beside which it stands."""
    found = []
    for match in _REMARK.finditer(text):
        entry = _ENTRY.fullmatch(match["entry"])
        remark = match["remark"].strip()
        found.append(f"{entry['value']} {_words(entry['key'])}: {remark}" if entry else remark)
    return found


def _lines(value: object, name: str) -> Iterator[str]:
    words = _words(name)
    if isinstance(value, Mapping) and (quantity := _quantity(value)):
        yield f"{words}: {quantity}"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key}")
    elif isinstance(value, list) and all(not isinstance(one, Mapping | list) for one in value):
        yield f"{words}: {', '.join(map(str, value))}"
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, name)
    elif isinstance(value, bool):
        yield f"{words}: {'yes' if value else 'no'}"
    elif value is not None:
        yield _said(words, value)


def _words(name: str) -> str:
    return _JOINED.sub(" ", name.replace("_", " ")).strip()


def _said(words: str, value: object) -> str:
    """One entry as people say it: `run_must_finish_in_minutes: 20`, `zones: 1150`, `money_per_month: 900 USD`."""
    *head, last = words.split() or [""]
    is_number = isinstance(value, int | float) or (
        isinstance(value, str) and _ROUGH_NUMBER.fullmatch(value.strip()) is not None
    )
    if is_number:
        return _number_said(words.split(), str(value).strip())
    period = next((at for at in range(len(head)) if _is_period(words.split(), at)), None)
    if period is not None and period == len(head) - 1:
        return f"{' '.join(head[:period])}: {value} {' '.join(words.split()[period:])}"
    if head and last.lower() in _LEADS_ON and isinstance(value, str):
        return f"{words} {value}"
    return f"{words}: {value}"


def _number_said(names: list[str], value: str) -> str:
    """A number with the units, the currency and the period of its name behind it."""
    kept: list[str] = []
    unit = money = period = rate = ""
    at = 0
    while at < len(names):
        low = names[at].lower()
        if _is_period(names, at):
            period, at = f"{low} {names[at + 1].lower()}", at + 2
            continue
        if low in _CURRENCIES:
            money = names[at]
        elif low in _RATES:
            rate = low
        elif low in _MONTHS and money:
            period = _MONTHS[low]
        elif low in _UNITS and kept:
            unit = _UNITS[low]
        else:
            kept.append(names[at])
        at += 1
    if rate:
        which = next((word for word in kept if _PEAK.fullmatch(word.lower()) or _AVERAGE.fullmatch(word.lower())), "")
        rest = " ".join(word for word in kept if word != which)
        kind = "peak " if _PEAK.fullmatch(which.lower()) else "average " if which else ""
        return f"{rest or 'load'}: {kind}{value} {rate}"
    if money:
        # An amount of each month is what may be spent.
        is_named = any(word.lower() in _BUDGET_WORDS for word in kept)
        head = kept if is_named or (kept and not period) else ["budget", *kept]
        return f"{' '.join(head)}: {' '.join(filter(None, (value, money, period)))}"
    if not unit and not period and len(kept) == 1 and _PLURAL.fullmatch(kept[0]):
        return f"{kept[0]}: {value} {kept[0]}"
    return f"{' '.join(kept)}: {' '.join(filter(None, (value, unit, period)))}"


def _is_period(names: Sequence[str], at: int) -> bool:
    word, following = names[at].lower(), names[at + 1].lower() if at + 1 < len(names) else ""
    if any(one.lower() not in _CURRENCIES and one.lower() != "in" for one in names[at + 2 :]):
        # `events_per_second_peak` is a rate's name.
        return False
    return (word == "per" and following != "") or (word in _PER and following in _PERIODS)


def _quantity(record: Mapping[str, object]) -> str | None:
    """`{amount: 700, currency: EUR, per: month}` as “700 EUR per month”."""
    plain = {str(key).lower(): str(one) for key, one in record.items() if isinstance(one, str | int | float)}
    number = next((plain[key] for key in _AMOUNT_KEYS if key in plain), None)
    unit = next((plain[key] for key in _UNIT_KEYS if key in plain), "")
    period = next((plain[key] for key in _PERIOD_KEYS if key in plain), "")
    known = {*_AMOUNT_KEYS, *_UNIT_KEYS, *_PERIOD_KEYS}
    if number is None or not (unit or period) or len(plain) != len(record):
        return None
    rest = [f"{key.replace('_', ' ')} {one}" for key, one in plain.items() if key not in known]
    said = " ".join(part for part in (number, unit, _per(period)) if part)
    return "; ".join([said, *rest])


def _per(period: str) -> str:
    return period if not period or period.endswith("ly") or period.startswith(("per ", "/")) else f"per {period}"
