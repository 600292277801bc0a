"""Reads how often a batch runs: “every Sunday night”, “twice a day”, “monthly”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.extract.finding import FAIR, Finding, inferred, stated
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.model import ValueState

HOURS_PER_MONTH = 730.0
DAYS_PER_MONTH = 30.0
WEEKS_PER_MONTH = 4.3
_EVERY_N = re.compile(
    rf"(?:every|alle|toutes les|tous les|cada|a cada)\s(?P<n>{NUMBER})\s(?P<unit>min\w{{0,8}}|hours?|stunden|heures"
    rf"|horas"
    rf"|days?|tagen?|jours|días|dias|weeks?|wochen|semaines|semanas|months?|monate|mois|meses)"
    rf"|(?P<m>\d{{1,3}})(?P<unit_ja>分|時間|日|週間|か月|ヶ月)(?:ごと|おき|毎)"
)
_TIMES_A = re.compile(
    rf"(?P<n>twice|{NUMBER})\s?(?:times?|x|mal|fois|veces|vez|vezes|(?:drone )?(?:inspections?|flights?|surveys?"
    rf"|patrols?|runs?)|inspektionen|flüge|befliegungen|begehungen|läufe|vols|rondes|campagnes|inspecciones|vuelos"
    rf"|rondas|campañas|inspeções|voos|campanhas)?\s(?:a|per|each|every|am|pro|die|in der|im|par|al"
    rf"|a la"
    rf"|por|ao)\s"
    rf"(?P<unit>day|night|week|month|year|tag|woche|monat|jahr|jour|semaine|mois|an|día|semana|mes|año|dia|mês"
    rf"|ano)(?!\w)"
    rf"|(?P<unit_ja>日|週|月|年)に?(?P<m>\d{{1,2}})(?:[~-](?P<high>\d{{1,2}}))?回"
)
_SO_OFTEN = re.compile(r"(?<!\w)(?P<n>twice|zwei|drei|vier)(?: ?mal)?(?!\w)")
_FACTORS = {"twice": 2, "zwei": 2, "drei": 3, "vier": 4}
_PER_MONTH = (
    (r"min|分", HOURS_PER_MONTH * 60), (r"hour|stunde|heure|hora|時間", HOURS_PER_MONTH),
    (r"day|night|tag|jour|día|dia|日", DAYS_PER_MONTH), (r"week|woche|semain|seman|週", WEEKS_PER_MONTH),
    (r"month|monat|mois|mes|mês|月|か月|ヶ月", 1.0), (r"year|jahr|an|año|ano|年", 1 / 12),
)  # fmt: skip
_LEAST_RUNS, _MOST_RUNS = 1 / 12, HOURS_PER_MONTH * 60
# Words around the mention of a run that may tell how often: “every Sunday” before “night”. Units: characters.
REACH_CHARS = 28


# A sentence that also speaks of these may name their time.
_OTHER_TIMES = re.compile(
    r"train|lern|apprent|entra[iî]n|entren|trein|export|updat|refresh|deliver|liefer|livr|arriv|kommen|budget|cost"
    r"|kost|coût|coste"
    r"|custo|usd|eur|[$€£]|学習|更新|予算|円"
)


class _Often(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    runs: float
    say: list[str]
    of: list[str] = []


class _Cadences(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    each: list[str]
    often: list[_Often]


@cache
def _frequencies() -> tuple[tuple[re.Pattern[str], float], ...]:
    file = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("cadence.yaml")
    record = _Cadences.model_validate(yaml.safe_load(file.read_text("utf-8")))
    each = rf"(?:{'|'.join(record.each)})\s(?:\w{{3,8}}\s)?"
    return tuple((_pattern(one, each=each), one.runs) for one in record.often)


def _pattern(often: _Often, *, each: str) -> re.Pattern[str]:
    words = [*often.say, *([rf"{each}(?:{'|'.join(often.of)})"] if often.of else [])]
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(words)})(?![a-zà-ÿ])")


def derive_cadence(reading: Reading, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Runs in a month, by the strongest mention of a run that names its time. Units: runs/month."""
    mentions = sorted(
        (
            one
            for one in findings
            if one.field == "inference_mode" and one.value in ("batch", ["batch"]) and one.end > one.start
        ),
        key=lambda one: (-one.strength, one.start),
    )
    for mention in mentions:
        begin = mention.start - len(reading.before(mention.start, chars=REACH_CHARS))
        end = mention.end + len(reading.after(mention.end, chars=REACH_CHARS))
        sentence = reading.sentence(mention.start)
        words = reading.folded[mention.start : mention.end]
        runs = runs_a_month(words, reading=reading) or runs_a_month(reading.folded[begin:end], reading=reading)
        if runs is None and mention is mentions[0] and not _OTHER_TIMES.search(sentence):
            runs = runs_a_month(sentence, reading=reading)
        if runs is None:
            continue
        reason = f"“{reading.span(mention.start, mention.end).text}”: {runs:g} runs a month"
        if mention.state is ValueState.STATED:
            yield stated("batch_runs_month", _tidy(runs), mention.start, mention.end, reason=reason, confidence=0.8)
        else:
            yield inferred("batch_runs_month", _tidy(runs), mention.start, mention.end, reason=reason, strength=FAIR)
        return


def runs_a_month(words: str, *, reading: Reading) -> float | None:
    """How often folded words say that something happens; None where they do not say."""
    for pattern, is_rate in ((_EVERY_N, False), (_TIMES_A, True)):
        if match := pattern.search(words):
            number = 2.0 if match["n"] == "twice" else parse_number(match["n"] or match["m"], language=reading.language)
            if number and is_rate and match["high"]:
                # “Two or three times”.
                number = (number + float(match["high"])) / 2
            per_month = _per_month(match["unit"] or match["unit_ja"])
            if number and per_month:
                runs = number * per_month if is_rate else per_month / number
                return min(max(runs, _LEAST_RUNS), _MOST_RUNS)
    for pattern, runs in _frequencies():
        if pattern.search(words):
            often = _SO_OFTEN.search(words)
            return runs * (_FACTORS[often["n"]] if often else 1)
    return None


def _per_month(unit: str) -> float | None:
    return next((runs for pattern, runs in _PER_MONTH if re.match(pattern, unit)), None)


def _tidy(runs: float) -> int | float:
    rounded = round(runs, 3)
    return int(rounded) if float(rounded).is_integer() else rounded
