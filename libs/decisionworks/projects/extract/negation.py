"""Says whether a phrase was denied: "no Kubernetes", "without SageMaker", "kein Spark"."""

from __future__ import annotations

import re

from decisionworks.projects.extract.reading import Reading

_WORDS = r"(?:[\w{1,24}#'-]+,?\s+){0,2}"
_BEFORE = (
    r"(?:(?<!\w)(?:not(?!\s+only)|without|never|none|neither|nor|avoid(?:ing)?|except|instead\s+of|rather\s+than|"
    r"don't\s+(?:use|have|want|need|know|like)|do\s+not\s+(?:use|have|want|need|know|like)|isn't|aren't|"
    r"kein|keine|keinen|keiner|nicht|ohne|weder|niemals|"
    r"pas\s+de|pas\s+d'|sans|aucun|aucune|jamais|ni|"
    r"migrat\w{1,24}\s+(?:away\s+)?from|mov(?:e|ing)\s+(?:away\s+)?from|away\s+from|sin|ningún|ninguna|nunca"
    r"|nada\s+de|sem|nenhum|nenhuma|não\s+(?:temos|usamos|queremos))(?:\s+|(?<=')))"
    rf"{_WORDS}$"
)
_DENIAL = re.compile(_BEFORE)
# In Portuguese “no” means “in the”.
_ENGLISH_NO = re.compile(rf"(?<!\w)no\s+{_WORDS}$")
_AFTER = re.compile(
    r"^\s*(?:[\w-]{1,24}\s+)?(?:is|are|was)?\s*(?:not|never|n't)\s+(?:needed|required|necessary|involved|used|wanted"
    r"|an\s+option|allowed|apply)|"
    r"^\s*(?:does|do)\s+not\s+apply|^(?:は|が|も|を)?(?:不要|なし|ありません|ない|使わない|使いません|含まれ?ません|含まない)|"
    r"^\s*(?:ist|sind|wird|werden)?\s*nicht\s+(?:nötig|erforderlich|gewünscht|betroffen)"
)
REACH_CHARS = 40


def is_denied(reading: Reading, start: int, end: int) -> bool:
    """Whether the words just before or after deny what stands between two places."""
    before = reading.before(start, chars=REACH_CHARS)
    # A full clause between the denial and the phrase ends its reach.
    clause = re.split(r"[,:(]\s|\sbut\s|\saber\s|\smais\s|\spero\s|\smas\s", before)[-1]
    denied = _DENIAL.search(clause) or (reading.language != "pt" and _ENGLISH_NO.search(clause))
    return bool(denied) or bool(_AFTER.search(reading.after(end, chars=REACH_CHARS)))
