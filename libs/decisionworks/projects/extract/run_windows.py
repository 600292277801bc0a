"""Reads how long a run may take: “the window is 8 hours”, “three days are enough”, “hourly, within 15 minutes”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import FAIR, STRONG, Finding, inferred, stated
from decisionworks.projects.extract.latency import to_ms
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought

# “The window is 8 hours”, “the job has 2 hours”, “pronta em 3 horas”: what a run may take.
_WINDOW = Sought(
    rf"(?:(?:window|(?:zeit)?fenster|fenêtre|créneau|ventana|janela) (?:is|of|has|ist|von|hat|est de|de|es de|é de|tem)"
    rf"|(?:job|run|batch|lauf|nachtlauf|traitement|calcul|proceso|cálculo|processo|lote)"
    rf" (?:has|gets|have|hat|bekommt|dispose de|a|tiene|dispone de|tem|dispõe de)"
    rf"|pront[oa]s? em|list[oa]s? en|fertig in|prête?s? en|ready in)"
    rf" (?:about |at most |up to |etwa |höchstens |environ |unas |cerca de )?(?P<n>{NUMBER})[ -]?"
    rf"(?P<unit>hours?|stunden?|heures?|horas?|days?|tagen?|jours?|días?|dias?)(?!\w)"
    rf"|(?:バッチ|ジョブ|処理|時間枠)(?:の(?:枠|窓))?(?:は|に(?:は)?)(?P<m>{NUMBER})(?P<unit_ja>時間|日)"
    rf"(?:ある|あります|かけ|以内|で|です)"
)
# “Three days are enough” for a run.
_DAYS_ENOUGH = Sought(
    rf"(?P<n>{NUMBER}) (?P<unit>days|tage|jours|días|dias) (?:(?:are|would be|sind|wären|sont|son|são)"
    rf"\s(?:\w+\s)?(?:enough|fine|ok|okay|plenty|genug|in ordnung|suffisants|bien|suficientes)"
    rf"|reichen|genügen|suffisent|conviennent|bastan|nos valen|bastam|chegam)(?!\w)"
    rf"|(?P<m>{NUMBER})(?P<unit_ja>日)(?:あれば|かかっても|で(?:十分|足り|構い))"
)
MOST_DAYS_OF_A_RUN = 14
# “Every hour … within 15 minutes”: what comes round is a run, and the time is what a run may take.
_COMES_ROUND = Sought(
    rf"(?:every|each) (?:full |single )?hour|hourly|on the hour|(?:every|alle|toutes les|cada|a cada) {NUMBER}"
    r" (?:minut\w{1,3}|hours|stunden|heures|horas)|stündlich\w{0,2}|jede (?:volle |ganze )?stunde|(?:chaque|toutes les)"
    r" heures?|(?:a )?cada hora|de hora em hora|毎時|(?:\d{1,3})?(?:分|時間)(?:ごと|おき|毎)に?"
    r"|(?:2 times|twice|three times|3 times) (?:a|per|each|every) day|(?:2|zwei|3|drei) ?mal (?:am tag|täglich|pro tag)"
    r"|(?:2|deux|3|trois) fois par jour|(?:2|dos|3|tres) veces (?:al|por) día|(?:2|duas|3|três) vezes (?:ao|por) dia"
    r"|1日[23]回"
)
_DONE_IN = Sought(
    rf"(?:within|in|after|innerhalb (?:von|der)|binnen|nach|dans(?: les)?|sous|en(?: menos de)?|em(?: até)?|dentro de)"
    rf" (?:the next |at most |höchstens |spätestens |as próximas |los próximos )?{NUMBER} ?min\w{{0,6}}(?!\w)"
    rf"|{NUMBER}分(?:以内|で|後)"
    r"|half an hour (?:after|later)|eine halbe stunde (?:nach|später)|une demi-heure après|media hora después"
    r"|meia hora (?:depois|após)"
)
# “At the latest 20 minutes after the files came in”: what a run may take, whichever sentence says how often.
_AFTER_DATA = Sought(
    rf"{NUMBER} ?min\w{{0,6}} (?:after|nach|après|después|tras|após|depois)(?: \w{{1,4}}){{0,2}} "
    r"(?:\w{0,12}(?:eingang|lieferung|datei)\w{0,3}|datenexport|files?|deliver\w{1,3}|exports?|arrivals?|fichiers?"
    r"|l'arrivée|livraison|extraction|archivos?|llegada|entrega|extracci\w{1,2}|arquivos?|ficheiros?|chegada"
    r"|extraç\w{1,2})"
)
MOST_CHARS = 240
DONE_EACH_TIME = "and each time done within minutes"
_OTHER_ROUNDS = re.compile(
    r"train|lern|apprent|entra[iî]n|entren|trein|updat|refresh|aktualis|actualis|atualiz|users?|customers?|callers?|visitors?"
    r"|upload|kunden?|nutzer|anruf|clients?|utilisateur|usuari|cliente|学習|更新|利用者|顧客|ユーザー"
)


def find_run_windows(reading: Reading) -> Iterator[Finding]:
    """How long a run may take. Units: hours."""
    for pattern in (_WINDOW, _DAYS_ENOUGH):
        for match in pattern.finditer(reading.folded):
            number = parse_number(match["n"] or match["m"], language=reading.language)
            if number is None:
                continue
            hours = to_ms(number, match["unit"] or match["unit_ja"]) / 3_600_000
            if hours <= MOST_DAYS_OF_A_RUN * 24:
                start, end = match.span()
                yield stated("batch_deadline_hours", _tidy(hours), start, end, confidence=0.8, strength=FAIR + 6)


def find_rounds(reading: Reading) -> Iterator[Finding]:
    """Runs that come round within the day and have minutes: “hourly, on the screen within 15 minutes”."""
    for match in _COMES_ROUND.finditer(reading.folded):
        # A semicolon ends the clause here, not the thought.
        sentence = re.split(r"[.!?](?:\s|$)|[。\n]", reading.folded[match.start() :][:MOST_CHARS])[0]
        others = _OTHER_ROUNDS.search(f"{reading.sentence(match.start())} {sentence}")
        is_due = _DONE_IN.search(sentence) or _AFTER_DATA.search(reading.folded)
        if is_due and not others:
            reason = f"“{reading.span(*match.span()).text}”, {DONE_EACH_TIME}"
            yield inferred("inference_mode", ["batch"], *match.span(), reason=reason, strength=STRONG + 3)


def _tidy(value: float) -> int | float:
    rounded = round(value, 3)
    return int(rounded) if float(rounded).is_integer() else rounded
