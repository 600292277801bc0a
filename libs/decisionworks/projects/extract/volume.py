"""Reads amounts of data: history, monthly growth, model size, rows and documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from decisionworks.projects.extract.finding import FAIR, STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import ValueState

# Measured on wide business tables in Parquet and CSV: one row is about one kilobyte.
BYTES_PER_ROW = 1_000.0
_GB_PER = {"k": 1e-6, "m": 1e-3, "g": 1.0, "t": 1e3, "p": 1e6}
_SIZE = re.compile(
    rf"(?P<n>{NUMBER})[ -]?(?P<unit>[kmgtp]i?b(?![a-z0-9_/])|[kmgtp]o(?=\)|,\s|[\s.,;)]*(?:$"
    rf"|[^\s\d.,;)]))(?![a-z0-9_/])|(?:kilo"
    rf"|mega|giga|tera|peta)(?:bytes?|octets?)(?!\w)|gigas?(?!\w)|gigs?(?!\w)|megs?(?!\w)|ギガ(?:バイト)?"
    rf"|テラ(?:バイト)?)"
)
# “Half a terabyte”, “a couple of gigabytes”.
_SOME = {
    "half": 0.5, "a": 1.0, "an": 1.0, "one": 1.0, "ein": 1.0, "un": 1.0,
    "couple": 2.0, "few": 3.0, "halbes": 0.5, "demi": 0.5, "medio": 0.5,
    "meio": 0.5, "paar": 3.0, "several": 4.0, "dozen": 12.0,
}  # fmt: skip
_SOME_SIZE = re.compile(
    r"(?<!\w)(?:an? (?=half|couple|few|dozen)|ein (?=halbes|paar)|un (?=demi|medio)|um (?=meio))?"
    r"(?P<some>half an?|couple of|few|several|dozen|halbes|paar|demi|medio|meio|an?|one|ein"
    r"|un)[ -](?P<unit>(?:kilo|mega|giga|tera|peta)(?:bytes?|octets?)"
    r"|[gtp]b)(?!\w)"
)
_IS_MODEL = re.compile(
    r"\b(?:model|modell|modèle|modelo|onnx|yolo\w{0,24}|cnn|network|netz|checkpoint|weights|artefact|artifact"
    r"|モデル)\b|モデル"
)
# Data is seldom counted in megabytes, a model often is.
SMALL_MODEL_MB = 5_000
_NEAR_MODEL = re.compile(
    r"(?:boosted |decision )?trees\b|mod[eè]l\w{0,24}|modell?\w{0,24}|ensembles?|forests?|bosque\w{0,24}"
    r"|forêt\w{0,24}|floresta\w{0,24}|\w{0,12}bert\w{0,24}"
    r"|classif\w{1,24}|klassifi\w{1,24}|netz\w{0,24}|networks?|réseaux?|red(?:es)?\b|rede|yolo\w{0,24}|resnet\w{0,24}"
    r"|mobilenet\w{0,24}|cnn|onnx|tflite|xgboost|lightgbm|weights|gewichte|poids|pesos|モデル|whisper|unet"
    r"|ニューラル|ネットワーク"
    r"|neuron\w{0,8}|neural\w{0,4}|quanti[sz]ed|quantifiée?|quantisiert\w*|quantizad[oa]|cuantizad[oa]|nets?\b|beto\b"
    r"|boost\w*|lgbm|catboost|gbms?|gbdt|svms?|perceptrons?|recommenders?|two-?tower|deux tours|dos torres|duas torres"
    r"|transformers?|regressions?|regressionen|régressions?|regresi(?:ón|ones)"
    r"|regress(?:ão|ões)"
)
# “Our own convolutional network (1.2 GB)”.
_MODEL_IN_BRACKETS = re.compile(
    rf"(?:{_NEAR_MODEL.pattern})[^.;,()]{{0,30}}\(\s?(?:about |around |rund |etwa "
    rf"|environ |unos |約)?$"
)
# “Our fine-tuned DistilBERT, about 0.3 GB”: so little after a comma is the model's.
_MODEL_BEFORE_COMMA = re.compile(
    rf"(?:{_NEAR_MODEL.pattern}), (?:about |around |some |roughly |rund |etwa |environ |unos |uns |cerca de |約)?$"
)
LITTLE_GB = 5
# No model is this large; what stands before it is the history. Units: GB.
LARGEST_MODEL_GB = 500
# “Quantised to 4 bits, 40 GB”: only weights are.
_QUANTISED = re.compile(
    r"(?:quanti[sz]ed?|quantifiée?|quantisier\w*|quantizad[oa]|cuantizad[oa]|量子化"
    r"|gguf|awq|gptq|int[48]|\d[- ]?bits?)[^.;()]{0,24}$"
)
_OF_DATA = re.compile(
    r"\s?(?:of )?(?:\w{1,24} ){0,2}(?:data|history|logs|images|videos?|recordings?|documents?|files)\b"
    r"|\s(?:de |d'|an )?(?:\w{1,24} ){0,1}(?:daten|historie|données|historique|datos|histórico|dados)\b"
)
# Sixty gigabytes in a database are no model, whatever was named before.
_IN_STORE = re.compile(
    r"^\s?(?:\w{1,16}\s){0,2}?(?:in|on|en|sur|dans|im|auf|no|na|em)\s(?:our |an? |the |una? |um |uma |einer?m? |le "
    r"|la |el )?"
    r"(?:s3|postgres\w{0,5}|mysql|mariadb|oracle|redshift|snowflake|bigquery|mongo\w{0,4}|sql server|warehouse"
    r"|buckets?|database|databank|datenbank|base|dwh|parquet)"
)
# “250 MB each” is the size of a picture; “The archive is 30 TB” is all of it.
_OF_ONE = re.compile(
    r"^\s?(?:per|pro|je|par|por) (?:image|photo|picture|file|video|clip|document|tile|scan|frame|record|bild"
    r"|foto|datei"
    r"|aufnahme|stück|fichier|vidéo|cliché|imagen|archivo|vídeo|imagem|arquivo)(?!\w)"
)
_EACH = re.compile(
    r"^\s?(?:each|apiece|jeweils|chacune?|cada(?: un[oa])?)(?!\w)"
    r"(?! (?:day|night|week|month|hour|year|día|mes|dia|mês))"
)
_PICTURES_BEFORE = re.compile(
    r"(?:images?|photos?|pictures|files|videos?|clips|documents|tiles|scans|frames|bilder|fotos|dateien|aufnahmen"
    r"|fichiers|vidéos|clichés|imágenes|archivos|vídeos|imagens|arquivos)[^.;]{0,16}$"
)
_ALL_OF_IT = re.compile(
    r"(?:archive|history|archiv|historie|bestand|historique|archivo|histórico|acervo)\w{0,2} "
    r"(?:is|holds|has|counts|comprises|contains|umfasst|hat|ist|fait|contient|compte|tiene|ocupa|es de|tem)"
    r" (?:about |around |some |rund |etwa |environ |unos |cerca de )?$"
)
_IS_MEMORY = re.compile(r"^\s?(?:of )?(?:v?ram|memory|gpu|speicher|メモリ)|^\s?(?:per|/)\s?(?:sec|s\b)")
_MONTHLY = re.compile(
    r"^\s?(?:[^\W\d]\w{0,23}\s){0,5}?(?:(?:more |new )?(?:per|(?:in )?an?|in one|each|every|/|pro|im|par|al|por|ao"
    r"|cada|chaque|jeden|todos los|todos os|todo|tous les)\s?"
    r"(?:month|mo\b|monat|mois|mes\b|mês)|monthly|monatlich|mensuel\w{0,24}|mensual\w{0,24}|mensa\w{1,24}|"
    r"(?:[/／]?月|毎月)(?!に?(?:約|およそ)?\d))"
)
# “Monatlich kommen 25 GB dazu.”
_MONTHLY_BEFORE = re.compile(
    r"(?:(?:monthly|each month|every month|month (?:by|after) month|a month|monatlich|jeden monat|im monat|pro monat"
    r"|monat für monat|mois après mois|mes a mes|mes tras mes|mês a mês|mês após mês|chaque mois|tous les mois"
    r"|par mois|cada mes|al mes|por mês|todo mês|todos os meses),?\s(?:[^\W\d]\w{0,20}\s){0,4}?"
    r"(?:comes?|come in|is added|are added|arrives?|piles? up|we add|we gain|kommen|kommt|werden es|wächst"
    r"|wachsen|s'ajoutent"
    r"|arrivent|entran|llegan"
    r"|se suman"
    r"|entram|chegam|somam-se)|(?:grows?|growing|wächst|wachsen|augmente|grossit|crece|cresce) (?:by|um|de|unos|em)?)"
    r"(?:\s(?:about|around|some|another|rund|etwa|weitere|environ|encore|unos|otros|cerca de|uns|mais))*\s?$"
    r"|(?:毎月|月に|月々|月)(?:約|およそ)?$"
)
_COMES = r"(?:comes?|come in|is added|are added|arrives?|kommen|kommt|s'ajoutent|arrivent|entran|llegan|entram|chegam)"
# “Pro Woche kommen 10 GB dazu.”
_OTHER_BEFORE = tuple(
    (
        factor,
        name,
        re.compile(
            rf"(?<!\w)(?:{words}),?\s(?:[^\W\d]\w{{0,20}}\s){{0,4}}?{_COMES}"
            r"(?:\s(?:about|around|some|another|rund|etwa|weitere|environ|encore|unos|otros|cerca de|uns|mais))*\s?$"
        ),
    )
    for factor, name, words in (
        (
            30.4,
            "a day",
            r"(?:every|each|per|a|pro|am|jeden|chaque|par|cada|al|todo|por) (?:day|tag|jour|día|dia)"
            r"|täglich",
        ),
        (
            4.345,
            "a week",
            r"(?:every|each|per|a|pro|in der|jede|chaque|par|cada|a la|por|toda) (?:week|woche|semaine|semana)",
        ),
        (1 / 12, "a year", r"(?:every|each|per|a|pro|im|jedes|chaque|par|cada|al|por|todo) (?:year|jahr|an|año|ano)"),
    )
)
# “50,000 photos of 8 MB each”, “50.000 Stück zu je 8 MB”: so many times so much.
_SO_MANY_OF = re.compile(
    rf"(?P<n>{NUMBER})\s(?:[a-zà-ÿ'-]{{2,20}}\s){{0,3}}?(?:,? ?each )?(?:of|at|zu|à|von|mit|with|de|com|con|avec"
    rf"|je|jeweils)"
    r"\s(?:each |je |jeweils |cada un[oa] |about |around |some |roughly |rund |etwa |ca\.? |environ |unos |unas "
    r"|uns |umas"
    r"|cerca de ){0,2}$"
)
FEWEST_PIECES = 10
# “Each game is one recording (about 6 GB)”.
_IS_ONE = re.compile(
    r"(?<!\w)(?:one|an?|each|every|per|eine?[rn]?|jede[rsn]?|je|pro|une?|chaque|par|una?|cada|por|uma?) (?:\w{1,16} )?"
    r"(?:image|photo|picture|file|video|clip|document|tile|scan|frame|recording|bild|foto|datei|aufnahme|video|fichier"
    r"|vidéo|cliché|enregistrement|imagen|archivo|vídeo|grabación|imagem|arquivo|ficheiro|gravação)"
    r"(?:\s?\(|\s(?:is|has|takes|weighs|hat|ist|wiegt|belegt|fait|pèse|pesa|ocupa|tem)\s)?(?:about |around "
    r"|some |roughly "
    r"|rund |etwa |ca\.? |environ |unos |uns |umas |cerca de )?$"
)
_DAILY = re.compile(
    r"^\s?(?:\w{1,24}\s){0,2}?(?:(?:per|a|each|every|/|pro|am|par|al|por|ao|cada)\s?(?:day|tag|jour|día"
    r"|dia)(?!\w)|daily"
    r"(?! (?:time|data|tables?|series|records?|figures|values|readings|exports?|files|sales))|täglich|/日)"
)
_WEEKLY = re.compile(
    r"^\s?(?:\w{1,24}\s){0,2}?(?:(?:per|a|each|every|/|pro|par|al|por)\s?(?:week|woche|semaine|semana)(?!\w)|weekly"
    r"|wöchentlich|/週)"
)
_YEARLY = re.compile(
    r"^\s?(?:\w{1,24}\s){0,4}?(?:(?:per|a|each|every|/|pro|par|al|por)\s?(?:year|jahr|an|año|ano)(?!\w)|yearly"
    r"|jährlich|/年)"
)
_ROWS = Sought(
    rf"(?P<n>{NUMBER})\s?(?:\w{{1,24}}\s)?(?:rows|data points|datensätze|zeilen|lignes|enregistrements|filas"
    rf"|registros|linhas|行|レコード|records(?! (?:a|per|each) ))(?!\w)"
)
_DOCUMENTS = Sought(
    rf"(?P<n>{NUMBER})\s?(?:[\w-]{{1,24}}\s){{0,3}}?(?:pdfs?|documents?|docs|articles?|manuals?|wiki pages"
    rf"|contracts?|files|papers|dokumente?n?|handbücher|verträge|artikel|documents|"
    r"contrats|documentos|contratos|artículos|artigos|manuales|manuais|procesos|processos|akten|pages|seiten|páginas"
    rf"|notes|reports|berichte|fiches|expedientes|judgments|arrêts|urteile|help articles|books|runbooks?|playbooks?"
    rf"|guides|handbooks|dossiers|decisions"
    rf"|rulings|verdicts|decisiones|décisions|decisões|entscheidungen|sentencias|brochures)(?!\w)"
    rf"|(?P<m>{NUMBER})\s?(?:件|点|本|冊|通|枚|ページ)?の?(?:[\w・]{{0,12}})?(?:文書|ドキュメント|マニュアル"
    rf"|ファイル|pdf|規程|記事|資料|契約書|論文|判例|書類)"
    rf"|(?:pdf|文書|ドキュメント|マニュアル|資料|規程集?|記事|契約書|論文|判例|手順書|議事録|通達|条文|レシピ"
    rf"|記録|報告書|事例|図面|仕様書|台帳|書籍|文献)(?:が|は|を|、)?\s?(?:約"
    rf"|およそ)?(?P<o>{NUMBER})\s?(?:件"
    rf"|点|本|冊|通|枚|ページ)"
)
# “Questions over 120,000 filings”: whatever they are called, they are searched.
LEAST_CORPUS = 50
_SEARCHED = re.compile(
    rf"(?<!\w)(?:over|about|across|against|on|from|of|in|über|zu|aus|sur|dans|parmi|depuis|sobre|de|entre|em"
    rf"|com base em"
    rf"|con base en)\s(?:about |around |some |our |all |the |rund |etwa |environ |unos |unas |cerca de |uns |umas )?"
    rf"(?P<n>{NUMBER})\s(?P<thing>[a-zà-ÿ][\w'-]{{2,24}})"
)
_NOT_SEARCHED = re.compile(
    r"(?:%|hours?|days?|weeks?|months?|years?|minutes?|seconds?|people|persons?|employees|users?|customers?|clients?"
    r"|questions?|(?:model )?calls?|prompts?|appels|aufrufe\w?|llamadas|chamadas"
    r"|requests?|tokens?|gpus?|nodes?|languages?|stunden|tagen?|wochen|monaten?|jahren?|minuten|sekunden|personen"
    r"|fragen|kunden"
    r"|mitarbeit\w+|nutzer\w*|heures?|jours?|mois|ans|minutes|secondes|personnes|agents|horas?|días|dias|meses|años"
    r"|anos|minutos"
    r"|segundos|personas|pessoas|preguntas|perguntas|consultas|dollars?|euros?|dólares|usd|eur|gb|tb|mb|ms|percent"
    r"|prozent)"
)
_ASKING = re.compile(
    r"question|ask|answer|chat|assistant|search|copilot|fragen|antwort|beantwort|assistent|such|répon|interrog"
    r"|cherch|pregunt"
    r"|respond|asistente|busc|pergunt|assistente"
)
_FLOW_AFTER = re.compile(
    r"^\s?(?:\([^)]{0,40}\)\s?)?(?:a|per|each|every|/|pro|par|al|por|ao)\s?(?:day|week|month|hour|tag|monat|jour"
    r"|mois|día|mes|dia|mês)"
)


def find_volumes(reading: Reading) -> Iterator[Finding]:
    """Data volume, growth and model size. Units: GB and GB per month."""
    sizes = [one for one in (_size(match, reading) for match in _SIZE.finditer(reading.folded)) if one is not None]
    is_told = any(one.field == "data_volume_gb" and one.state is ValueState.STATED for one in sizes)
    # Beside the size of all, that of so many pieces is the size of some.
    yield from (one for one in sizes if not (is_told and one.field == "data_volume_gb" and one.reason))
    for match in _SOME_SIZE.finditer(reading.folded):
        number, unit = _SOME[match["some"].split()[0]], match["unit"]
        gb = number * _GB_PER[unit[0]]
        reason = f"“{match.group().strip()}” is read as {gb:g} GB"
        if not _IS_MEMORY.match(reading.after(match.end(), chars=20)):
            yield inferred("data_volume_gb", _tidy(gb), match.start(), match.end(), reason=reason, confidence=0.7)
    for match in _ROWS.finditer(reading.folded):
        rows = parse_number(match["n"], language=reading.language)
        if rows is not None and rows >= 100:
            gb = _tidy(rows * BYTES_PER_ROW / 1e9)
            reason = f"“{match.group().strip()}” at about 1 kB per row is {gb:g} GB"
            yield inferred(
                "data_volume_gb", gb, match.start(), match.end(), reason=reason, confidence=0.5, strength=FAIR - 10
            )


def _size(match: re.Match[str], reading: Reading) -> Finding | None:
    number = parse_number(match["n"], language=reading.language)
    after = reading.after(match.end(), chars=40)
    if number is None or _IS_MEMORY.match(after):
        return None
    if match["unit"][-1] == "o" and len(match["unit"]) == 2 and reading.language != "fr":
        # “8 to 20” is no amount of octets.
        return None
    gb = number * _scale(match["unit"])
    before = reading.before(match.start(), chars=30)
    pieces = _pieces(match, after, reading=reading)
    if pieces is not None:
        reason = f"{pieces:g} of {match.group().strip()} each"
        place = match.start() - 1, match.end()
        return inferred("data_volume_gb", _tidy(gb * pieces), *place, reason=reason, strength=STRONG + 3)
    if _is_of_one(match, before, after, reading=reading):
        return None
    if _ALL_OF_IT.search(before):
        return stated("data_volume_gb", _tidy(gb), match.start(), match.end(), strength=STRONG + 4)
    is_small = match["unit"][0] in "km" and number < SMALL_MODEL_MB
    near = f"{reading.before(match.start(), chars=90)} {reading.after(match.end(), chars=50)}"
    if _OF_DATA.match(after) or _IN_STORE.match(after):
        pass
    elif (
        (is_small and _NEAR_MODEL.search(near))
        or (gb <= LITTLE_GB and _MODEL_BEFORE_COMMA.search(before))
        or any(one.search(reading.before(match.start(), chars=80)) for one in (_MODEL_IN_BRACKETS, _QUANTISED))
    ):
        return stated("model_size_gb", _tidy(gb), match.start(), match.end(), confidence=0.8)
    elif gb > LARGEST_MODEL_GB:
        pass
    elif _IS_MODEL.search(after[:20]) or (
        _IS_MODEL.search(before) and not re.search(r"\b(?:on|with|from|over|train\w{0,24})\s\S*$", before)
    ):
        return stated("model_size_gb", _tidy(gb), match.start(), match.end())
    return _growth(match, gb, after, reading=reading) or stated("data_volume_gb", _tidy(gb), match.start(), match.end())


def _growth(match: re.Match[str], gb: float, after: str, *, reading: Reading) -> Finding | None:
    """What comes by the day, week, month or year, brought to a month."""
    for factor, pattern, name in (
        (1.0, _MONTHLY, ""),
        (30.4, _DAILY, "a day"),
        (4.345, _WEEKLY, "a week"),
        (1 / 12, _YEARLY, "a year"),
    ):
        if pattern.match(after):
            if not name:
                return stated("data_growth_gb_month", _tidy(gb), match.start(), match.end())
            reason = f"{gb:g} GB {name}, brought to a month"
            return inferred(
                "data_growth_gb_month", _tidy(gb * factor), match.start(), match.end(), reason=reason, strength=STRONG
            )
    before = reading.before(match.start(), chars=70)
    if _MONTHLY_BEFORE.search(before):
        return stated("data_growth_gb_month", _tidy(gb), match.start(), match.end())
    for factor, name, pattern in _OTHER_BEFORE:
        if pattern.search(before):
            reason = f"{gb:g} GB {name}, brought to a month"
            return inferred(
                "data_growth_gb_month", _tidy(gb * factor), match.start(), match.end(), reason=reason, strength=STRONG
            )
    return None


def _is_of_one(match: re.Match[str], before: str, after: str, *, reading: Reading) -> bool:
    """Whether the size is that of one piece out of several."""
    if _OF_ONE.match(after) or (_EACH.match(after) and _PICTURES_BEFORE.search(before)):
        return True
    return _IS_ONE.search(reading.before(match.start(), chars=50)) is not None


def _pieces(match: re.Match[str], after: str, *, reading: Reading) -> float | None:
    """How many pieces of that size there are; megabytes are those of one piece, of gigabytes it has to be said."""
    if match["unit"][0] not in "km" and not _EACH.match(after):
        return None
    several = _SO_MANY_OF.search(reading.before(match.start(), chars=70))
    pieces = parse_number(several["n"], language=reading.language) if several else None
    return pieces if pieces is not None and pieces >= FEWEST_PIECES else None


def _scale(unit: str) -> float:
    if unit.startswith("テラ"):
        return 1e3
    if unit.startswith("ギガ"):
        return 1.0
    return _GB_PER[unit[0]]


# Whatever is counted by the thousand where questions are asked is what the answers are looked up in.
LEAST_OF_ANY_CORPUS = 500
_COUNTED = re.compile(
    rf"(?<![$€£¥#])(?P<n>{NUMBER})\s(?:de\s|d')?(?:[a-zà-ÿ][\w-]{{1,24}}\s){{0,2}}?(?P<thing>[a-zà-ÿ][\w'-]{{3,30}})"
)


_COUNTED_KEY = Sought(
    rf"(?<!\w)(?P<thing>[a-zà-ÿ][\w' -]{{3,40}}?)[\"']?\s?[:=]\s?[\"']?(?P<n>{NUMBER})(?=\s?[,.;}}\"'\n]|\s?$)"
)


def derive_corpus(reading: Reading, *, is_searched: bool) -> Iterator[Finding]:
    """The largest count of things that may be read, where a search is asked for and no corpus is named."""
    best: tuple[float, re.Match[str]] | None = None
    for match in chain(_COUNTED.finditer(reading.folded), _COUNTED_KEY.finditer(reading.folded)) if is_searched else ():
        number = parse_number(match["n"], language=reading.language)
        after = reading.after(match.end(), chars=60)
        if number is None or number < LEAST_OF_ANY_CORPUS or _NOT_SEARCHED.match(match["thing"]):
            continue
        if _FLOW_AFTER.match(after) or _NOT_SEARCHED.search(match.group()):
            continue
        if best is None or number > best[0]:
            best = (number, match)
    if best is not None:
        number, match = best
        reason = f"“{match.group().strip()}”: what the answers can only be looked up in"
        yield inferred(
            "corpus_documents", _tidy(number), match.start(), match.end(), reason=reason, confidence=0.6, strength=WEAK
        )


def find_corpus(reading: Reading) -> Iterator[Finding]:
    """How many documents should be searchable; a flow of documents is not a corpus. Units: documents."""
    for match in _DOCUMENTS.finditer(reading.folded):
        number = parse_number(match["n"] or match["m"] or match["o"], language=reading.language)
        if number is not None and number >= 10 and not _FLOW_AFTER.match(reading.after(match.end(), chars=60)):
            yield stated("corpus_documents", _tidy(number), match.start(), match.end(), confidence=0.85)
    for match in _SEARCHED.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is None or number < LEAST_CORPUS or _NOT_SEARCHED.match(match["thing"]):
            continue
        if match.group().startswith("about") and not reading.before(match.start(), chars=8).strip():
            # “About 700 such tasks a day” is roughly so many.
            continue
        if not _ASKING.search(reading.sentence(match.start())) or _FLOW_AFTER.match(
            reading.after(match.end(), chars=60)
        ):
            continue
        reason = f"“{match.group().strip()}” is what the answers are looked up in"
        yield inferred(
            "corpus_documents", _tidy(number), match.start(), match.end(), reason=reason, confidence=0.7, strength=FAIR
        )


def _tidy(value: float) -> int | float:
    rounded = float(f"{value:.6g}")
    return int(rounded) if float(rounded).is_integer() else rounded
