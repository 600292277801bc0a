"""Counts up what each of several people does: “each of our 40 agents handles about 30 calls a shift”."""

from __future__ import annotations

import re

from decisionworks.projects.extract.numbers import DIGITS, NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading

_PEOPLE = (
    r"(?:agents?|operators?|employees|people|persons|colleagues|clerks?|advis[eo]rs?|users|nurses|doctors|teachers"
    r"|lawyers|engineers|technicians|workers|members|reps?|buyers|editors|dispatchers|handlers|consultants|students"
    r"|mitarbeit\w{1,8}|beschäftigte\w?|sachbearbeit\w{1,8}|kolleg\w{1,6}|berater\w{0,5}|personen|leuten?|nutzer\w{0,5}"
    r"|ärzt\w{1,4}|lehr\w{1,8}|techniker\w{0,5}|disponent\w{1,5}|conseill\w{1,5}|employés|salariés|collaborateurs"
    r"|techniciens|opérateurs|personnes|utilisateurs|gestionnaires|médecins|juristes|agentes|emplead[oa]s|operador\w{0,4}"
    r"|asesor\w{0,3}|técnicos|personas|usuari[oa]s|trabajador\w{0,3}|médic[oa]s|abogad[oa]s|atendentes|funcionári[oa]s"
    r"|colaborador\w{0,3}|pessoas|utilizador\w{0,3}|enfermeir[oa]s|advogad[oa]s|professor\w{0,3})"
)
_COUNT = re.compile(
    rf"(?P<n>{NUMBER})\s(?:[a-zà-ÿ-]{{2,20}}\s){{0,2}}?{_PEOPLE}(?!\w)"
    rf"|(?P<m>{DIGITS})\s?[人名](?:の|が|は)"
)
_EACH_BEFORE = re.compile(
    r"(?<!\w)(?:each|every one|every single one|jede[rnsm]?|je|jeweils|chacune?|cada un[oa]|cada uma?)(?!\w)"
    r"|それぞれ|[1１一]人(?:あたり|につき|当たり)|各自"
)
_EACH_AFTER = re.compile(
    rf"^\s?,?\s?(?:(?:each|apiece|jeweils|chacune?|cada un[oa]|cada uma?)(?!\w)"
    rf"|(?:per|pro|par|por|a) (?:head|person|kopf|nase|tête|personne|cabeza|persona|cabeça|pessoa|{_PEOPLE})(?!\w))"
)
_SHIFT = re.compile(r"(?:shift|schicht|poste|turno)$")
_SHIFTS = re.compile(rf"(?P<n>{NUMBER})\s(?:shifts|schichten|équipes|postes|turnos)(?!\w)")
FEWEST_PEOPLE = 2


def people_behind(rate: re.Match[str], reading: Reading) -> float | None:
    """How many people do each as much as a rate says, where that is said in its sentence."""
    start, end = reading.sentence_at(rate.start())
    before, after = reading.folded[start : rate.start()], reading.folded[rate.end() : end]
    if not _EACH_BEFORE.search(before) and not _EACH_AFTER.match(after):
        return None
    counts = [parse_number(one["n"] or one["m"], language=reading.language) for one in _COUNT.finditer(before + after)]
    return next((count for count in counts if count is not None and count >= FEWEST_PEOPLE), None)


def shifts_a_day(rate: re.Match[str], reading: Reading) -> float:
    """How many shifts a rate by the shift is worked in, one where nobody says."""
    if "per" not in rate.groupdict() or not _SHIFT.search(rate["per"] or ""):
        return 1.0
    told = _SHIFTS.search(reading.folded)
    return (parse_number(told["n"], language=reading.language) if told else None) or 1.0
